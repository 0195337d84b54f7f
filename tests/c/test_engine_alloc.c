/* A short chat, again and again, while the 1st, 2nd, 3rd … allocation fails, in our code or in libcurl: each time the
 * request is refused or has exactly one terminal event, and nothing leaks. */

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine.h"
#include "fail_alloc.h"
#include "server.h"

/* More than any of the runs needs. */
#define ALLOCATIONS_MAX 20000

struct attempt {
	struct server *server;
	const char *script;
	enum request_type type;
	unsigned long nth; /* of the allocations */
	bool for_good;
	size_t terminals, accepted;
	size_t got, whole; /* of the answer: this time, and when nothing fails */
	enum failure_kind kind;
	bool last; /* no allocation failed any more */
};

/* What an attempt may end with: memory ran out, or it ran out where one can do without. libcurl says "could not
 * connect" as well when it had no memory for it, and has one code for a header line too long and no memory for a header
 * line. */
static void assert_honest(const struct attempt *attempt)
{
	bool honest = attempt->kind == FAILURE_NO_MEMORY || attempt->kind == FAILURE_NONE ||
		      attempt->kind == FAILURE_NETWORK || attempt->kind == FAILURE_TOO_LARGE;
	if (attempt->kind == FAILURE_NONE && attempt->whole > 0)
		honest = attempt->got == attempt->whole;
	if (!honest || attempt->terminals != attempt->accepted)
		fail_msg("%s: allocation %lu%s: %s, %zu of %zu terminal events", attempt->script, attempt->nth,
			attempt->for_good ? " and all after it" : "", failure_kind_name(attempt->kind),
			attempt->terminals, attempt->accepted);
}

/* Looks at events without an allocation. */
static void count_events(struct attempt *attempt, const struct event *events)
{
	for (const struct event *event = events; event; event = event->next) {
		attempt->got += event->type == EVENT_TEXT ? event->as.text.len : event->type == EVENT_TOOL_CALL;
		if (event->type != EVENT_DONE && event->type != EVENT_ERROR)
			continue;
		attempt->terminals++;
		attempt->got += (size_t)cJSON_GetArraySize(event->as.outcome->models);
		attempt->kind = event->as.outcome->failure.kind;
	}
}

static void ask_and_wait(struct attempt *attempt, struct engine *engine, const char *url)
{
	const struct request_spec spec = {
		.type = attempt->type,
		.url = url,
		.key = "sk-beans-secret",
		.body = attempt->type == REQUEST_CHAT ? "{}" : NULL,
		.body_len = attempt->type == REQUEST_CHAT ? 2 : 0,
		.connect_timeout_ms = 5000,
		.first_byte_timeout_ms = 5000,
		.idle_timeout_ms = 5000,
	};
	struct pollfd wakeup = {.fd = engine_wakeup_fd(engine), .events = POLLIN};
	struct failure failure;
	if (!engine_request(engine, &spec, &failure)) {
		attempt->kind = failure.kind;
		return;
	}
	attempt->accepted = 1;
	while (attempt->terminals == 0 && poll(&wakeup, 1, 20000) == 1) {
		struct event *events = engine_poll(engine, 0);
		count_events(attempt, events);
		event_free(events);
	}
}

/* Returns how many blocks it left behind. */
static long make_attempt(struct attempt *attempt)
{
	char url[256];
	server_url(attempt->server, attempt->script, url, sizeof url);
	attempt->terminals = attempt->accepted = attempt->got = 0;
	attempt->kind = FAILURE_NO_MEMORY;
	long live = fail_alloc_live();
	fail_alloc_start(attempt->nth, attempt->for_good);
	struct engine *engine = engine_new();
	if (engine)
		ask_and_wait(attempt, engine, url);
	engine_free(engine);
	attempt->last = !fail_alloc_stop();
	assert_honest(attempt);
	return fail_alloc_live() - live;
}

/* Libraries keep some blocks once and for ever; a leak leaks every time. */
static void assert_leaks_nothing(struct attempt *attempt)
{
	long leaked = make_attempt(attempt);
	for (int i = 0; i < 3 && leaked != 0; i++)
		leaked = make_attempt(attempt);
	if (leaked != 0)
		fail_msg("%s: allocation %lu: %ld blocks leaked", attempt->script, attempt->nth, leaked);
}

static void sweep(void **state, const char *script, enum request_type type, bool for_good)
{
	struct attempt attempt = {.server = *state, .script = script, .type = type, .for_good = for_good};
	attempt.nth = ALLOCATIONS_MAX;
	assert_leaks_nothing(&attempt);
	assert_int_equal(attempt.kind, FAILURE_NONE);
	attempt.whole = attempt.got;
	assert_true(attempt.whole > 0);
	for (attempt.nth = 1, attempt.last = false; !attempt.last && attempt.nth < ALLOCATIONS_MAX; attempt.nth++)
		assert_leaks_nothing(&attempt);
	assert_true(attempt.last);
	assert_true(attempt.nth > 20);
	assert_int_equal(attempt.kind, FAILURE_NONE);
	print_message("# %s: %lu allocations\n", script, attempt.nth - 2);
}

static void a_chat(void **state)
{
	sweep(state, "c-hello", REQUEST_CHAT, false);
}

static void a_chat_with_an_empty_heap(void **state)
{
	sweep(state, "c-hello", REQUEST_CHAT, true);
}

static void tool_calls(void **state)
{
	sweep(state, "c-tools", REQUEST_CHAT, false);
}

static void a_whole_answer(void **state)
{
	sweep(state, "c-whole", REQUEST_CHAT, false);
}

static void an_untyped_stream(void **state)
{
	sweep(state, "c-untyped", REQUEST_CHAT, true);
}

static void a_model_list(void **state)
{
	sweep(state, "c-models", REQUEST_MODELS, false);
}

static int setup(void **state)
{
	static struct server server;
	server_start(&server);
	*state = &server;
	return 0;
}

static int teardown(void **state)
{
	server_stop(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chat),
		cmocka_unit_test(a_chat_with_an_empty_heap),
		cmocka_unit_test(tool_calls),
		cmocka_unit_test(a_whole_answer),
		cmocka_unit_test(an_untyped_stream),
		cmocka_unit_test(a_model_list),
	};
	return cmocka_run_group_tests_name("engine_alloc", tests, setup, teardown);
}
