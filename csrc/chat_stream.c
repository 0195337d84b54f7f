#include "chat_stream.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of what is no JSON this much is shown. */
#define EXCERPT_CHARS 120

/* Longer ids and names of tools are an attack on our memory: they come with each piece and do not count as answer. */
#define TOOL_NAME_MAX ((size_t)4096)

/* U+FFFD takes three bytes where one malformed byte stood. */
#define CLEAN_MAX (3 * CHAT_ANSWER_MAX + 16)

/* A tool call under construction. Its place in the list is the order of its first piece by index. */
struct chat_tool_slot {
	int index;
	struct buf id;
	struct buf name;
	struct buf arguments;
};

enum { JOINER_TEXT, JOINER_REASONING, JOINER_REFUSAL };

static const enum event_type TYPES[] = {EVENT_TEXT, EVENT_REASONING, EVENT_REFUSAL};

void chat_stream_init(struct chat_stream *chat, const struct chat_sink *sink, const char *secret)
{
	*chat = (struct chat_stream){.sink = *sink, .secret = secret};
	buf_init(&chat->scratch, CLEAN_MAX);
}

static void fail(struct chat_stream *chat, enum failure_kind kind, const char *message)
{
	failure_set(&chat->failure, kind, "%s", message);
	chat->status = CHAT_FAILED;
}

static void fail_no_memory(struct chat_stream *chat)
{
	fail(chat, FAILURE_NO_MEMORY, "out of memory while reading the answer; what came is kept");
}

static void fail_too_large(struct chat_stream *chat)
{
	fail(chat, FAILURE_TOO_LARGE, "the answer is longer than 64 MiB; what came is kept. Ask for less at once.");
}

static bool failed(const struct chat_stream *chat)
{
	return chat->status == CHAT_FAILED;
}

/* Hands out what a joiner made. */
static void flush_scratch(struct chat_stream *chat, int which)
{
	if (chat->scratch.len == 0)
		return;
	if (!chat->sink.text(chat->sink.context, TYPES[which], chat->scratch.data, chat->scratch.len))
		fail_no_memory(chat);
	buf_clear(&chat->scratch);
}

/* Counts bytes of the answer; what goes beyond the limit is not taken, and the answer ends there. */
static size_t within_limit(struct chat_stream *chat, size_t len)
{
	size_t room = CHAT_ANSWER_MAX - chat->answer_len;
	if (len > room)
		len = room;
	chat->answer_len += len;
	return len;
}

static void take_text(struct chat_stream *chat, int which, const char *text)
{
	size_t len = strlen(text);
	size_t taken = within_limit(chat, len);
	enum buf_result result = utf8_join(&chat->joiners[which], text, taken, &chat->scratch);
	flush_scratch(chat, which);
	if (result != BUF_OK)
		fail_no_memory(chat);
	if (taken < len && !failed(chat)) {
		/* A character cut by the limit is not shown as a broken one. */
		chat->joiners[which].held_len = 0;
		fail_too_large(chat);
	}
}

/* The text of one part of a content; NULL: it is a part of another type. */
static const char *part_text(const cJSON *part)
{
	const char *type = json_get_string(part, "type");
	if (cJSON_IsString(part))
		return part->valuestring;
	return !type || strcmp(type, "text") == 0 ? json_get_string(part, "text") : NULL;
}

/* A string, or an array of parts of which the texts count. */
static void take_content(struct chat_stream *chat, int which, const cJSON *content)
{
	if (cJSON_IsString(content))
		take_text(chat, which, content->valuestring);
	if (!cJSON_IsArray(content))
		return;
	const cJSON *part;
	cJSON_ArrayForEach(part, content)
	{
		const char *text = part_text(part);
		if (text && !failed(chat))
			take_text(chat, which, text);
	}
}

static struct chat_tool_slot *add_tool(struct chat_stream *chat, int index)
{
	if (chat->tools_len == CHAT_TOOL_CALLS_MAX) {
		fail(chat, FAILURE_TOO_LARGE, "the model made more than 128 tool calls at once. Try again.");
		return NULL;
	}
	size_t size = (chat->tools_len + 1) * sizeof *chat->tools;
	struct chat_tool_slot *tools = realloc(chat->tools, size);
	if (!tools) {
		fail_no_memory(chat);
		return NULL;
	}
	chat->tools = tools;
	size_t at = chat->tools_len++;
	for (; at > 0 && tools[at - 1].index > index; at--)
		tools[at] = tools[at - 1];
	tools[at] = (struct chat_tool_slot){.index = index};
	buf_init(&tools[at].id, TOOL_NAME_MAX);
	buf_init(&tools[at].name, TOOL_NAME_MAX);
	buf_init(&tools[at].arguments, CHAT_ANSWER_MAX);
	return &tools[at];
}

