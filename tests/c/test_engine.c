/* Answers that come well: what the engine makes of them, from the request on the wire to the terminal event. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "event_queue.h"
#include "rig.h"

static void streams_a_chat(void **state)
{
	struct rig *rig = *state;
	const struct exchange *chat = rig_run(rig, "c-hello");
	const struct outcome *outcome = &chat->outcome;
	assert_done(chat, "Hello");
	assert_string_equal(outcome->finish_reason, "stop");
	assert_string_equal(outcome->model, "replay-1");
	assert_int_equal(outcome->response.status, 200);
	assert_string_equal(outcome->response.request_id, "req-1");
	assert_int_equal(outcome->response.cost_micro_usd, 42);
	assert_int_equal(outcome->response.requests.remaining, 7);
	assert_non_null(json_get(outcome->usage, "total_tokens"));
	assert_null(outcome->models);
	assert_string_equal(outcome->response.http_version, "1.1");
	assert_true(outcome->timing.dns_ms >= 0);
	assert_true(outcome->timing.connect_ms >= 0);
	assert_true(outcome->timing.tls_ms == -1);
	assert_true(outcome->timing.first_byte_ms >= outcome->timing.dns_ms + outcome->timing.connect_ms);
	assert_true(outcome->timing.first_delta_ms >= outcome->timing.first_byte_ms);
	assert_true(outcome->timing.total_ms >= outcome->timing.first_delta_ms);
	assert_false(outcome->timing.reused);
}

static void sends_what_the_service_wants(void **state)
{
	struct rig *rig = *state;
	rig_run(rig, "c-hello");
	char *sent = server_request(&rig->server, 1);
	assert_non_null(strstr(sent, "POST /s/c-hello/v1/chat/completions HTTP/1.1\r\n"));
	assert_non_null(strstr(sent, "\r\nAuthorization: Bearer " RIG_KEY "\r\n"));
	assert_non_null(strstr(sent, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(sent, "\r\nAccept: text/event-stream, application/json\r\n"));
	assert_non_null(strstr(sent, "\r\nUser-Agent: beans/"));
	assert_non_null(strstr(sent, "\r\n\r\n" RIG_BODY));
	assert_null(strstr(sent, "Expect:"));
	assert_null(strstr(sent, "Accept-Encoding:"));
	free(sent);
}

static void sends_no_key_when_there_is_none(void **state)
{
	struct rig *rig = *state;
	char url[256];
	struct request_spec spec = rig_spec(rig, "c-hello", url, sizeof url);
	spec.key = NULL;
	rig_wait_end(rig, rig_ask_spec(rig, &spec));
	char *sent = server_request(&rig->server, 1);
	assert_non_null(strstr(sent, "POST"));
	assert_null(strstr(sent, "Authorization"));
	free(sent);
}

static void lists_models(void **state)
{
	struct rig *rig = *state;
	char url[256];
	struct request_spec spec = rig_spec(rig, "c-models", url, sizeof url);
	spec.type = REQUEST_MODELS;
	spec.body = NULL;
	spec.body_len = 0;
	const struct exchange *models = rig_ask_spec(rig, &spec);
	rig_wait_end(rig, models);
	assert_done(models, "");
	assert_int_equal(cJSON_GetArraySize(models->outcome.models), 2);
	assert_string_equal(json_get_string(cJSON_GetArrayItem(models->outcome.models, 1), "id"), "tiny");
	assert_int_equal(server_recorded(&rig->server, " GET /s/c-models"), 1);
}

static void reads_a_whole_answer(void **state)
{
	const struct exchange *chat = rig_run(*state, "c-whole");
	assert_done(chat, "Hello");
	assert_string_equal(chat->outcome.model, "m-1");
	assert_non_null(json_get(chat->outcome.usage, "total_tokens"));
}

static const struct exchange *complete(struct rig *rig, const char *script, enum chat_format format)
{
	char url[256];
	struct request_spec spec = rig_spec(rig, script, url, sizeof url);
	spec.format = format;
	const struct exchange *exchange = rig_ask_spec(rig, &spec);
	rig_wait_end(rig, exchange);
	return exchange;
}

static void completes_text(void **state)
{
	const struct exchange *text = complete(*state, "c-completions", CHAT_COMPLETIONS);
	assert_done(text, "Hello");
	assert_string_equal(text->outcome.finish_reason, "stop");
	assert_int_equal(text->outcome.response.cost_micro_usd, 42);
	assert_non_null(json_get(text->outcome.usage, "total_tokens"));
}

/* Its last record is no [DONE]: the answer ends with the response, and the connection is kept. */
static void fills_in_text(void **state)
{
	for (int i = 0; i < 2; i++) {
		const struct exchange *text = complete(*state, "c-infill", CHAT_INFILL);
		assert_done(text, "Hello");
		assert_string_equal(text->outcome.finish_reason, "length");
		assert_string_equal(text->outcome.model, "m-1");
		assert_int_equal(json_get(text->outcome.usage, "total_tokens")->valueint, 11);
		assert_int_equal(text->outcome.timing.reused, i > 0);
	}
}

