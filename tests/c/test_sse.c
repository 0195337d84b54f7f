#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "reading.h"

/* tests/data/sse: what comes over the wire in NAME.in, the records in NAME.out. */
static void reads_a_case(void **state)
{
	const char *path = *state;
	struct buf in, out;
	buf_init(&in, 1 << 20);
	buf_init(&out, 1 << 20);
	check_read(path, &in);
	check_read(check_sibling(path, ".out"), &out);
	for (unsigned split = 0; split < CHECK_SPLITS; split++) {
		struct reading reading;
		reading_begin(&reading);
		check_feed(split, in.data, in.len, reading_feed, &reading);
		assert_int_equal(reading.result, SSE_OK);
		assert_string_equal(buf_string(&reading.records), buf_string(&out));
		reading_end(&reading);
	}
	buf_free(&in);
	buf_free(&out);
}

static void stops_when_told(void **state)
{
	(void)state;
	static const char stream[] = "data:1\n\ndata:2\n\ndata:3\n\n";
	for (unsigned split = 0; split < CHECK_SPLITS; split++) {
		struct reading reading;
		reading_begin(&reading);
		reading.stop_after = 2;
		check_feed(split, stream, sizeof stream - 1, reading_feed, &reading);
		assert_int_equal(reading.result, SSE_STOPPED);
		assert_string_equal(buf_string(&reading.records), "message \"1\"\nmessage \"2\"\n");
		reading_end(&reading);
	}
}

static void takes_an_empty_feed(void **state)
{
	(void)state;
	struct reading reading;
	reading_begin(&reading);
	reading_feed(&reading, NULL, 0);
	reading_feed(&reading, "data:1\r", 7);
	reading_feed(&reading, "", 0);
	reading_feed(&reading, "\n\n", 2);
	assert_string_equal(buf_string(&reading.records), "message \"1\"\n");
	reading_end(&reading);
}

/* What a stream of one long line is read as: whole, and in two pieces. */
static void check_long_line(const char *begin_of_line, size_t line_len, enum sse_result wanted)
{
	size_t len = line_len + 2;
	char *stream = malloc(len);
	assert_non_null(stream);
	memset(stream, 'x', len);
	for (size_t i = 0; begin_of_line[i]; i++)
		stream[i] = begin_of_line[i];
	stream[line_len] = stream[line_len + 1] = '\n';
	for (size_t first = 0; first < len; first += len / 2) {
		struct sse sse;
		size_t got = 0;
		sse_init(&sse, NULL, &got);
		enum sse_result result = sse_feed(&sse, stream, first);
		if (result == SSE_OK)
			result = sse_feed(&sse, stream + first, len - first);
		assert_int_equal(result, wanted);
		sse_free(&sse);
	}
	free(stream);
}

static void limits_the_line(void **state)
{
	(void)state;
	check_long_line("field:", SSE_MAX, SSE_OK);
	check_long_line("field:", SSE_MAX + 1, SSE_TOO_LARGE);
	check_long_line("", SSE_MAX + 1, SSE_TOO_LARGE);
	check_long_line(":", SSE_MAX + 1, SSE_OK); /* a comment is not kept */
	check_long_line("\xEF\xBB\xBF:", 2 * SSE_MAX, SSE_OK);
}

static void forgets_an_endless_comment(void **state)
{
	(void)state;
	char bytes[4096];
	struct reading reading;
	reading_begin(&reading);
	memset(bytes, ':', sizeof bytes);
	for (size_t fed = 0; fed <= SSE_MAX; fed += sizeof bytes)
		reading_feed(&reading, bytes, sizeof bytes);
	assert_int_equal(reading.sse.line.cap, 0);
	reading_feed(&reading, "\ndata:1\n\n", 9);
	assert_string_equal(buf_string(&reading.records), "message \"1\"\n");
	reading_end(&reading);
}

