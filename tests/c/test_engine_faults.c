/* Answers that come badly, or not at all: which kind of error each becomes, what it says, and what is kept. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "check.h"
#include "listener.h"
#include "rig.h"

#define MIB ((size_t)1024 * 1024)

/* Script, and what must come of it. */
struct fault {
	const char *script;
	enum failure_kind kind;
	int status;
	const char *text;    /* that arrived before */
	const char *message; /* a part of it */
};

static void assert_faults(struct rig *rig, const struct fault *faults, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct exchange *chat = rig_run(rig, faults[i].script);
		print_message("# %s: %s\n", faults[i].script, chat->outcome.failure.message);
		assert_failed(chat, faults[i].kind, faults[i].text, faults[i].message);
		assert_int_equal(chat->outcome.response.status, faults[i].status);
	}
}
#define assert_all(rig, faults) assert_faults(rig, faults, sizeof(faults) / sizeof *(faults))

static void connections_that_break(void **state)
{
	static const struct fault faults[] = {
		{"c-cut-early-fin", FAILURE_NETWORK, 0, "", "closed by 127.0.0.1:"},
		{"c-cut-early-rst", FAILURE_NETWORK, 0, "", "the connection broke to 127.0.0.1:"},
		{"c-cut-head-fin", FAILURE_NETWORK, 200, "", "closed before the answer"},
		{"c-cut-head-end", FAILURE_TRUNCATED, 200, "", "cut off"},
		{"c-cut-late-fin", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-cut-late-rst", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-cut-character-fin", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-cut-character-rst", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-cut-chunk-header-fin", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-cut-chunk-header-rst", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-cut-string-fin", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-cut-string-rst", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-cut-fin-whole", FAILURE_TRUNCATED, 200, "", "cut off"},
		{"c-ended-early", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-comments-only", FAILURE_TRUNCATED, 200, "", "cut off"},
		{"c-tools-cut", FAILURE_TRUNCATED, 200, "", "cut off"},
		{"c-bad-chunk", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
		{"c-too-short", FAILURE_TRUNCATED, 200, "Hello", "cut off"},
	};
	assert_all(*state, faults);
}

static void answers_that_are_not_ours(void **state)
{
	static const struct fault faults[] = {
		{"c-empty", FAILURE_PROTOCOL, 200, "", "empty"},
		{"c-html", FAILURE_PROTOCOL, 200, "", "check base_url and proxy"},
		{"c-html-untyped", FAILURE_PROTOCOL, 200, "", "login page"},
		{"c-text", FAILURE_PROTOCOL, 200, "", "not JSON"},
		{"c-compressed", FAILURE_PROTOCOL, 200, "", "compressed"},
		{"c-bad-json", FAILURE_PROTOCOL, 200, "Hello", "not JSON"},
		{"c-ssh", FAILURE_PROTOCOL, 0, "", "no HTTP server"},
		{"c-switching", FAILURE_PROTOCOL, 101, "", "check base_url"},
	};
	assert_all(*state, faults);
}

static void errors_that_the_server_tells(void **state)
{
	static const struct fault faults[] = {
		{"c-401", FAILURE_AUTH, 401, "", "Incorrect API key provided: ***"},
		{"c-402", FAILURE_QUOTA, 402, "", "no credit"},
		{"c-403", FAILURE_AUTH, 403, "", "403"},
		{"c-404", FAILURE_HTTP, 404, "", "404"},
		{"c-429", FAILURE_RATE_LIMIT, 429, "", "slow down"},
		{"c-429-quota", FAILURE_QUOTA, 429, "", "over"},
		{"c-500-cut", FAILURE_HTTP, 500, "", "500"},
		{"c-500-compressed", FAILURE_HTTP, 500, "", "(500). Try again later."},
		{"c-redirect", FAILURE_HTTP, 307, "", "to http://127.0.0.1:1/stolen"},
		{"c-json-error", FAILURE_HTTP, 200, "", "no such model"},
		{"c-stream-error", FAILURE_HTTP, 200, "Hello", "overloaded"},
	};
	struct rig *rig = *state;
	assert_all(rig, faults);
	assert_string_equal(rig->exchanges[0]->outcome.response.request_id, "req-401");
	assert_string_equal(rig->exchanges[0]->outcome.failure.code, "invalid_api_key");
	assert_true(rig->exchanges[4]->outcome.response.retry_after_s == 3);
	assert_int_equal(server_recorded(&rig->server, "c-redirect"), 1);
}

static void answers_above_our_limits(void **state)
{
	static const struct fault faults[] = {
		{"c-endless-header", FAILURE_TOO_LARGE, 200, "", "header"},
		{"c-long-header-line", FAILURE_TOO_LARGE, 200, "", "line in the response header"},
		{"c-endless-line", FAILURE_TOO_LARGE, 200, "Hello", "16 MiB"},
		{"c-endless-json", FAILURE_TOO_LARGE, 200, "", "longer than we take"},
		{"c-endless-error", FAILURE_HTTP, 500, "", "500"},
	};
	assert_all(*state, faults);
}

/* What stands behind the answer's declared length is not the answer's. */
static void ignores_what_follows_the_declared_length(void **state)
{
	assert_done(rig_run(*state, "c-too-long"), "Hello");
}

/* Bytes of this process at the most, since that was forgotten last. */
static long peak(void)
{
	static const char name[] = "\nVmHWM:";
	char text[4096];
	FILE *file = fopen("/proc/self/status", "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	const char *line = strstr(text, name);
	assert_non_null(line);
	return strtol(line + strlen(name), NULL, 10) * 1024;
}

static void forget_peak(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "w");
	assert_non_null(file);
	assert_true(fputs("5", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

#define BOMB_RECORDS 128

/* A stream of 128 MiB of text, packed into some hundred KiB of `bomb`. */
static void pack_bomb(struct buf *bomb)
{
	static const char begin[] = "data: {\"choices\":[{\"delta\":{\"content\":\"", end[] = "\"}}]}\n\n";
	char path[] = "/tmp/beans-bomb-XXXXXX", command[64], *text = malloc(MIB);
	assert_non_null(text);
	memset(text, 'x', MIB);
	close(mkstemp(path));
	snprintf(command, sizeof command, "gzip -1 >%s", path);
	FILE *gzip = popen(command, "we"); // NOLINT(cert-env33-c): a name of our own
	assert_non_null(gzip);
	for (int i = 0; i < BOMB_RECORDS; i++) {
		fputs(begin, gzip);
		assert_int_equal(fwrite(text, 1, MIB, gzip), MIB);
		fputs(end, gzip);
	}
	fputs("data: [DONE]\n\n", gzip);
	assert_int_equal(pclose(gzip), 0);
	free(text);
	check_read(path, bomb);
	unlink(path);
}

static void assert_defused(struct rig *rig, const struct buf *bomb, const char *type)
{
	char url[256], head[256], question[4096];
	int port, listener = listener_open(1, &port);
	struct request_spec spec = rig_spec(rig, "", url, sizeof url);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", port);
	snprintf(head, sizeof head,
		"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", type,
		bomb->len);
	forget_peak();
	long before = peak();
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	int fd = accept(listener, NULL, NULL);
	assert_true(read(fd, question, sizeof question) > 0);
	(void)!send(fd, head, strlen(head), MSG_NOSIGNAL);
	(void)!send(fd, bomb->data, bomb->len, MSG_NOSIGNAL);
	close(fd);
	close(listener);
	rig_wait_end(rig, chat);
	assert_failed(chat, FAILURE_PROTOCOL, "", "compressed");
	long used = peak() - before;
	print_message("# %zu bytes packed, %ld KiB of memory\n", bomb->len, used / 1024);
	assert_true(used < 16 * (long)MIB);
}

static void a_gzip_bomb(void **state)
{
	struct buf bomb;
	buf_init(&bomb, MIB);
	pack_bomb(&bomb);
	assert_true(bomb.len > 1000);
	assert_defused(*state, &bomb, "text/event-stream");
	assert_defused(*state, &bomb, "application/json");
	buf_free(&bomb);
}

static void a_model_list_that_is_none(void **state)
{
	struct rig *rig = *state;
	static const char *const scripts[] = {"c-html", "c-empty", "c-whole", "c-cut-fin-whole", "c-endless-json"};
	static const enum failure_kind kinds[] = {
		FAILURE_PROTOCOL, FAILURE_PROTOCOL, FAILURE_PROTOCOL, FAILURE_TRUNCATED, FAILURE_TOO_LARGE};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		char url[256];
		struct request_spec spec = rig_spec(rig, scripts[i], url, sizeof url);
		spec.type = REQUEST_MODELS;
		spec.body = NULL;
		spec.body_len = 0;
		const struct exchange *models = rig_ask_spec(rig, &spec);
		rig_wait_end(rig, models);
		assert_failed(models, kinds[i], "", "");
		assert_null(models->outcome.models);
	}
}

/* ---- time-outs --------------------------------------------------------------------------------------------------- */

static void a_connection_that_is_never_taken(void **state)
{
	struct rig *rig = *state;
	struct deaf deaf;
	char url[256];
	deaf_open(&deaf);
	struct request_spec spec = rig_spec(rig, "", url, sizeof url);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", deaf.port);
	spec.connect_timeout_ms = 200;
	const struct exchange *late = rig_ask_spec(rig, &spec);
	spec.connect_timeout_ms = 10000;
	const struct exchange *cancelled = rig_ask_spec(rig, &spec);
	rig_wait_end(rig, late);
	assert_failed(late, FAILURE_TIMEOUT, "", "connect_timeout_ms");
	assert_int_equal(cancelled->terminals, 0);
	engine_cancel(rig->engine, cancelled->id);
	rig_wait_end(rig, cancelled);
	assert_failed(cancelled, FAILURE_CANCELLED, "", "cancelled");
	deaf_close(&deaf);
}

static const struct exchange *run_impatiently(struct rig *rig, const char *script, long first_byte_ms, long idle_ms)
{
	char url[256];
	struct request_spec spec = rig_spec(rig, script, url, sizeof url);
	spec.first_byte_timeout_ms = first_byte_ms;
	spec.idle_timeout_ms = idle_ms;
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	rig_wait_end(rig, chat);
	return chat;
}

static void a_header_that_does_not_come(void **state)
{
	assert_failed(run_impatiently(*state, "c-silent", 150, 20000), FAILURE_TIMEOUT, "", "first_byte_timeout_ms");
	assert_failed(run_impatiently(*state, "c-slow-header", 300, 20000), FAILURE_TIMEOUT, "", "no answer in time");
}

static void an_answer_that_stops_coming(void **state)
{
	const struct exchange *chat = run_impatiently(*state, "c-stalling", 20000, 150);
	assert_failed(chat, FAILURE_TIMEOUT, "Hello", "idle_timeout_ms");
	assert_int_equal(chat->outcome.response.status, 200);
}

/* Once the status is there it decides, however the body goes on. */
static void an_error_that_does_not_end(void **state)
{
	const struct exchange *stalled = run_impatiently(*state, "c-stalled-error", 20000, 150);
	assert_failed(stalled, FAILURE_HTTP, "", "503");
	assert_true(stalled->outcome.response.retry_after_s == 7);
	const struct exchange *dripping = run_impatiently(*state, "c-dripping-error", 20000, 300);
	assert_failed(dripping, FAILURE_HTTP, "", "500");
	assert_true(dripping->outcome.timing.total_ms < 10000);
}

/* A paused transfer is not an idle one. */
static void nobody_times_out_while_paused(void **state)
{
	struct rig *rig = *state;
	const struct timespec longer = {.tv_sec = 1};
	char url[256];
	struct request_spec spec = rig_spec(rig, "c-flood", url, sizeof url);
	spec.idle_timeout_ms = 500;
	const struct exchange *flood = rig_ask_spec(rig, &spec);
	rig_wait_headers(rig, flood);
	nanosleep(&longer, NULL);
	rig_wait_end(rig, flood);
	assert_string_equal(flood->outcome.failure.message, "");
}

/* Our end of a connection to the server. */
static int descriptor_to(int port)
{
	for (int fd = 0; fd < 1024; fd++) {
		struct sockaddr_in peer = {0};
		socklen_t len = sizeof peer;
		if (getpeername(fd, (struct sockaddr *)&peer, &len) == 0 && peer.sin_family == AF_INET &&
			peer.sin_port == htons((uint16_t)port))
			return fd;
	}
	fail_msg("no connection to port %d", port);
	return -1;
}

static unsigned silence_limit(struct rig *rig, long connect_timeout_ms)
{
	char url[256];
	unsigned ms = 0;
	socklen_t len = sizeof ms;
	struct request_spec spec = rig_spec(rig, "c-stalling", url, sizeof url);
	spec.connect_timeout_ms = connect_timeout_ms;
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	rig_wait_text(rig, chat);
	assert_int_equal(getsockopt(descriptor_to(rig->server.port), IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, &len), 0);
	engine_cancel(rig->engine, chat->id);
	rig_wait_end(rig, chat);
	return ms;
}

/* What is sent into the void and never acknowledged ends the connection, long before the system would give it up. */
static void a_connection_to_the_void_is_given_up(void **state)
{
	assert_int_equal(silence_limit(*state, 10000), 20000);
	assert_int_equal(silence_limit(*state, 60000), 60000);
}

/* ---- signals ----------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t sigpipes;

static void on_sigpipe(int number)
{
	(void)number;
	sigpipes++;
}

static void a_broken_pipe_is_no_signal(void **state)
{
	struct rig *rig = *state;
	struct sigaction before, counting = {.sa_handler = on_sigpipe};
	char url[256];
	size_t len = (size_t)8 * 1024 * 1024;
	char *body = malloc(len);
	assert_non_null(body);
	memset(body, ' ', len);
	sigaction(SIGPIPE, &counting, &before);
	struct request_spec spec = rig_spec(rig, "c-reset-upload", url, sizeof url);
	spec.body = body;
	spec.body_len = len;
	for (int i = 0; i < 10; i++)
		rig_ask_spec(rig, &spec);
	free(body);
	rig_wait_all(rig);
	for (size_t i = 0; i < rig->count; i++)
		assert_failed(rig->exchanges[i], FAILURE_NETWORK, "", "the connection broke");
	assert_int_equal(sigpipes, 0);
	sigaction(SIGPIPE, &before, NULL);
}

#define engine_test(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		engine_test(connections_that_break),
		engine_test(answers_that_are_not_ours),
		engine_test(errors_that_the_server_tells),
		engine_test(answers_above_our_limits),
		engine_test(ignores_what_follows_the_declared_length),
		engine_test(a_gzip_bomb),
		engine_test(a_model_list_that_is_none),
		engine_test(a_connection_that_is_never_taken),
		engine_test(a_header_that_does_not_come),
		engine_test(an_answer_that_stops_coming),
		engine_test(an_error_that_does_not_end),
		engine_test(nobody_times_out_while_paused),
		engine_test(a_connection_to_the_void_is_given_up),
		engine_test(a_broken_pipe_is_no_signal),
	};
	return cmocka_run_group_tests_name("engine_faults", tests, NULL, NULL);
}