static struct chat_tool_slot *find_tool(struct chat_stream *chat, int index)
{
	for (size_t i = 0; i < chat->tools_len; i++)
		if (chat->tools[i].index == index)
			return &chat->tools[i];
	return add_tool(chat, index);
}

static int last_index(const struct chat_stream *chat)
{
	return chat->tools_len ? chat->tools[chat->tools_len - 1].index : -1;
}

/* A piece without an index belongs to the last call, unless it brings an id that the last call does not have. */
static struct chat_tool_slot *tool_without_index(struct chat_stream *chat, const char *id)
{
	for (size_t i = 0; id && *id && i < chat->tools_len; i++)
		if (strcmp(buf_string(&chat->tools[i].id), id) == 0)
			return &chat->tools[i];
	bool is_new = chat->tools_len == 0 || (id && *id && chat->tools[chat->tools_len - 1].id.len > 0);
	return is_new ? add_tool(chat, last_index(chat) + 1) : &chat->tools[chat->tools_len - 1];
}

static struct chat_tool_slot *tool_at(struct chat_stream *chat, double index)
{
	if (index >= CHAT_TOOL_CALLS_MAX) {
		fail(chat, FAILURE_TOO_LARGE,
			"the server numbered a tool call above 127. Try again, or with another model.");
		return NULL;
	}
	if (!(index >= 0) || index != (double)(int)index) {
		fail(chat, FAILURE_PROTOCOL,
			"the server gave a tool call a number that is none. Try again, or with another model.");
		return NULL;
	}
	return find_tool(chat, (int)index);
}

/* Ids and names come whole; servers repeat them, or send "" in later pieces. The last one that says something counts.
 */
static void replace(struct chat_stream *chat, struct buf *field, const char *text)
{
	if (!text || !*text)
		return;
	buf_clear(field);
	enum buf_result result = buf_append_string(field, text);
	if (result == BUF_TOO_LARGE)
		fail(chat, FAILURE_TOO_LARGE, "the id or name of a tool call is longer than 4 KiB. Try another model.");
	else if (result != BUF_OK)
		fail_no_memory(chat);
}

static void append_arguments(struct chat_stream *chat, struct chat_tool_slot *tool, const char *text)
{
	size_t len = strlen(text);
	if (within_limit(chat, len) < len)
		fail_too_large(chat);
	else if (buf_append(&tool->arguments, text, len) != BUF_OK)
		fail_no_memory(chat);
}

static void take_arguments(struct chat_stream *chat, struct chat_tool_slot *tool, const cJSON *arguments)
{
	if (cJSON_IsString(arguments)) {
		append_arguments(chat, tool, arguments->valuestring);
	} else if (cJSON_IsObject(arguments)) {
		char *text = cJSON_PrintUnformatted(arguments);
		if (!text)
			fail_no_memory(chat);
		else
			append_arguments(chat, tool, text);
		cJSON_free(text);
	}
}

/* `place` is the index of a piece that brings none; -1: its id tells. */
static void take_tool_piece(struct chat_stream *chat, const cJSON *piece, double place)
{
	const cJSON *index = json_get(piece, "index");
	const char *id = json_get_string(piece, "id");
	const cJSON *function = json_get(piece, "function");
	if (cJSON_IsNumber(index))
		place = index->valuedouble;
	bool numbered = cJSON_IsNumber(index) || place >= 0;
	struct chat_tool_slot *tool = numbered ? tool_at(chat, place) : tool_without_index(chat, id);
	if (!tool)
		return;
	replace(chat, &tool->id, id);
	replace(chat, &tool->name, json_get_string(function, "name"));
	take_arguments(chat, tool, json_get(function, "arguments"));
}

/* In a whole message each element is a call of its own, in a stream it may continue one. */
static void take_tools(struct chat_stream *chat, const cJSON *pieces, bool whole)
{
	const cJSON *piece;
	double place = 0;
	cJSON_ArrayForEach(piece, pieces)
	{
		if (cJSON_IsObject(piece) && !failed(chat))
			take_tool_piece(chat, piece, whole ? place++ : -1);
	}
}

/* A delta of a stream, or the message of a whole answer: the same members. */
static void take_delta(struct chat_stream *chat, const cJSON *delta, bool whole)
{
	const cJSON *reasoning = json_get(delta, "reasoning_content");
	if (!cJSON_IsString(reasoning) || !*reasoning->valuestring)
		reasoning = json_get(delta, "reasoning"); /* servers that send both send the same twice */
	take_content(chat, JOINER_REASONING, reasoning);
	take_content(chat, JOINER_TEXT, json_get(delta, "content"));
	take_content(chat, JOINER_REFUSAL, json_get(delta, "refusal"));
	take_tools(chat, json_get(delta, "tool_calls"), whole);
}

