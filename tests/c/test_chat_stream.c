#include "answer.h"

#include <stdio.h>
#include <string.h>

#include "chat_stream.h"

/* ---- the cases of tests/data/chat ------------------------------------------------------------------------------ */

static void read_case(const char *path, bool is_stream, unsigned splits)
{
	struct buf in, wanted, out;
	buf_init(&in, 1 << 20);
	buf_init(&wanted, 1 << 20);
	buf_init(&out, 1 << 20);
	check_read(path, &in);
	check_read(check_sibling(path, ".expected"), &wanted);
	for (unsigned split = 0; split < splits; split++) {
		buf_clear(&out);
		(void)answer_read(answer_format(path), is_stream, split, buf_string(&in), in.len, &out);
		assert_string_equal(buf_string(&out), buf_string(&wanted));
	}
	buf_free(&in);
	buf_free(&wanted);
	buf_free(&out);
}

static void reads_a_stream(void **state)
{
	read_case(*state, true, CHECK_SPLITS);
}

static void reads_an_answer(void **state)
{
	read_case(*state, false, 1);
}

/* ---- what is too large for a file ------------------------------------------------------------------------------ */

struct tally {
	size_t text, calls;
	char last[8]; /* of the text */
	bool refuse;
};

static bool tally_text(void *context, enum event_type type, const char *bytes, size_t len)
{
	struct tally *tally = context;
	(void)type;
	tally->text += len;
	size_t kept = len < sizeof tally->last - 1 ? len : sizeof tally->last - 1;
	memcpy(tally->last, bytes + len - kept, kept);
	tally->last[kept] = '\0';
	return !tally->refuse;
}

static bool tally_call(void *context, struct tool_call *call)
{
	struct tally *tally = context;
	tally->calls++;
	tool_call_free(call);
	return !tally->refuse;
}

static void begin_format(struct chat_stream *chat, struct tally *tally, enum chat_format format)
{
	const struct chat_sink sink = {.context = tally, .text = tally_text, .tool_call = tally_call};
	*tally = (struct tally){0};
	chat_stream_init(chat, &sink, format, NULL);
}

static void begin(struct chat_stream *chat, struct tally *tally)
{
	begin_format(chat, tally, CHAT_MESSAGES);
}

static enum chat_status record(struct chat_stream *chat, const struct buf *data)
{
	return chat_stream_record(chat, "message", data->data, data->len);
}

/* A record whose `member` of the delta is a string: `piece`, `times` over. */
static void make_record(struct buf *out, const char *before, const char *piece, size_t times, const char *after)
{
	buf_init(out, 32 << 20);
	assert_int_equal(buf_append_string(out, before), BUF_OK);
	for (size_t i = 0; i < times; i++)
		assert_int_equal(buf_append_string(out, piece), BUF_OK);
	assert_int_equal(buf_append_string(out, after), BUF_OK);
}

#define DELTA(member) "{\"choices\":[{\"delta\":{\"" member "\":\""
#define CALL "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\""

/* Text, reasoning, refusal and arguments count together; what came up to the limit is kept, cut at a character. */
static void limits_the_answer(void **state)
{
	(void)state;
	static const struct {
		const char *before, *after;
	} kinds[] = {
		{DELTA("content"), "\"}}]}"},
		{DELTA("reasoning"), "\"}}]}"},
		{DELTA("refusal"), "\"}}]}"},
		{CALL, "\"}}]}}]}"},
	};
	const size_t mega = 1 << 20;
	struct chat_stream chat;
	struct tally tally;
	enum chat_status status = CHAT_OPEN;
	begin(&chat, &tally);
	for (size_t i = 0; i < 4; i++) {
		struct buf data;
		make_record(&data, kinds[i].before, "0123456789abcdef", mega - (i == 3), kinds[i].after);
		assert_int_equal(record(&chat, &data), CHAT_OPEN);
		buf_free(&data);
	}
	assert_int_equal(tally.text, 48 * mega);
	struct buf data;
	make_record(&data, DELTA("content"), "€", 6, "\"}}]}");
	status = record(&chat, &data);
	buf_free(&data);
	assert_int_equal(status, CHAT_FAILED);
	assert_int_equal(chat.failure.kind, FAILURE_TOO_LARGE);
	assert_int_equal(tally.text, 48 * mega + 15);
	assert_string_equal(tally.last + 1, "€€");
	assert_int_equal(chat_stream_end(&chat), CHAT_FAILED);
	assert_int_equal(chat.failure.kind, FAILURE_TOO_LARGE);
	assert_int_equal(tally.text, 48 * mega + 15);
	assert_int_equal(tally.calls, 0);
	chat_stream_free(&chat);
}

