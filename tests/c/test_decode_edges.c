/* Both sides of the borders that the tables and files of the other decoding tests do not reach. */

#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "api_error.h"
#include "chat_stream.h"
#include "sse.h"

#define NOW 1000.0

/* ---- headers --------------------------------------------------------------------------------------------------- */

static struct response read_lines(const char *first, const char *second)
{
	struct response response;
	response_clear(&response);
	response_line(&response, first, strlen(first), NOW);
	response_line(&response, second, strlen(second), NOW);
	return response;
}

/* Nothing left and a window that begins at once are known, too: a plain header does not overrule them. */
static void keeps_a_known_zero(void **state)
{
	(void)state;
	struct response response = read_lines("x-ratelimit-remaining-requests: 0", "x-ratelimit-remaining: 5");
	assert_int_equal(response.requests.remaining, 0);
	response = read_lines("x-ratelimit-reset-requests: 0s", "x-ratelimit-reset: 5");
	assert_true(response.requests.reset_s == 0);
	response = read_lines("retry-after-ms: 0", "retry-after: 5");
	assert_true(response.retry_after_s == 0);
}

static void keeps_the_first_id_of_a_kind(void **state)
{
	(void)state;
	struct response response = read_lines("x-request-id: first", "X-Request-Id: second");
	assert_string_equal(response.request_id, "first");
}

static void reads_eighteen_digits(void **state)
{
	(void)state;
	struct response response =
		read_lines("x-ratelimit-limit: 999999999999999999", "x-ratelimit-remaining: 1000000000000000000");
	assert_int_equal(response.requests.limit, 999999999999999999);
	assert_int_equal(response.requests.remaining, -1);
	response = read_lines("retry-after: 100000000000000000", "");
	assert_true(response.retry_after_s == 1e17);
	response = read_lines("retry-after: 1000000000000000000", "");
	assert_true(response.retry_after_s == -1);
}

/* An HTTP date, and the seconds from NOW until then; -1: it is none. */
static const struct {
	const char *header;
	double seconds;
} DATES[] = {
	{"retry-after: Sat, 31 Jan 1970 00:00:00 GMT", 2592000 - NOW},
	{"retry-after: Sat, 32 Jan 1970 00:00:00 GMT", -1},
	{"retry-after: Thu, 01 Jan 1970 23:59:60 GMT", 86400 - NOW}, /* a leap second */
	{"retry-after: Thu, 01 Jan 1970 23:59:61 GMT", -1}, {"retry-after: Thu, 01 Jan 1970 23:60:00 GMT", -1},
	{"retry-after: Thu, 01 Jan 1970 24:00:00 GMT", -1}, {"retry-after: Thu, 001 Jan 1970 00:00:00 GMT", -1},
	{"retry-after: Thu, 01 Jan 1970 00:00:00 GMT", 0}, /* long past */
	{"retry-after: Thursday, 01-Jan-70 01:00:00 GMT", 3600 - NOW},
	{"retry-after: Friday, 01-Jan-69 00:00:00 GMT", 3124224000 - NOW}, /* 2069 */
};

static void reads_the_borders_of_dates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof DATES / sizeof *DATES; i++) {
		struct response response = read_lines(DATES[i].header, "");
		if (response.retry_after_s != DATES[i].seconds)
			fail_msg("%s: %g", DATES[i].header, response.retry_after_s);
	}
}

/* ---- errors ---------------------------------------------------------------------------------------------------- */

/* What is told of a page that has its title behind `filler` bytes. */
static struct failure tell_of_page(size_t filler)
{
	static const char begin[] = "<!--", end[] = "--><title>Bad Gateway</title>";
	struct failure failure;
	struct response response;
	struct buf page;
	buf_init(&page, API_ERROR_BODY_MAX);
	response_clear(&response);
	response.status = 502;
	assert_int_equal(buf_append_string(&page, begin), BUF_OK);
	for (size_t i = 0; i < filler; i++)
		assert_int_equal(buf_append(&page, "x", 1), BUF_OK);
	assert_int_equal(buf_append_string(&page, end), BUF_OK);
	for (size_t i = 0; i < 8192; i++)
		assert_int_equal(buf_append(&page, "y", 1), BUF_OK);
	api_error_from_status(&failure, &response, page.data, page.len, NULL);
	buf_free(&page);
	return failure;
}

/* Of a page nothing but the title is shown, and that only where a title belongs: near the beginning. */
static void looks_for_a_title_only_near_the_beginning(void **state)
{
	(void)state;
	assert_string_equal(tell_of_page(0).message, "the server failed (502): Bad Gateway. Try again later.");
	assert_string_equal(tell_of_page(4000).message, "the server failed (502): Bad Gateway. Try again later.");
	for (size_t filler = 4050; filler < 4110; filler++) {
		struct failure failure = tell_of_page(filler);
		bool has_title = strstr(failure.message, ": Bad Gateway. ") != NULL;
		if (!has_title)
			assert_string_equal(failure.message, "the server failed (502). Try again later.");
	}
	assert_string_equal(tell_of_page(5000).message, "the server failed (502). Try again later.");
}