static void recognises_a_stream_without_its_type(void **state)
{
	assert_done(rig_run(*state, "c-untyped"), "Hello");
}

static void hands_out_whole_tool_calls(void **state)
{
	const struct exchange *chat = rig_run(*state, "c-tools");
	assert_done(chat, "");
	assert_int_equal(chat->calls, 1);
	assert_string_equal(chat->call, "call_1 ls {\"a\":1}");
}

static void reads_trailers(void **state)
{
	const struct exchange *chat = rig_run(*state, "c-trailers");
	assert_done(chat, "Hello");
	assert_int_equal(chat->outcome.response.cost_micro_usd, 77);
}

static void passes_over_interim_responses(void **state)
{
	const struct exchange *chat = rig_run(*state, "c-interim");
	assert_done(chat, "Hello");
	assert_int_equal(chat->outcome.response.status, 200);
	assert_string_equal(chat->outcome.response.request_id, "final");
}

/* The server answers and ends while a large body is still on its way. */
static void takes_an_early_answer(void **state)
{
	struct rig *rig = *state;
	char url[256];
	size_t len = (size_t)8 * 1024 * 1024;
	char *body = malloc(len);
	assert_non_null(body);
	memset(body, ' ', len);
	struct request_spec spec = rig_spec(rig, "c-early", url, sizeof url);
	spec.body = body;
	spec.body_len = len;
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	free(body); /* the spec was copied */
	rig_wait_end(rig, chat);
	assert_done(chat, "Hello");
}

static void needs_no_end_after_a_finish_reason(void **state)
{
	const struct exchange *chat = rig_run(*state, "c-left-open");
	assert_done(chat, "Hello");
	assert_non_null(chat->outcome.usage);
	assert_true(chat->outcome.timing.total_ms >= REQUEST_LINGER_MS);
}

static void needs_no_end_after_done(void **state)
{
	assert_done(rig_run(*state, "c-done-only"), "Hello");
}

static void forgives_a_reset_after_the_finish_reason(void **state)
{
	assert_done(rig_run(*state, "c-finish-rst"), "Hello");
}

/* ---- connections ----------------------------------------------------------------------------------------------- */

static void uses_a_warm_connection_again(void **state)
{
	struct rig *rig = *state;
	for (int i = 0; i < 3; i++) {
		const struct exchange *chat = rig_run(rig, i == 1 ? "c-whole" : "c-hello");
		assert_done(chat, "Hello");
		assert_int_equal(chat->outcome.timing.reused, i > 0);
		bool connected = chat->outcome.timing.connect_ms >= 0;
		assert_int_equal(connected, i == 0);
	}
	assert_int_equal(server_recorded(&rig->server, " conn=1 "), 3);
}

static void replaces_a_dead_connection(void **state)
{
	struct rig *rig = *state;
	assert_done(rig_run(rig, "c-dying"), "Hello");
	const struct exchange *chat = rig_run(rig, "c-dying");
	assert_done(chat, "Again");
	assert_false(chat->outcome.timing.reused);
}

/* 200 streams, all open at the same time. */
static void carries_many_streams(void **state)
{
	struct rig *rig = *state;
	struct exchange *chats[200];
	for (size_t i = 0; i < 200; i++)
		chats[i] = rig_ask(rig, "c-stalling");
	for (size_t i = 0; i < 200; i++)
		rig_wait_text(rig, chats[i]);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(chats[i]->terminals, 0);
	for (size_t i = 0; i < 200; i++)
		engine_cancel(rig->engine, chats[i]->id);
	for (size_t i = 0; i < 200; i++)
		rig_ask(rig, "c-hello");
	rig_wait_all(rig);
	for (size_t i = 0; i < 200; i++) {
		assert_failed(rig->exchanges[i], FAILURE_CANCELLED, "Hello", "cancelled");
		assert_done(rig->exchanges[200 + i], "Hello");
	}
}

/* ---- back-pressure --------------------------------------------------------------------------------------------- */

static void pause_ms(long ms)
{
	const struct timespec pause = {.tv_nsec = ms * 1000 * 1000};
	nanosleep(&pause, NULL);
}

/* One event at a time, so that the text of a flood stays where it is. */
static void drain_slowly_until(struct rig *rig, const size_t *count)
{
	for (int i = 0; i < 20000 && *count == 0; i++) {
		pause_ms(1);
		rig_drain(rig, 1);
	}
	assert_int_not_equal(*count, 0);
}

