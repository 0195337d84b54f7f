#include "answer.h"

#include <string.h>

#include "sse.h"

/* How long a table may be when printed. */
#define TABLE_LEN 65536

struct answer {
	struct sse sse;
	struct chat_stream chat;
	struct buf *out;
	bool is_open; /* the line of a text has no end yet */
	enum event_type type;
	enum sse_result result;
};

static void end_line(struct answer *answer)
{
	if (answer->is_open)
		check_print(answer->out, "\"\n");
	answer->is_open = false;
}

static bool write_text(void *context, enum event_type type, const char *bytes, size_t len)
{
	struct answer *answer = context;
	static const char *const names[] = {
		[EVENT_TEXT] = "text", [EVENT_REASONING] = "reasoning", [EVENT_REFUSAL] = "refusal"};
	assert_true(len > 0);
	check_utf8(bytes, len);
	if (!answer->is_open || answer->type != type) {
		end_line(answer);
		check_print(answer->out, "%s \"", names[type]);
	}
	check_escape(answer->out, bytes, len);
	answer->is_open = true;
	answer->type = type;
	return true;
}

static void write_member(struct answer *answer, const char *name, const char *text, size_t len)
{
	check_utf8(text, len);
	check_print(answer->out, " %s=\"", name);
	check_escape(answer->out, text, len);
	check_print(answer->out, "\"");
}

static void write_known(struct answer *answer, const char *name, const char *text)
{
	check_line(text);
	if (*text)
		write_member(answer, name, text, strlen(text));
}

static void write_table(struct answer *answer, const char *name, cJSON *table)
{
	char text[TABLE_LEN];
	assert_true(cJSON_PrintPreallocated(table, text, sizeof text, false));
	check_print(answer->out, " %s=", name);
	for (const char *at = text; *at; at++) { /* strings of a table may be WTF-8 */
		bool is_plain = *at >= 0x20 && *at < 0x7F;
		check_print(answer->out, is_plain ? "%c" : "\\x%02X", (unsigned char)*at);
	}
}

static bool write_tool_call(void *context, struct tool_call *call)
{
	struct answer *answer = context;
	end_line(answer);
	assert_true(!call->args || cJSON_IsObject(call->args));
	check_print(answer->out, "tool_call");
	write_member(answer, "id", call->id, strlen(call->id));
	write_member(answer, "name", call->name, strlen(call->name));
	write_member(answer, "arguments", call->arguments.data, call->arguments.len);
	if (call->args)
		write_table(answer, "args", call->args);
	else
		check_print(answer->out, " args=none");
	check_print(answer->out, "\n");
	tool_call_free(call);
	return true;
}

static void write_end(struct answer *answer, bool done)
{
	const struct chat_stream *chat = &answer->chat;
	end_line(answer);
	check_print(answer->out, "end %s", done ? "done" : failure_kind_name(chat->failure.kind));
	if (!done) {
		check_line(chat->failure.message);
		assert_null(strstr(chat->failure.message, ANSWER_KEY));
		check_print(answer->out, " \"");
		check_escape(answer->out, chat->failure.message, strlen(chat->failure.message));
		check_print(answer->out, "\"");
		write_known(answer, "code", chat->failure.code);
		write_known(answer, "param", chat->failure.param);
	}
	write_known(answer, "model", chat->model);
	write_known(answer, "finish", chat->finish_reason);
	if (chat->usage)
		write_table(answer, "usage", chat->usage);
	check_print(answer->out, "\n");
}

static bool on_record(void *context, const char *type, const char *data, size_t len)
{
	struct answer *answer = context;
	enum chat_status status = chat_stream_record(&answer->chat, type, data, len);
	return status == CHAT_OPEN || status == CHAT_FINISHED;
}

static void feed(void *context, const char *bytes, size_t len)
{
	struct answer *answer = context;
	if (answer->result == SSE_OK)
		answer->result = sse_feed(&answer->sse, bytes, len);
}

enum chat_format answer_format(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	if (strncmp(name, "completions-", 12) == 0)
		return CHAT_COMPLETIONS;
	return strncmp(name, "infill-", 7) == 0 ? CHAT_INFILL : CHAT_MESSAGES;
}

enum failure_kind answer_read(
	enum chat_format format, bool is_stream, unsigned split, const char *bytes, size_t len, struct buf *out)
{
	struct answer answer = {.out = out, .result = SSE_OK};
	const struct chat_sink sink = {.context = &answer, .text = write_text, .tool_call = write_tool_call};
	sse_init(&answer.sse, on_record, &answer);
	chat_stream_init(&answer.chat, &sink, format, ANSWER_KEY);
	if (is_stream)
		check_feed(split, bytes, len, feed, &answer);
	else
		(void)chat_stream_answer(&answer.chat, bytes, len);
	bool done = chat_stream_end(&answer.chat) == CHAT_DONE;
	enum failure_kind kind = done ? FAILURE_NONE : answer.chat.failure.kind;
	if (answer.result == SSE_NO_MEMORY || answer.result == SSE_TOO_LARGE)
		kind = answer.result == SSE_NO_MEMORY ? FAILURE_NO_MEMORY : FAILURE_TOO_LARGE;
	write_end(&answer, done);
	sse_free(&answer.sse);
	chat_stream_free(&answer.chat);
	return kind;
}
