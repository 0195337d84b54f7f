/* TLS and HTTP/2, by nginx in front of the replay server: what is not trusted, and how streams and connections end. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "front.h"
#include "rig.h"

#define SLOW_TEXT "xxxxxxxxxxxxxxxxxxxxxxxxx"

static struct front front;

static struct server upstream;

static int start(void **state)
{
	(void)state;
	server_start(&upstream);
	front_start(&front, upstream.port);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	front_stop(&front);
	server_stop(&upstream);
	return 0;
}

static int setup(void **state)
{
	front_forget(&front);
	return rig_setup(state);
}

static struct exchange *ask(struct rig *rig, int port, const char *script, const char *ca_file)
{
	char url[256];
	struct request_spec spec = rig_spec(rig, script, url, sizeof url);
	snprintf(url, sizeof url, "https://127.0.0.1:%d/s/%s/v1", port, script);
	spec.ca_file = ca_file;
	return rig_ask_spec(rig, &spec);
}

static struct exchange *ask_good(struct rig *rig, const char *script)
{
	return ask(rig, front.good, script, front.ca_file);
}

/* ---- TLS --------------------------------------------------------------------------------------------------------- */

static void certificates_that_are_not_trusted(void **state)
{
	struct rig *rig = *state;
	char self[96];
	snprintf(self, sizeof self, "%s/self.pem", front.dir);
	const struct {
		int port;
		const char *ca_file, *begin, *advice;
	} cases[] = {
		{front.expired, front.ca_file, "an expired certificate came from 127.0.0.1:", "clock"},
		{front.early, front.ca_file, "a certificate that is not valid yet came from 127.0.0.1:", "clock"},
		{front.other, front.ca_file, "a certificate for another name came from 127.0.0.1:", "base_url"},
		{front.self, front.ca_file, "a self-signed certificate came from 127.0.0.1:", "set ca_file"},
		{front.good, self, "a certificate of an unknown authority came from 127.0.0.1:", "set ca_file"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct exchange *chat = ask(rig, cases[i].port, "c-hello", cases[i].ca_file);
		rig_wait_end(rig, chat);
		print_message("# %s\n", chat->outcome.failure.message);
		assert_failed(chat, FAILURE_TLS, "", cases[i].begin);
		assert_non_null(strstr(chat->outcome.failure.message, cases[i].advice));
		assert_int_equal(chat->headers, 0);
	}
	assert_int_equal(server_recorded(&upstream, "POST"), 0); /* nothing was sent */
	const struct exchange *chat = ask(rig, front.self, "c-hello", self);
	rig_wait_end(rig, chat);
	assert_done(chat, "Hello");
}

/* ---- HTTP/2 ------------------------------------------------------------------------------------------------------ */

static void one_connection_for_many(void **state)
{
	struct rig *rig = *state;
	unsigned connections[20];
	for (size_t i = 0; i < 20; i++)
		ask_good(rig, "c-slow");
	rig_wait_all(rig);
	front_connections(&front, "c-slow", connections, 20);
	for (size_t i = 0; i < 20; i++) {
		assert_done(rig->exchanges[i], SLOW_TEXT);
		assert_string_equal(rig->exchanges[i]->outcome.response.http_version, "2");
		assert_int_equal(connections[i], connections[0]);
	}
}

/* RST_STREAM: nginx resets the stream of a request whose server is gone, and goes on with the others. */
static void a_stream_that_is_reset(void **state)
{
	struct rig *rig = *state;
	unsigned reset, other;
	const struct exchange *slow = ask_good(rig, "c-slow");
	rig_wait_text(rig, slow);
	const struct exchange *chat = ask_good(rig, "c-cut-late-rst");
	rig_wait_end(rig, chat);
	print_message("# %s\n", chat->outcome.failure.message);
	assert_failed(chat, FAILURE_TRUNCATED, "Hello", "cut off");
	assert_int_equal(slow->terminals, 0);
	rig_wait_end(rig, slow);
	assert_done(slow, SLOW_TEXT);
	front_connections(&front, "c-cut-late-rst", &reset, 1);
	front_connections(&front, "c-slow", &other, 1);
	assert_int_equal(reset, other);
}

/* GOAWAY: what runs goes on, what is new goes elsewhere. */
static void a_connection_that_takes_its_leave(void **state)
{
	struct rig *rig = *state;
	unsigned connections[4];
	for (size_t i = 0; i < 3; i++)
		ask_good(rig, "c-slow");
	for (size_t i = 0; i < 3; i++)
		rig_wait_text(rig, rig->exchanges[i]);
	front_reload(&front);
	rig_wait_all(rig);
	rig_wait_end(rig, ask_good(rig, "c-slow"));
	for (size_t i = 0; i < 4; i++)
		assert_done(rig->exchanges[i], SLOW_TEXT);
	front_connections(&front, "c-slow", connections, 4);
	assert_int_equal(connections[0], connections[1]);
	assert_int_equal(connections[0], connections[2]);
	assert_int_not_equal(connections[0], connections[3]);
}

/* After a time-out the kept connection is not trusted, though it may be well. */
static void a_connection_of_its_own(void **state)
{
	struct rig *rig = *state;
	char url[256];
	unsigned connections[3];
	struct request_spec spec = rig_spec(rig, "", url, sizeof url);
	snprintf(url, sizeof url, "https://127.0.0.1:%d/s/c-hello/v1", front.good);
	spec.ca_file = front.ca_file;
	for (int i = 0; i < 3; i++) {
		spec.fresh = i == 2;
		const struct exchange *chat = rig_ask_spec(rig, &spec);
		rig_wait_end(rig, chat);
		assert_done(chat, "Hello");
		assert_int_equal(chat->outcome.timing.reused, i == 1);
	}
	front_connections(&front, "c-hello", connections, 3);
	assert_int_equal(connections[0], connections[1]);
	assert_int_not_equal(connections[0], connections[2]);
}

#define front_test(name) cmocka_unit_test_setup_teardown(name, setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		front_test(certificates_that_are_not_trusted),
		front_test(one_connection_for_many),
		front_test(a_stream_that_is_reset),
		front_test(a_connection_that_takes_its_leave),
		front_test(a_connection_of_its_own),
	};
	return cmocka_run_group_tests_name("engine_front", tests, start, stop);
}