static void take_choice(struct chat_stream *chat, const cJSON *choice)
{
	const cJSON *index = json_get(choice, "index");
	if (cJSON_IsNumber(index) && index->valuedouble != 0)
		return;
	const cJSON *delta = json_get(choice, "delta");
	bool whole = !cJSON_IsObject(delta);
	take_delta(chat, whole ? json_get(choice, "message") : delta, whole);
	const char *reason = json_get_string(choice, "finish_reason");
	if (reason && *reason && !failed(chat)) {
		failure_copy_line(
			chat->finish_reason, sizeof chat->finish_reason, reason, strlen(reason), chat->secret);
		chat->status = CHAT_FINISHED;
	}
}

static void take_usage(struct chat_stream *chat, cJSON *root)
{
	if (!cJSON_IsObject(json_get(root, "usage")))
		return;
	cJSON_Delete(chat->usage);
	chat->usage = cJSON_DetachItemFromObjectCaseSensitive(root, "usage");
}

static bool take_error(struct chat_stream *chat, const cJSON *error)
{
	if (!api_error_is(error))
		return false;
	api_error_from_object(&chat->failure, error, chat->secret);
	chat->status = CHAT_FAILED;
	return true;
}

/* A chunk of a stream or a whole answer. An error wins over what came with it, which is kept. */
static void take_root(struct chat_stream *chat, cJSON *root)
{
	const char *model = json_get_string(root, "model");
	if (model && !chat->model[0])
		failure_copy_line(chat->model, sizeof chat->model, model, strlen(model), chat->secret);
	const cJSON *choice;
	cJSON_ArrayForEach(choice, json_get(root, "choices"))
	{
		if (!failed(chat))
			take_choice(chat, choice);
	}
	take_usage(chat, root);
	if (!failed(chat))
		take_error(chat, json_get(root, "error"));
}

/* The JSON value of a record or body, NULL with errno set as json_parse does. Bytes after an object are passed over,
 * but "404 not found" is not the number it begins with. */
static cJSON *parse_value(const char *bytes, size_t len)
{
	cJSON *value = json_parse(bytes, len, JSON_TRAILING_IGNORED);
	if (!value || cJSON_IsObject(value))
		return value;
	cJSON_Delete(value);
	return json_parse(bytes, len, JSON_TRAILING_REFUSED);
}

/* Says what failed, with the beginning of what the server sent. */
static void fail_with_excerpt(
	struct chat_stream *chat, enum failure_kind kind, const char *message, const char *bytes, size_t len)
{
	fail(chat, kind, message);
	failure_append(&chat->failure, ": ", 2, NULL);
	failure_append_some(&chat->failure, EXCERPT_CHARS, bytes, len, chat->secret);
}

static bool is_done_mark(const char *data, size_t len)
{
	while (len > 0 && isspace((unsigned char)*data)) {
		data++;
		len--;
	}
	while (len > 0 && isspace((unsigned char)data[len - 1]))
		len--;
	return len == 6 && memcmp(data, "[DONE]", 6) == 0;
}

static bool is_blank(const char *data, size_t len)
{
	while (len > 0 && isspace((unsigned char)data[len - 1]))
		len--;
	return len == 0;
}

/* `event: error`: the data is an error object, or holds one, or is the message itself. */
static void take_error_record(struct chat_stream *chat, const cJSON *root, const char *data, size_t len)
{
	if (take_error(chat, json_get(root, "error")) || take_error(chat, root))
		return;
	api_error_from_text(&chat->failure, data, len, chat->secret);
	chat->status = CHAT_FAILED;
}

enum chat_status chat_stream_record(struct chat_stream *chat, const char *type, const char *data, size_t len)
{
	if (chat->status == CHAT_DONE || failed(chat) || is_blank(data, len))
		return chat->status;
	if (is_done_mark(data, len)) {
		chat->status = CHAT_DONE;
		return CHAT_DONE;
	}
	cJSON *root = parse_value(data, len);
	if (!root && errno == ENOMEM)
		fail_no_memory(chat);
	else if (strcmp(type, "error") == 0)
		take_error_record(chat, root, data, len);
	else if (root)
		take_root(chat, root);
	else if (chat->status == CHAT_OPEN)
		fail_with_excerpt(
			chat, FAILURE_PROTOCOL, "the server sent a piece that is not JSON (check base_url)", data, len);
	cJSON_Delete(root);
	return chat->status;
}