static void limits_arguments(void **state)
{
	(void)state;
	struct chat_stream chat;
	struct tally tally;
	struct buf data;
	enum chat_status status = CHAT_OPEN;
	begin(&chat, &tally);
	make_record(&data, CALL, "0123456789abcdef", 1 << 20, "\"}}]}}]}");
	for (int i = 0; i < 4; i++) {
		assert_int_equal(status, CHAT_OPEN);
		status = record(&chat, &data);
	}
	assert_int_equal(status, CHAT_OPEN);
	status = record(&chat, &data);
	assert_int_equal(status, CHAT_FAILED);
	assert_int_equal(chat.failure.kind, FAILURE_TOO_LARGE);
	buf_free(&data);
	chat_stream_free(&chat);
}

/* The same limit for what endpoints call otherwise. */
static void limits_text_of_each_format(void **state)
{
	(void)state;
	static const struct {
		enum chat_format format;
		const char *before, *after;
	} formats[] = {
		{CHAT_COMPLETIONS, "{\"choices\":[{\"text\":\"", "\"}]}"},
		{CHAT_INFILL, "{\"stop\":false,\"content\":\"", "\"}"},
	};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct chat_stream chat;
		struct tally tally;
		struct buf data;
		begin_format(&chat, &tally, formats[i].format);
		make_record(&data, formats[i].before, "0123456789abcdef", 1 << 20, formats[i].after);
		for (int times = 0; times < 4; times++)
			assert_int_equal(record(&chat, &data), CHAT_OPEN);
		assert_int_equal(record(&chat, &data), CHAT_FAILED);
		assert_int_equal(chat.failure.kind, FAILURE_TOO_LARGE);
		assert_int_equal(tally.text, CHAT_ANSWER_MAX);
		buf_free(&data);
		chat_stream_free(&chat);
	}
}

/* Malformed bytes become three bytes each; a whole answer of nothing else still has room. */
static void takes_an_answer_of_malformed_bytes(void **state)
{
	(void)state;
	struct chat_stream chat;
	struct tally tally;
	struct buf body;
	begin(&chat, &tally);
	make_record(&body, "{\"choices\":[{\"message\":{\"content\":\"", "\xFF\xFE", 12 << 20, "\"}}]}");
	assert_int_equal(chat_stream_answer(&chat, body.data, body.len), CHAT_DONE);
	assert_int_equal(chat_stream_end(&chat), CHAT_DONE);
	assert_int_equal(tally.text, (size_t)3 * 24 << 20);
	buf_free(&body);
	chat_stream_free(&chat);
}

static void takes_128_tool_calls(void **state)
{
	(void)state;
	struct chat_stream chat;
	struct tally tally;
	begin(&chat, &tally);
	for (int i = 0; i <= CHAT_TOOL_CALLS_MAX; i++) {
		struct buf data;
		char piece[64];
		(void)snprintf(piece, sizeof piece, "{\"id\":\"call_%d\",\"function\":{\"name\":\"f\"}}", i);
		make_record(&data, "{\"choices\":[{\"delta\":{\"tool_calls\":[", piece, 1, "]}}]}");
		assert_int_equal(record(&chat, &data), i < CHAT_TOOL_CALLS_MAX ? CHAT_OPEN : CHAT_FAILED);
		buf_free(&data);
	}
	assert_int_equal(chat.failure.kind, FAILURE_TOO_LARGE);
	assert_int_equal(chat_stream_end(&chat), CHAT_FAILED);
	assert_int_equal(tally.calls, 0);
	chat_stream_free(&chat);
}

