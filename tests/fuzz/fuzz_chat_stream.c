/* The decoder of answers, for each endpoint's: the input as an event stream, through sse, has the same meaning for any
 * way to cut it; then the same bytes as a whole JSON answer. answer.c sees to it that all that comes out is valid
 * UTF-8. */

#include <string.h>

#include "answer.h"
#include "fuzz.h"

struct input {
	enum chat_format format;
	const char *bytes;
	size_t len;
};

/* Tool calls are handed out with complete answers only. */
static void read_answer(const struct input *input, bool is_stream, unsigned split, struct buf *out)
{
	enum failure_kind kind = answer_read(input->format, is_stream, split, input->bytes, input->len, out);
	const char *text = buf_string(out);
	bool has_call = strncmp(text, "tool_call ", 10) == 0 || strstr(text, "\ntool_call ");
	assert_false(has_call && (kind != FAILURE_NONE || input->format == CHAT_INFILL));
	check_print(out, "%s\n", failure_kind_name(kind));
}

static void read_format(const struct input *input, unsigned pieces)
{
	const unsigned splits[] = {1, pieces};
	static const char *const ways[] = {"byte by byte", "in pieces"};
	struct buf whole, other;
	buf_init(&whole, 1 << 20);
	buf_init(&other, 1 << 20);
	read_answer(input, true, 0, &whole);
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&other);
		read_answer(input, true, splits[i], &other);
		fuzz_same(&whole, ways[i], &other);
	}
	buf_clear(&other);
	read_answer(input, false, 0, &other);
	buf_free(&whole);
	buf_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int format = CHAT_MESSAGES; format <= CHAT_INFILL; format++) {
		const struct input input = {(enum chat_format)format, (const char *)data, size};
		read_format(&input, fuzz_split(data, size));
	}
	return 0;
}
