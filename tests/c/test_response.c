#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "response.h"

/* Fri, 13 Feb 2009 23:31:30 GMT */
#define NOW 1234567890.0

static void print_limit(struct buf *out, const char *name, const struct rate_limit *limit)
{
	if (limit->limit >= 0 || limit->remaining >= 0 || limit->reset_s >= 0)
		check_print(out, " %s=%lld/%lld/%g", name, (long long)limit->limit, (long long)limit->remaining,
			limit->reset_s);
}

/* What is known of the response, as one line. */
static void print_response(struct buf *out, const struct response *response)
{
	check_print(out, "%d", response->status);
	if (response->is_event_stream)
		check_print(out, " stream");
	if (response->is_html)
		check_print(out, " html");
	if (response->is_encoded)
		check_print(out, " encoded");
	if (response->request_id[0])
		check_print(out, " id=%s", response->request_id);
	if (response->location[0])
		check_print(out, " location=%s", response->location);
	if (response->date >= 0)
		check_print(out, " date=%.0f", response->date);
	if (response->cost_micro_usd >= 0)
		check_print(out, " cost=%lld", (long long)response->cost_micro_usd);
	print_limit(out, "requests", &response->requests);
	print_limit(out, "tokens", &response->tokens);
	if (response->retry_after_s >= 0)
		check_print(out, " retry_after=%g", response->retry_after_s);
	if (response->should_retry >= 0)
		check_print(out, " should_retry=%d", response->should_retry);
}