static void limits_names(void **state)
{
	(void)state;
	struct chat_stream chat;
	struct tally tally;
	struct buf data;
	begin(&chat, &tally);
	make_record(&data, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"", "x", 5000, "\"}]}}]}");
	assert_int_equal(record(&chat, &data), CHAT_FAILED);
	assert_int_equal(chat.failure.kind, FAILURE_TOO_LARGE);
	buf_free(&data);
	chat_stream_free(&chat);
}

/* Nested a hundred thousand times: a server's joke, not the end of the answer. */
static void survives_deep_nesting(void **state)
{
	(void)state;
	struct chat_stream chat;
	struct tally tally;
	struct buf data, close;
	begin(&chat, &tally);
	make_record(&close, "", "}", 100000, ",\"choices\":[{\"delta\":{\"content\":\"kept\"}}]}");
	make_record(&data, "{\"x\":", "{\"a\":", 99999, "{");
	assert_int_equal(buf_append(&data, close.data, close.len), BUF_OK);
	assert_int_equal(record(&chat, &data), CHAT_OPEN);
	assert_string_equal(tally.last, "kept");
	buf_free(&data);
	buf_free(&close);
	chat_stream_free(&chat);
}

/* ---- the sink -------------------------------------------------------------------------------------------------- */

static void ends_when_the_sink_has_no_memory(void **state)
{
	(void)state;
	static const char text[] = "{\"choices\":[{\"delta\":{\"content\":\"x\"}}]}";
	static const char call[] =
		"{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\"},{\"index\":1,\"id\":\"b\"}]}}]}";
	struct chat_stream chat;
	struct tally tally;
	begin(&chat, &tally);
	tally.refuse = true;
	assert_int_equal(chat_stream_record(&chat, "message", text, sizeof text - 1), CHAT_FAILED);
	assert_int_equal(chat.failure.kind, FAILURE_NO_MEMORY);
	assert_int_equal(chat_stream_end(&chat), CHAT_FAILED);
	chat_stream_free(&chat);

	begin(&chat, &tally);
	assert_int_equal(chat_stream_record(&chat, "message", call, sizeof call - 1), CHAT_OPEN);
	assert_int_equal(chat_stream_record(&chat, "message", "[DONE]", 6), CHAT_DONE);
	tally.refuse = true;
	assert_int_equal(chat_stream_end(&chat), CHAT_FAILED);
	assert_int_equal(chat.failure.kind, FAILURE_NO_MEMORY);
	assert_int_equal(tally.calls, 1);
	chat_stream_free(&chat);
}

static void can_be_freed_at_once(void **state)
{
	(void)state;
	struct chat_stream chat;
	struct tally tally;
	begin(&chat, &tally);
	chat_stream_free(&chat);
	begin(&chat, &tally);
	assert_int_equal(chat_stream_end(&chat), CHAT_FAILED);
	assert_int_equal(chat.failure.kind, FAILURE_TRUNCATED);
	chat_stream_free(&chat);
}

int main(void)
{
	struct suite suite = {0};
	suite_add_files(&suite, "chat", ".sse", reads_a_stream);
	suite_add_files(&suite, "chat", ".json", reads_an_answer);
	SUITE_ADD(&suite, limits_the_answer);
	SUITE_ADD(&suite, limits_arguments);
	SUITE_ADD(&suite, limits_text_of_each_format);
	SUITE_ADD(&suite, takes_an_answer_of_malformed_bytes);
	SUITE_ADD(&suite, takes_128_tool_calls);
	SUITE_ADD(&suite, limits_names);
	SUITE_ADD(&suite, survives_deep_nesting);
	SUITE_ADD(&suite, ends_when_the_sink_has_no_memory);
	SUITE_ADD(&suite, can_be_freed_at_once);
	return suite_run("chat_stream", &suite);
}