/* U+00A0 stands right behind the last control character. */
static void shows_a_no_break_space(void **state)
{
	(void)state;
	struct failure failure;
	failure_set(&failure, FAILURE_HTTP, "-");
	failure_append(&failure, "a\xC2\x9F\xC2\xA0z", 6, NULL);
	assert_string_equal(failure.message, "-a \xC2\xA0z");
}

/* ---- streams --------------------------------------------------------------------------------------------------- */

static bool count_bytes(void *context, const char *type, const char *data, size_t len)
{
	(void)type;
	(void)data;
	*(size_t *)context = len;
	return true;
}

/* A record of two lines with `len` bytes of data together, the LF between them counted. */
static enum sse_result feed_record(size_t len, size_t *got)
{
	struct sse sse;
	size_t half = len / 2;
	char *text = malloc(half + 1);
	assert_non_null(text);
	memset(text, 'x', half + 1);
	sse_init(&sse, count_bytes, got);
	enum sse_result result = sse_feed(&sse, "data:", 5);
	if (result == SSE_OK)
		result = sse_feed(&sse, text, half);
	if (result == SSE_OK)
		result = sse_feed(&sse, "\ndata:", 6);
	if (result == SSE_OK)
		result = sse_feed(&sse, text, len - half - 1);
	if (result == SSE_OK)
		result = sse_feed(&sse, "\n\n", 2);
	free(text);
	sse_free(&sse);
	return result;
}

static void takes_a_record_of_just_the_limit(void **state)
{
	(void)state;
	size_t got = 0;
	assert_int_equal(feed_record(SSE_MAX, &got), SSE_OK);
	assert_int_equal(got, SSE_MAX);
	got = 0;
	assert_int_equal(feed_record(SSE_MAX + 1, &got), SSE_TOO_LARGE);
	assert_int_equal(got, 0);
}

static bool count_text(void *context, enum event_type type, const char *bytes, size_t len)
{
	(void)type;
	(void)bytes;
	*(size_t *)context += len;
	return true;
}

static bool refuse_call(void *context, struct tool_call *call)
{
	(void)context;
	tool_call_free(call);
	fail_msg("%s", "no tool call is handed out");
	return true;
}

/* Whoever feeds records after the end is not heard: what ended the answer stays as it was. */
static void check_nothing_after(const char *last, enum chat_status ended, enum failure_kind kind)
{
	static const char *const later[] = {
		"{\"choices\":[{\"delta\":{\"content\":\"late\"},\"finish_reason\":\"x\"}]}", "{\"error\":\"late\"}",
		"[DONE]", "not json",
		"{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"late\"}]}}],\"usage\":{}}"};
	size_t text = 0;
	struct chat_stream chat;
	const struct chat_sink sink = {.context = &text, .text = count_text, .tool_call = refuse_call};
	chat_stream_init(&chat, &sink, CHAT_MESSAGES, NULL);
	assert_int_equal(chat_stream_record(&chat, "message", last, strlen(last)), ended);
	for (size_t i = 0; i < sizeof later / sizeof *later; i++)
		assert_int_equal(chat_stream_record(&chat, "message", later[i], strlen(later[i])), ended);
	assert_int_equal(chat_stream_end(&chat), ended);
	assert_int_equal(chat.failure.kind, kind);
	assert_null(strstr(chat.failure.message, "late"));
	assert_string_equal(chat.finish_reason, "");
	assert_null(chat.usage);
	assert_int_equal(text, 0);
	chat_stream_free(&chat);
}

static void ignores_records_after_the_end(void **state)
{
	(void)state;
	check_nothing_after("[DONE]", CHAT_DONE, FAILURE_NONE);
	check_nothing_after("{\"error\":\"first\"}", CHAT_FAILED, FAILURE_HTTP);
	check_nothing_after("<html>", CHAT_FAILED, FAILURE_PROTOCOL);
}

int main(void)
{
	struct suite suite = {0};
	SUITE_ADD(&suite, keeps_a_known_zero);
	SUITE_ADD(&suite, keeps_the_first_id_of_a_kind);
	SUITE_ADD(&suite, reads_eighteen_digits);
	SUITE_ADD(&suite, reads_the_borders_of_dates);
	SUITE_ADD(&suite, looks_for_a_title_only_near_the_beginning);
	SUITE_ADD(&suite, shows_a_no_break_space);
	SUITE_ADD(&suite, takes_a_record_of_just_the_limit);
	SUITE_ADD(&suite, ignores_records_after_the_end);
	return suite_run("decode_edges", &suite);
}