/* Header lines, each ended by CRLF, and what is known after them. */
static const struct {
	const char *lines;
	const char *known;
} CASES[] = {
	{"", "0"},
	{"HTTP/1.1 200 OK\r\n", "200"},
	{"HTTP/2 429\r\n", "429"},
	{"HTTP/1.1  503 Busy\r\n", "503"},
	{"HTTP/1.1 abc\r\n", "0"},
	{"HTTP/1.1 200\r\nno colon here\r\n: no name\r\nempty:\r\n\r\n", "200"},
	/* interim responses are forgotten, trailers count */
	{"HTTP/1.1 103 Early\r\nx-request-id: early\r\nx-ratelimit-limit: 5\r\nretry-after-ms: 1\r\n\r\nHTTP/1.1 200 "
	 "OK\r\n"
	 "retry-after: 2\r\n",
		"200 retry_after=2"},
	{"HTTP/1.1 200 OK\r\n\r\nX-Request-Cost-Micro-Usd: 12\r\n", "200 cost=12"},
	/* the server's clock */
	{"Date: Fri, 13 Feb 2009 23:31:30 GMT\r\n", "0 date=1234567890"},
	{"date: Friday, 13-Feb-09 23:31:31 GMT\r\n", "0 date=1234567891"},
	{"date: soon\r\n", "0"},
	{"date: 1234567890\r\n", "0"},
	/* content types */
	{"Content-Type: text/event-stream\r\n", "0 stream"},
	{"content-type:TEXT/Event-Stream ; charset=utf-8\r\n", "0 stream"},
	{"content-type: text/event-streams\r\n", "0"},
	{"content-type: text/html; charset=x\r\n", "0 html"},
	{"content-type: application/json\r\n", "0"},
	{"content-type: text/html\r\ncontent-type: text/event-stream\r\n", "0 stream"},
	/* encodings */
	{"Content-Encoding: gzip\r\n", "0 encoded"},
	{"content-encoding: Identity\r\n", "0"},
	{"content-encoding:\r\n", "0"},
	/* request ids: the best header wins in any order */
	{"CF-Ray: c\r\n", "0 id=c"},
	{"cf-ray: c\r\nx-trace-id: t\r\nrequest-id: r\r\nX-Request-Id: x\r\n", "0 id=x"},
	{"X-Request-Id: x\r\nrequest-id: r\r\ncf-ray: c\r\n", "0 id=x"},
	{"x-request-id: \r\ncf-ray: c\r\n", "0 id=c"},
	{"x-request-id: a\x01\x1B[2J\xFFz\r\n", "0 id=a [2J z"},
	/* cost */
	{"X-REQUEST-COST-MICRO-USD: 1532\r\n", "0 cost=1532"},
	{"x-request-cost-micro-usd: 0\r\n", "0 cost=0"},
	{"x-request-cost-micro-usd: 1.5\r\n", "0"},
	{"x-request-cost-micro-usd: -3\r\n", "0"},
	{"x-request-cost-micro-usd: +3\r\n", "0"},
	{"x-request-cost-micro-usd: 12 usd\r\n", "0"},
	{"x-request-cost-micro-usd: 99999999999999999999\r\n", "0"},
	{"x-request-cost-micro-usd: 7\r\nx-request-cost-micro-usd: lots\r\n", "0 cost=7"},
	/* OpenAI's rate limits */
	{"X-RateLimit-Limit-Requests: 60\r\nX-RateLimit-Remaining-Requests: 59\r\nX-RateLimit-Reset-Requests: 1s\r\n"
	 "x-ratelimit-limit-tokens: 150000\r\nx-ratelimit-remaining-tokens: 149984\r\nx-ratelimit-reset-tokens: "
	 "6m0s\r\n",
		"0 requests=60/59/1 tokens=150000/149984/360"},
	{"x-ratelimit-reset-requests: 120ms\r\n", "0 requests=-1/-1/0.12"},
	{"x-ratelimit-reset-requests: 1h2m3.5s\r\n", "0 requests=-1/-1/3723.5"},
	{"x-ratelimit-reset-requests: 15us\r\n", "0 requests=-1/-1/1.5e-05"},
	{"x-ratelimit-reset-requests: 15\xC2\xB5s\r\n", "0 requests=-1/-1/1.5e-05"},
	{"x-ratelimit-reset-requests: 500000ns\r\n", "0 requests=-1/-1/0.0005"},
	{"x-ratelimit-reset-requests: 0s\r\n", "0 requests=-1/-1/0"},
	{"x-ratelimit-reset-tokens: 2.25\r\n", "0 tokens=-1/-1/2.25"},
	{"x-ratelimit-remaining-requests: 0\r\n", "0 requests=-1/0/-1"},
	/* resets that are a moment */
	{"x-ratelimit-reset: 30\r\n", "0 requests=-1/-1/30"},
	{"x-ratelimit-reset: 1234567950\r\n", "0 requests=-1/-1/60"},
	{"x-ratelimit-reset: 1234567950.5\r\n", "0 requests=-1/-1/60.5"},
	{"x-ratelimit-reset: 1234567800\r\n", "0 requests=-1/-1/0"},
	{"x-ratelimit-reset: 1234567950000\r\n", "0 requests=-1/-1/60"},
	{"x-ratelimit-reset: 999999999\r\n", "0 requests=-1/-1/1e+09"},
	/* plain and IETF headers count as requests; those that name their kind win in any order */
	{"X-RateLimit-Limit: 10\r\nX-RateLimit-Remaining: 9\r\nX-RateLimit-Reset: 8\r\n", "0 requests=10/9/8"},
	{"RateLimit-Limit: 10\r\nRateLimit-Remaining: 9\r\nRateLimit-Reset: 8\r\n", "0 requests=10/9/8"},
	{"x-ratelimit-limit: 1\r\nx-ratelimit-limit-requests: 2\r\n", "0 requests=2/-1/-1"},
	{"x-ratelimit-limit-requests: 2\r\nx-ratelimit-limit: 1\r\n", "0 requests=2/-1/-1"},
	{"x-ratelimit-reset-requests: 2s\r\nx-ratelimit-reset: 1\r\n", "0 requests=-1/-1/2"},
	{"x-ratelimit-remaining: 1\r\nx-ratelimit-remaining-requests: 2\r\n", "0 requests=-1/2/-1"},
	/* other kinds and garbage */
	{"x-ratelimit-limit-images: 3\r\nx-ratelimit-used: 4\r\nx-ratelimit-limit-requests-day: 5\r\nratelimit: 6\r\n",
		"0"},
	{"x-ratelimit-limit: many\r\nx-ratelimit-remaining: -1\r\nx-ratelimit-reset: soon\r\n", "0"},
	{"x-ratelimit-reset: 5x\r\n", "0"},
	{"x-ratelimit-reset: 1m2\r\n", "0"},
	{"x-ratelimit-reset: -5s\r\n", "0"},
	{"x-ratelimit-reset: 1e3\r\n", "0"},
	{"x-ratelimit-reset: 2009-02-13T23:31:30Z\r\n", "0"},
	{"x-ratelimit-reset: 99999999999999999999999999\r\n", "0"},
	{"x-ratelimit-limit: 10, 10;w=60\r\n", "0"},
	/* retry-after */
	{"Retry-After: 12\r\n", "0 retry_after=12"},
	{"Retry-After: 0.5\r\n", "0 retry_after=0.5"},
	{"Retry-After: 0\r\n", "0 retry_after=0"},
	{"Retry-After: Fri, 13 Feb 2009 23:32:30 GMT\r\n", "0 retry_after=60"},
	{"Retry-After: Friday, 13-Feb-09 23:32:30 GMT\r\n", "0 retry_after=60"},
	{"Retry-After: Fri Feb 13 23:32:30 2009\r\n", "0 retry_after=60"},
	{"Retry-After: Sun Mar  1 23:31:30 2009\r\n", "0 retry_after=1.3824e+06"},
	{"Retry-After: Fri, 13 Feb 2009 23:00:00 GMT\r\n", "0 retry_after=0"},
	{"Retry-After: Fri, 13 Foo 2009 23:32:30 GMT\r\n", "0"},
	{"Retry-After: Fri, 13 Feb 2009 23:32 GMT\r\n", "0"},
	{"Retry-After: Fri, 13 Feb 2009 99:32:30 GMT\r\n", "0"},
	{"Retry-After: Fri, 00 Feb 2009 23:32:30 GMT\r\n", "0"},
	{"Retry-After: Fri, 13 Feb 2009 23:32:30 CET\r\n", "0"},
	{"Retry-After: soon\r\n", "0"},
	{"Retry-After: -1\r\n", "0"},
	{"Retry-After: 5 minutes\r\n", "0"},
	{"retry-after-ms: 250\r\nRetry-After: 9\r\n", "0 retry_after=0.25"},
	{"Retry-After: 9\r\nretry-after-ms: 250\r\n", "0 retry_after=0.25"},
	{"retry-after-ms: 250 or so\r\nRetry-After: 9\r\n", "0 retry_after=9"},
	{"Retry-After: 9\r\nretry-after-ms: x\r\n", "0 retry_after=9"},
	/* should-retry, location */
	{"x-should-retry: true\r\n", "0 should_retry=1"},
	{"X-Should-Retry: False\r\n", "0 should_retry=0"},
	{"x-should-retry: maybe\r\n", "0"},
	{"HTTP/1.1 302 Found\r\nLocation: https://other.example/v1\r\n", "302 location=https://other.example/v1"},
	/* blanks and line ends */
	{"Retry-After:\t 12 \t\r\n", "0 retry_after=12"},
	{"Retry-After:12\n", "0 retry_after=12"},
	{"Retry-After:12", "0 retry_after=12"},
};