static void assert_flood(const struct exchange *flood)
{
	const char *at = buf_string(&flood->text);
	for (int i = 0; i < 25000; i++) {
		char head[16];
		size_t head_len = (size_t)snprintf(head, sizeof head, "%d ", i);
		assert_memory_equal(at, head, head_len);
		at += head_len;
		assert_int_equal(strspn(at, "x"), 1992);
		at += 1992;
	}
	assert_string_equal(at, "");
}

static void pauses_what_nobody_drains(void **state)
{
	struct rig *rig = *state;
	struct exchange *flood = rig_ask(rig, "c-flood");
	drain_slowly_until(rig, &flood->headers);
	pause_ms(500); /* enough for all of it, if nothing held it back */
	rig_drain(rig, 0);
	assert_true(flood->text.len > 0);
	assert_true(flood->text.len <= EVENT_LANE_MAX + (size_t)128 * 1024);
	assert_int_equal(flood->terminals, 0);
	rig_wait_end(rig, flood);
	assert_string_equal(flood->outcome.failure.message, "");
	assert_int_equal(flood->ending, EVENT_DONE);
	assert_flood(flood);
}

/* Other streams go on while one is paused. */
static void pauses_only_the_lane_that_is_full(void **state)
{
	struct rig *rig = *state;
	struct exchange *flood = rig_ask(rig, "c-flood");
	rig_wait_headers(rig, flood);
	pause_ms(200);
	struct exchange *chat = rig_ask(rig, "c-hello");
	drain_slowly_until(rig, &chat->terminals);
	assert_done(chat, "Hello");
	assert_int_equal(flood->terminals, 0);
	engine_cancel(rig->engine, flood->id); /* while it is paused */
	rig_wait_end(rig, flood);
	assert_int_equal(flood->outcome.failure.kind, FAILURE_CANCELLED);
}

/* ---- refused before anything is sent ----------------------------------------------------------------------------- */

static void refuses_a_spec_that_cannot_be_sent(void **state)
{
	struct rig *rig = *state;
	static const struct {
		const char *url, *key, *message;
		long timeout;
	} specs[] = {
		{"ftp://host/v1", NULL, "base_url", 1000},
		{"file:///etc/passwd", NULL, "base_url", 1000},
		{"host/v1", NULL, "base_url", 1000},
		{"", NULL, "base_url", 1000},
		{"http://host/v1\r\nX-Evil: yes", NULL, "base_url", 1000},
		{"http://host/v 1", NULL, "base_url", 1000},
		{"http://127.0.0.1:1/v1", "sk-1\r\nX-Evil: yes", "api_key", 1000},
		{"http://127.0.0.1:1/v1", "sk 1", "api_key", 1000},
		{"http://127.0.0.1:1/v1", NULL, "above 0", 0},
		{"http://127.0.0.1:1/v1", NULL, "above 0", -5},
	};
	for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
		char url[256];
		struct failure failure;
		struct request_spec spec = rig_spec(rig, "", url, sizeof url);
		spec.url = specs[i].url;
		spec.key = specs[i].key;
		spec.idle_timeout_ms = specs[i].timeout;
		assert_int_equal(engine_request(rig->engine, &spec, &failure), 0);
		assert_int_equal(failure.kind, FAILURE_CONFIG);
		assert_non_null(strstr(failure.message, specs[i].message));
	}
}

/* What only libcurl sees is told by the terminal event. */
static void tells_what_libcurl_does_not_take(void **state)
{
	struct rig *rig = *state;
	char url[256];
	struct request_spec spec = rig_spec(rig, "", url, sizeof url);
	spec.url = "http://[nonsense/v1";
	const struct exchange *chat = rig_ask_spec(rig, &spec);
	rig_wait_end(rig, chat);
	assert_failed(chat, FAILURE_CONFIG, "", "check base_url");
}

#define engine_test(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		engine_test(streams_a_chat),
		engine_test(sends_what_the_service_wants),
		engine_test(sends_no_key_when_there_is_none),
		engine_test(lists_models),
		engine_test(reads_a_whole_answer),
		engine_test(completes_text),
		engine_test(fills_in_text),
		engine_test(recognises_a_stream_without_its_type),
		engine_test(hands_out_whole_tool_calls),
		engine_test(reads_trailers),
		engine_test(passes_over_interim_responses),
		engine_test(takes_an_early_answer),
		engine_test(needs_no_end_after_a_finish_reason),
		engine_test(needs_no_end_after_done),
		engine_test(forgives_a_reset_after_the_finish_reason),
		engine_test(uses_a_warm_connection_again),
		engine_test(replaces_a_dead_connection),
		engine_test(carries_many_streams),
		engine_test(pauses_what_nobody_drains),
		engine_test(pauses_only_the_lane_that_is_full),
		engine_test(refuses_a_spec_that_cannot_be_sent),
		engine_test(tells_what_libcurl_does_not_take),
	};
	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
