/* The header of a response. It comes in whole lines, never in pieces; what may differ is how a line ends, and what came
 * before the last status line. Neither may change what is known. */

#include <math.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "response.h"

/* Fri, 13 Feb 2009 23:31:30 GMT */
#define NOW 1234567890.0

/* -1, or from 0 on. */
static void print_number(struct buf *out, const char *name, double value)
{
	assert_true(isfinite(value) && (value == -1 || value >= 0));
	check_print(out, "%s %a\n", name, value);
}

static void print_limit(struct buf *out, const struct rate_limit *limit)
{
	print_number(out, "limit", (double)limit->limit);
	print_number(out, "remaining", (double)limit->remaining);
	print_number(out, "reset_s", limit->reset_s);
}

static void print_response(struct buf *out, const struct response *response)
{
	check_line(response->request_id);
	check_line(response->location);
	assert_in_range(response->status, 0, 999);
	assert_in_range(response->should_retry + 1, 0, 2);
	assert_int_equal(strspn(response->http_version, "0123456789."), strlen(response->http_version));
	check_print(out, "status %d version %s id %s location %s\n", response->status, response->http_version,
		response->request_id, response->location);
	check_print(out, "stream %d html %d should_retry %d\n", response->is_event_stream, response->is_html,
		response->should_retry);
	print_number(out, "date", response->date);
	print_number(out, "cost", (double)response->cost_micro_usd);
	print_number(out, "retry_after_s", response->retry_after_s);
	print_limit(out, &response->requests);
	print_limit(out, &response->tokens);
}

static void take_line(void *context, const char *line, size_t len)
{
	response_line(context, line, len, NOW);
}

static void feed_line(struct response *response, const char *line, size_t len, const char *end)
{
	struct buf whole;
	buf_init(&whole, 1 << 16);
	assert_int_equal(buf_append(&whole, line, len), BUF_OK);
	assert_int_equal(buf_append_string(&whole, end), BUF_OK);
	check_feed(0, whole.data, whole.len, take_line, response);
	buf_free(&whole);
}

/* Reads the lines from the `skip`-th on. Returns the number of the last one that begins a response, 0 for none. */
static size_t read_lines(const char *lines, size_t size, size_t skip, const char *end, struct buf *out)
{
	struct response response;
	size_t number = 0, status = 0;
	response_clear(&response);
	for (const char *at = lines, *stop = lines + size; at < stop; number++) {
		size_t left = (size_t)(stop - at);
		const char *lf = memchr(at, '\n', left);
		size_t len = lf ? (size_t)(lf - at) : left;
		if (len >= 5 && memcmp(at, "HTTP/", 5) == 0)
			status = number;
		if (number >= skip)
			feed_line(&response, at, len, end);
		at += len + 1;
	}
	print_response(out, &response);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const ends[] = {"\r\n", ""};
	static const char *const ways[] = {"with CRLF", "without line ends"};
	const char *lines = (const char *)data;
	struct buf whole, other;
	buf_init(&whole, 1 << 16);
	buf_init(&other, 1 << 16);
	size_t status = read_lines(lines, size, 0, "\n", &whole);
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&other);
		read_lines(lines, size, 0, ends[i], &other);
		fuzz_same(&whole, ways[i], &other);
	}
	buf_clear(&other);
	read_lines(lines, size, status, "\n", &other);
	fuzz_same(&whole, "from the last status line on", &other);
	buf_free(&whole);
	buf_free(&other);
	return 0;
}