enum chat_status chat_stream_answer(struct chat_stream *chat, const char *body, size_t len)
{
	cJSON *root = parse_value(body, len);
	take_root(chat, root);
	if (!root && errno == ENOMEM)
		fail_no_memory(chat);
	else if (is_blank(body, len))
		fail(chat, FAILURE_PROTOCOL, "the server's answer is empty: check base_url");
	else if (!root)
		fail_with_excerpt(
			chat, FAILURE_PROTOCOL, "the server's answer is not JSON (check base_url)", body, len);
	else if (!failed(chat) && !cJSON_IsArray(json_get(root, "choices")))
		fail_with_excerpt(
			chat, FAILURE_PROTOCOL, "the server's answer has no `choices` (check base_url)", body, len);
	else if (!failed(chat))
		chat->status = CHAT_DONE;
	cJSON_Delete(root);
	return chat->status;
}

/* The bytes of a buffer as valid UTF-8 in a string of its own; NULL: no memory. */
static char *clean_string(struct chat_stream *chat, const struct buf *bytes)
{
	struct utf8_joiner joiner = {0};
	char *string = NULL;
	if (utf8_join(&joiner, buf_string(bytes), bytes->len, &chat->scratch) == BUF_OK &&
		utf8_join_end(&joiner, &chat->scratch) == BUF_OK)
		string = strdup(buf_string(&chat->scratch));
	buf_clear(&chat->scratch);
	return string;
}

/* Appends the arguments as valid UTF-8, {} for none. */
static enum buf_result clean_arguments(const struct buf *from, struct buf *to)
{
	struct utf8_joiner joiner = {0};
	if (is_blank(buf_string(from), from->len))
		return buf_append_string(to, "{}");
	enum buf_result result = utf8_join(&joiner, from->data, from->len, to);
	return result == BUF_OK ? utf8_join_end(&joiner, to) : result;
}

/* Arguments as a table, when they are a whole JSON object and nothing more. false: no memory. */
static bool parse_arguments(struct tool_call *call)
{
	call->args = json_parse(call->arguments.data, call->arguments.len, JSON_TRAILING_REFUSED);
	if (!call->args)
		return errno != ENOMEM;
	if (!cJSON_IsObject(call->args)) {
		cJSON_Delete(call->args);
		call->args = NULL;
	}
	return true;
}

/* A server may announce a call of which nothing comes. */
static bool is_empty(const struct chat_tool_slot *tool)
{
	return tool->id.len + tool->name.len + tool->arguments.len == 0;
}

static bool hand_out_tool(struct chat_stream *chat, const struct chat_tool_slot *tool)
{
	struct tool_call call = {.id = clean_string(chat, &tool->id), .name = clean_string(chat, &tool->name)};
	buf_init(&call.arguments, CLEAN_MAX);
	bool whole = call.id && call.name && clean_arguments(&tool->arguments, &call.arguments) == BUF_OK &&
		     parse_arguments(&call);
	if (whole)
		return chat->sink.tool_call(chat->sink.context, &call);
	tool_call_free(&call);
	return false;
}

static void end_joiners(struct chat_stream *chat)
{
	for (int i = JOINER_TEXT; i <= JOINER_REFUSAL; i++) {
		if (utf8_join_end(&chat->joiners[i], &chat->scratch) == BUF_OK)
			flush_scratch(chat, i);
		else
			fail_no_memory(chat);
	}
}

enum chat_status chat_stream_end(struct chat_stream *chat)
{
	end_joiners(chat);
	if (chat->status == CHAT_OPEN) {
		fail(chat, FAILURE_TRUNCATED,
			"the answer was cut off by the server or the network; what came is kept. Ask again for the "
			"rest.");
	}
	for (size_t i = 0; i < chat->tools_len && !failed(chat); i++)
		if (!is_empty(&chat->tools[i]) && !hand_out_tool(chat, &chat->tools[i]))
			fail_no_memory(chat);
	if (!failed(chat))
		chat->status = CHAT_DONE;
	return chat->status;
}

void chat_stream_free(struct chat_stream *chat)
{
	for (size_t i = 0; i < chat->tools_len; i++) {
		buf_free(&chat->tools[i].id);
		buf_free(&chat->tools[i].name);
		buf_free(&chat->tools[i].arguments);
	}
	free(chat->tools);
	buf_free(&chat->scratch);
	cJSON_Delete(chat->usage);
	chat->tools = NULL;
	chat->tools_len = 0;
	chat->usage = NULL;
}
