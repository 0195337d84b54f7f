/* Servers and proxies that are not there, refuse, break off or go away: which kind of error each becomes, and that the
 * next request works. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "listener.h"
#include "rig.h"

static const struct exchange *run_url(struct rig *rig, const char *url, const char *proxy)
{
	char ignored[256];
	struct request_spec spec = rig_spec(rig, "", ignored, sizeof ignored);
	spec.url = url;
	spec.proxy = proxy;
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	rig_wait_end(rig, chat);
	print_message("# %s: %s\n", url, chat->outcome.failure.message);
	return chat;
}

static void hosts_that_cannot_be_reached(void **state)
{
	struct rig *rig = *state;
	assert_failed(
		run_url(rig, "http://127.0.0.1:1/v1", NULL), FAILURE_NETWORK, "", "could not connect to 127.0.0.1:1");
	assert_failed(run_url(rig, "http://user:word@nonexistent.invalid/v1", NULL), FAILURE_NETWORK, "",
		"could not find the host nonexistent.invalid (");
	assert_failed(run_url(rig, "http://api.invalid/v1", "http://127.0.0.1:1"), FAILURE_NETWORK, "", "and proxy");
	assert_failed(run_url(rig, "http://127.0.0.1/v1", "http://nonexistent.invalid:80"), FAILURE_NETWORK, "",
		"check proxy");
}

static void a_server_without_tls(void **state)
{
	struct rig *rig = *state;
	static const char refusal[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	char url[256];
	int port, listener = listener_open(1, &port);
	struct request_spec spec = rig_spec(rig, "", url, sizeof url);
	snprintf(url, sizeof url, "https://127.0.0.1:%d/v1", port);
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	int fd = accept(listener, NULL, NULL);
	assert_int_equal(write(fd, refusal, strlen(refusal)), strlen(refusal));
	rig_wait_end(rig, chat);
	assert_failed(chat, FAILURE_TLS, "", "no secure connection to 127.0.0.1:");
	close(fd);
	close(listener);
}

/* The server goes away when it has the first message of the handshake. `linger` 0 makes that a reset. */
static void breaks_the_handshake(struct rig *rig, int linger)
{
	const struct linger option = {.l_onoff = linger == 0, .l_linger = linger};
	char url[256], hello[4096];
	int port, listener = listener_open(1, &port);
	struct request_spec spec = rig_spec(rig, "", url, sizeof url);
	snprintf(url, sizeof url, "https://127.0.0.1:%d/v1", port);
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	int fd = accept(listener, NULL, NULL);
	assert_true(read(fd, hello, sizeof hello) > 0);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof option);
	close(fd);
	rig_wait_end(rig, chat);
	print_message("# %s\n", chat->outcome.failure.message);
	assert_failed(chat, FAILURE_NETWORK, "", "broke in the TLS handshake with 127.0.0.1:");
	close(listener);
}

static void a_handshake_that_breaks(void **state)
{
	breaks_the_handshake(*state, 0);
	breaks_the_handshake(*state, 1);
}

/* What a proxy says when it is asked for a tunnel is no word of the service. */
static void a_proxy_that_refuses(void **state)
{
	struct rig *rig = *state;
	char proxy[128];
	snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", rig->server.port);
	const struct exchange *chat = run_url(rig, "https://api.invalid/v1", proxy);
	assert_failed(chat, FAILURE_HTTP, "", "the proxy refused the connection (404)");
	assert_int_equal(chat->outcome.response.status, 404);
	assert_int_equal(chat->headers, 0);
}

/* Asks by way of a proxy that wants a login. `heard` is what it was asked, at most `size` bytes. */
static void assert_login_wanted(struct rig *rig, const char *target, char *heard, size_t size)
{
	static const char refusal[] =
		"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
		"Content-Length: 0\r\nConnection: close\r\n\r\n";
	char ignored[256], proxy[64];
	int port, listener = listener_open(1, &port);
	struct request_spec spec = rig_spec(rig, "", ignored, sizeof ignored);
	spec.url = target;
	spec.proxy = proxy;
	snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", port);
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	int fd = accept(listener, NULL, NULL);
	ssize_t len = read(fd, heard, size - 1);
	assert_true(len > 0);
	heard[len] = '\0';
	assert_int_equal(write(fd, refusal, strlen(refusal)), strlen(refusal));
	rig_wait_end(rig, chat);
	print_message("# %s\n", chat->outcome.failure.message);
	assert_failed(chat, FAILURE_HTTP, "", "wants a login");
	assert_int_equal(chat->outcome.response.status, 407);
	close(fd);
	close(listener);
}

static void a_proxy_that_wants_a_login(void **state)
{
	char heard[4096];
	assert_login_wanted(*state, "http://api.invalid/v1", heard, sizeof heard);
	assert_non_null(strstr(heard, "POST http://api.invalid/v1 HTTP/1.1"));
	assert_login_wanted(*state, "https://api.invalid/v1", heard, sizeof heard);
	assert_non_null(strstr(heard, "CONNECT api.invalid:443 HTTP/1.1"));
	assert_null(strstr(heard, RIG_KEY));
}

/* Half of fifty stream, half wait for the header, when the server dies; it comes back on the same port. */
static void a_server_that_goes_and_comes_back(void **state)
{
	struct rig *rig = *state;
	for (int i = 0; i < 50; i++)
		rig_ask(rig, i < 25 ? "c-stalling" : "c-silent");
	for (size_t i = 0; i < 25; i++)
		rig_wait_text(rig, rig->exchanges[i]);
	assert_true(server_wait_recorded(&rig->server, "0050 "));
	server_kill(&rig->server);
	rig_wait_all(rig);
	for (size_t i = 0; i < 50; i++)
		assert_failed(rig->exchanges[i], i < 25 ? FAILURE_TRUNCATED : FAILURE_NETWORK, i < 25 ? "Hello" : "",
			i < 25 ? "cut off" : "127.0.0.1:");
	assert_failed(rig_run(rig, "c-hello"), FAILURE_NETWORK, "", "could not connect");
	server_revive(&rig->server);
	for (int i = 0; i < 50; i++)
		rig_ask(rig, "c-hello");
	rig_wait_all(rig);
	for (size_t i = 51; i < 101; i++)
		assert_done(rig->exchanges[i], "Hello");
}

static void a_certificate_file_that_is_not_there(void **state)
{
	struct rig *rig = *state;
	char url[256];
	struct request_spec spec = rig_spec(rig, "", url, sizeof url);
	snprintf(url, sizeof url, "https://127.0.0.1:%d/v1", rig->server.port);
	spec.ca_file = "/nonexistent/ca.pem";
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	rig_wait_end(rig, chat);
	assert_failed(chat, FAILURE_TLS, "", "check ca_file");
}

#define engine_test(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		engine_test(hosts_that_cannot_be_reached),
		engine_test(a_server_without_tls),
		engine_test(a_handshake_that_breaks),
		engine_test(a_proxy_that_refuses),
		engine_test(a_proxy_that_wants_a_login),
		engine_test(a_server_that_goes_and_comes_back),
		engine_test(a_certificate_file_that_is_not_there),
	};
	return cmocka_run_group_tests_name("engine_peers", tests, NULL, NULL);
}
