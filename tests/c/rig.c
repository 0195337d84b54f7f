#include "rig.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define WAIT_MS 20000

double rig_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int rig_setup(void **state)
{
	struct rig *rig = calloc(1, sizeof *rig);
	assert_non_null(rig);
	server_start(&rig->server);
	rig->engine = engine_new();
	assert_non_null(rig->engine);
	*state = rig;
	return 0;
}

int rig_teardown(void **state)
{
	struct rig *rig = *state;
	engine_free(rig->engine);
	for (size_t i = 0; i < rig->count; i++) {
		buf_free(&rig->exchanges[i]->text);
		cJSON_Delete(rig->exchanges[i]->outcome.usage);
		cJSON_Delete(rig->exchanges[i]->outcome.models);
		free(rig->exchanges[i]);
	}
	server_stop(&rig->server);
	free(rig);
	return 0;
}

struct request_spec rig_spec(const struct rig *rig, const char *script, char *url, size_t size)
{
	server_url(&rig->server, script, url, size);
	return (struct request_spec){
		.type = REQUEST_CHAT,
		.url = url,
		.key = RIG_KEY,
		.body = RIG_BODY,
		.body_len = strlen(RIG_BODY),
		.connect_timeout_ms = 10000,
		.first_byte_timeout_ms = 20000,
		.idle_timeout_ms = 20000,
	};
}

struct exchange *rig_ask_spec(struct rig *rig, const struct request_spec *spec)
{
	struct failure failure = {.kind = FAILURE_NONE};
	struct exchange *exchange = calloc(1, sizeof *exchange);
	assert_non_null(exchange);
	assert_true(rig->count < RIG_EXCHANGES);
	rig->exchanges[rig->count++] = exchange;
	buf_init(&exchange->text, SIZE_MAX / 2);
	exchange->id = engine_request(rig->engine, spec, &failure);
	assert_string_equal(failure.message, "");
	assert_int_not_equal(exchange->id, 0);
	return exchange;
}

struct exchange *rig_ask(struct rig *rig, const char *script)
{
	char url[256];
	struct request_spec spec = rig_spec(rig, script, url, sizeof url);
	return rig_ask_spec(rig, &spec);
}

static struct exchange *find(struct rig *rig, uint64_t id)
{
	for (size_t i = 0; i < rig->count; i++)
		if (rig->exchanges[i]->id == id)
			return rig->exchanges[i];
	fail_msg("an event of a request that was never made");
	return NULL;
}

static void take_outcome(struct exchange *exchange, struct event *event)
{
	exchange->terminals++;
	exchange->ending = event->type;
	exchange->outcome = *event->as.outcome;
	event->as.outcome->usage = event->as.outcome->models = NULL; /* ours now */
}

static void take_event(struct exchange *exchange, struct event *event)
{
	assert_int_equal(exchange->terminals, 0); /* nothing comes after the terminal event */
	switch (event->type) {
	case EVENT_TEXT:
		exchange->pieces++;
		assert_int_equal(buf_append(&exchange->text, event->as.text.data, event->as.text.len), BUF_OK);
		break;
	case EVENT_REASONING:
	case EVENT_REFUSAL:
		exchange->reasonings++;
		break;
	case EVENT_TOOL_CALL:
		exchange->calls++;
		snprintf(exchange->call, sizeof exchange->call, "%s %s %s", event->as.call.id, event->as.call.name,
			buf_string(&event->as.call.arguments));
		break;
	case EVENT_HEADERS:
		assert_int_equal(exchange->pieces, 0);
		assert_true(event->as.headers.response.status >= 200);
		exchange->headers++;
		break;
	default:
		take_outcome(exchange, event);
	}
}

size_t rig_drain(struct rig *rig, size_t max)
{
	size_t count = 0;
	struct event *events = engine_poll(rig->engine, max);
	for (struct event *event = events; event; event = event->next, count++)
		take_event(find(rig, event->request), event);
	event_free(events);
	return count;
}

typedef bool (*condition)(const struct rig *rig, const struct exchange *exchange);

static bool has_ended(const struct rig *rig, const struct exchange *exchange)
{
	(void)rig;
	return exchange->terminals > 0;
}

static bool has_text(const struct rig *rig, const struct exchange *exchange)
{
	(void)rig;
	return exchange->text.len > 0;
}

static bool has_headers(const struct rig *rig, const struct exchange *exchange)
{
	(void)rig;
	return exchange->headers > 0;
}

static bool all_ended(const struct rig *rig, const struct exchange *exchange)
{
	(void)exchange;
	for (size_t i = 0; i < rig->count; i++)
		if (rig->exchanges[i]->terminals == 0)
			return false;
	return true;
}

/* As an editor does it: sleeps on the descriptor, and drains when it is readable. */
static void wait_for(struct rig *rig, condition is_met, const struct exchange *exchange)
{
	struct pollfd wakeup = {.fd = engine_wakeup_fd(rig->engine), .events = POLLIN};
	double end = rig_now_ms() + WAIT_MS;
	while (!is_met(rig, exchange)) {
		double left = end - rig_now_ms();
		if (left <= 0)
			fail_msg("waited for %d ms", WAIT_MS);
		if (poll(&wakeup, 1, (int)left) > 0)
			rig_drain(rig, 0);
	}
}

void rig_wait_end(struct rig *rig, const struct exchange *exchange)
{
	wait_for(rig, has_ended, exchange);
}

void rig_wait_text(struct rig *rig, const struct exchange *exchange)
{
	wait_for(rig, has_text, exchange);
}

void rig_wait_headers(struct rig *rig, const struct exchange *exchange)
{
	wait_for(rig, has_headers, exchange);
}

void rig_wait_all(struct rig *rig)
{
	wait_for(rig, all_ended, NULL);
}

struct exchange *rig_run(struct rig *rig, const char *script)
{
	struct exchange *exchange = rig_ask(rig, script);
	rig_wait_end(rig, exchange);
	return exchange;
}

void assert_done(const struct exchange *exchange, const char *text)
{
	assert_string_equal(exchange->outcome.failure.message, "");
	assert_int_equal(exchange->terminals, 1);
	assert_int_equal(exchange->ending, EVENT_DONE);
	assert_int_equal(exchange->outcome.failure.kind, FAILURE_NONE);
	assert_int_equal(exchange->headers, 1);
	assert_string_equal(buf_string(&exchange->text), text);
}

void assert_failed(const struct exchange *exchange, enum failure_kind kind, const char *text, const char *message)
{
	const struct failure *failure = &exchange->outcome.failure;
	assert_int_equal(exchange->terminals, 1);
	assert_int_equal(exchange->ending, EVENT_ERROR);
	if (failure->kind != kind || !strstr(failure->message, message))
		fail_msg("%s: %s; expected %s: %s", failure_kind_name(failure->kind), failure->message,
			failure_kind_name(kind), message);
	assert_null(strstr(failure->message, RIG_KEY));
	assert_string_equal(buf_string(&exchange->text), text);
	assert_int_equal(exchange->calls, 0);
}
