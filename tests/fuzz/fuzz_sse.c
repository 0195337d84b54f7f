/* The event-stream parser: the same records, and the same end, for any way to cut the bytes. */

#include "fuzz.h"
#include "reading.h"

static void read_records(const uint8_t *data, size_t size, unsigned split, size_t stop_after, struct buf *out)
{
	struct reading reading;
	reading_begin(&reading);
	reading.stop_after = stop_after;
	check_feed(split, (const char *)data, size, reading_feed, &reading);
	check_print(out, "%d\n", reading.result);
	assert_int_equal(buf_append(out, buf_string(&reading.records), reading.records.len), BUF_OK);
	reading_end(&reading);
}

static void compare(const uint8_t *data, size_t size, size_t stop_after)
{
	const unsigned splits[] = {1, fuzz_split(data, size)};
	static const char *const ways[] = {"byte by byte", "in pieces"};
	struct buf whole, other;
	buf_init(&whole, 1 << 20);
	buf_init(&other, 1 << 20);
	read_records(data, size, 0, stop_after, &whole);
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&other);
		read_records(data, size, splits[i], stop_after, &other);
		fuzz_same(&whole, ways[i], &other);
	}
	buf_free(&whole);
	buf_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	compare(data, size, 0);
	compare(data, size, 1 + fuzz_split(data, size) % 4);
	return 0;
}