static bool count_bytes(void *context, const char *type, const char *data, size_t len)
{
	assert_string_equal(type, "message");
	assert_int_equal(data[len], '\0');
	*(size_t *)context = len;
	return true;
}

/* Lines of `len` bytes of data each, until the record has `total` (a line end counts). */
static enum sse_result feed_record(size_t total, size_t *got)
{
	static char line[5 + 1023 + 1] = "data:";
	struct sse sse;
	enum sse_result result = SSE_OK;
	memset(line + 5, 'x', 1023);
	line[sizeof line - 1] = '\n';
	sse_init(&sse, count_bytes, got);
	for (size_t fed = 0; fed + 1024 <= total && result == SSE_OK; fed += 1024)
		result = sse_feed(&sse, line, sizeof line);
	if (result == SSE_OK)
		result = sse_feed(&sse, "data:y\n\n", 8);
	sse_free(&sse);
	return result;
}

static void limits_the_record(void **state)
{
	(void)state;
	size_t got = 0;
	assert_int_equal(feed_record(SSE_MAX - 1024, &got), SSE_OK);
	assert_int_equal(got, SSE_MAX - 1024 + 1);
	assert_int_equal(feed_record(SSE_MAX, &got), SSE_TOO_LARGE);
	assert_int_equal(feed_record(2 * SSE_MAX, &got), SSE_TOO_LARGE);
}

/* Two million lines in one feed, none of which ends in LF: would take minutes if each looked for the next LF anew. */
static void reads_many_lines_in_one_feed(void **state)
{
	(void)state;
	static const char ends[] = "\r\n";
	size_t len = 2 << 20;
	char *bytes = malloc(len);
	assert_non_null(bytes);
	for (size_t i = 0; i < 2; i++) {
		struct reading reading;
		reading_begin(&reading);
		memset(bytes, ends[i], len);
		reading_feed(&reading, bytes, len);
		reading_feed(&reading, "data:1\n\n", 8);
		assert_string_equal(buf_string(&reading.records), "message \"1\"\n");
		reading_end(&reading);
	}
	free(bytes);
}

/* Any bytes at all: the same for any split, and no byte is read that is not ours. */
static void reads_noise_the_same_for_any_split(void **state)
{
	(void)state;
	static const char *const pieces[] = {"data", "event", ":", " ", "\r", "\n", "\r\n", "\n\n", "\xEF\xBB\xBF",
		"\xEF", "id", "x", "data:y\n", ":c"};
	unsigned seed = 4;
	struct buf stream;
	buf_init(&stream, 10000);
	for (int i = 0; i < 100; i++) {
		struct reading whole;
		buf_clear(&stream);
		for (int n = 0; n < 60; n++) {
			const char *piece = pieces[check_random(&seed) % (sizeof pieces / sizeof *pieces)];
			assert_int_equal(buf_append_string(&stream, piece), BUF_OK);
		}
		reading_begin(&whole);
		check_feed(0, stream.data, stream.len, reading_feed, &whole);
		for (unsigned split = 1; split < CHECK_SPLITS; split++) {
			struct reading cut;
			reading_begin(&cut);
			check_feed(split, stream.data, stream.len, reading_feed, &cut);
			assert_string_equal(buf_string(&cut.records), buf_string(&whole.records));
			reading_end(&cut);
		}
		reading_end(&whole);
	}
	buf_free(&stream);
}

int main(void)
{
	struct suite suite = {0};
	suite_add_files(&suite, "sse", ".in", reads_a_case);
	SUITE_ADD(&suite, stops_when_told);
	SUITE_ADD(&suite, takes_an_empty_feed);
	SUITE_ADD(&suite, limits_the_line);
	SUITE_ADD(&suite, forgets_an_endless_comment);
	SUITE_ADD(&suite, limits_the_record);
	SUITE_ADD(&suite, reads_many_lines_in_one_feed);
	SUITE_ADD(&suite, reads_noise_the_same_for_any_split);
	return suite_run("sse", &suite);
}