/* One line at a time, each in memory of its own size: reading on would be seen. */
static void feed_lines(struct response *response, const char *lines)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n");
		len += lines[len] == '\n';
		char *line = malloc(len);
		assert_non_null(line);
		memcpy(line, lines, len);
		response_line(response, line, len, NOW);
		free(line);
		lines += len;
	}
}

static void reads_headers(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 10000);
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct response response;
		response_clear(&response);
		feed_lines(&response, CASES[i].lines);
		buf_clear(&out);
		print_response(&out, &response);
		if (strcmp(buf_string(&out), CASES[i].known) != 0)
			fail_msg("%s gives: %s", CASES[i].lines, buf_string(&out));
	}
	buf_free(&out);
}

static void reads_the_version(void **state)
{
	(void)state;
	static const struct {
		const char *line, *version;
	} lines[] = {{"HTTP/1.1 200 OK\r\n", "1.1"}, {"HTTP/2 200\r\n", "2"}, {"HTTP/1.0 200\r\n", "1.0"},
		{"HTTP/3 200\r\n", "3"}, {"HTTP/ 200\r\n", ""}, {"HTTP/1.11 200\r\n", ""}, {"Date: x\r\n", ""}};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct response response;
		response_clear(&response);
		feed_lines(&response, lines[i].line);
		assert_string_equal(response.http_version, lines[i].version);
	}
}

static void survives_long_lines(void **state)
{
	(void)state;
	static const char *const names[] = {"x-request-id: ", "location: ", "retry-after: ", "x-ratelimit-reset: ",
		"x-request-cost-micro-usd: ", "HTTP/1.1 ", ""};
	static const char fillers[] = "9a \t:;-,.";
	struct buf line;
	buf_init(&line, 100000);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		for (size_t f = 0; fillers[f]; f++) {
			struct response response;
			response_clear(&response);
			buf_clear(&line);
			assert_int_equal(buf_append_string(&line, names[i]), BUF_OK);
			for (int n = 0; n < 20000; n++)
				assert_int_equal(buf_append(&line, &fillers[f], 1), BUF_OK);
			response_line(&response, line.data, line.len, NOW);
			assert_true(response.retry_after_s == -1);
			assert_true(response.requests.reset_s == -1);
			assert_int_equal(response.cost_micro_usd, -1);
			assert_true(strlen(response.request_id) < sizeof response.request_id);
			assert_true(strlen(response.location) < sizeof response.location);
		}
	}
	buf_free(&line);
}

int main(void)
{
	struct suite suite = {0};
	SUITE_ADD(&suite, reads_headers);
	SUITE_ADD(&suite, reads_the_version);
	SUITE_ADD(&suite, survives_long_lines);
	return suite_run("response", &suite);
}
