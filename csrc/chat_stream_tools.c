#include "chat_stream_tools.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Longer ids and names of tools are an attack on our memory: they come with each piece and do not count as answer. */
#define TOOL_NAME_MAX ((size_t)4096)

/* A tool call under construction. Its place in the list is the order of its first piece by index. */
struct chat_tool_slot {
	int index;
	struct buf id;
	struct buf name;
	struct buf arguments;
};

static struct chat_tool_slot *add_tool(struct chat_stream *chat, int index)
{
	if (chat->tools_len == CHAT_TOOL_CALLS_MAX) {
		chat_stream_fail(
			chat, FAILURE_TOO_LARGE, "the model made more than 128 tool calls at once. Try again.");
		return NULL;
	}
	size_t size = (chat->tools_len + 1) * sizeof *chat->tools;
	struct chat_tool_slot *tools = realloc(chat->tools, size);
	if (!tools) {
		chat_stream_no_memory(chat);
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
		chat_stream_fail(chat, FAILURE_TOO_LARGE,
			"the server numbered a tool call above 127. Try again, or with another model.");
		return NULL;
	}
	if (!(index >= 0) || index != (double)(int)index) {
		chat_stream_fail(chat, FAILURE_PROTOCOL,
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
		chat_stream_fail(chat, FAILURE_TOO_LARGE,
			"the id or name of a tool call is longer than 4 KiB. Try another model.");
	else if (result != BUF_OK)
		chat_stream_no_memory(chat);
}

static void append_arguments(struct chat_stream *chat, struct chat_tool_slot *tool, const char *text)
{
	size_t len = strlen(text);
	if (chat_stream_within_limit(chat, len) < len)
		chat_stream_too_large(chat);
	else if (buf_append(&tool->arguments, text, len) != BUF_OK)
		chat_stream_no_memory(chat);
}

static void take_arguments(struct chat_stream *chat, struct chat_tool_slot *tool, const cJSON *arguments)
{
	if (cJSON_IsString(arguments)) {
		append_arguments(chat, tool, arguments->valuestring);
	} else if (cJSON_IsObject(arguments)) {
		char *text = cJSON_PrintUnformatted(arguments);
		if (!text)
			chat_stream_no_memory(chat);
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
void chat_stream_take_tools(struct chat_stream *chat, const cJSON *pieces, bool whole)
{
	const cJSON *piece;
	double place = 0;
	cJSON_ArrayForEach(piece, pieces)
	{
		if (cJSON_IsObject(piece) && !chat_stream_failed(chat))
			take_tool_piece(chat, piece, whole ? place++ : -1);
	}
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
	if (chat_stream_is_blank(buf_string(from), from->len))
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

void chat_stream_hand_out_tools(struct chat_stream *chat)
{
	for (size_t i = 0; i < chat->tools_len && !chat_stream_failed(chat); i++)
		if (!is_empty(&chat->tools[i]) && !hand_out_tool(chat, &chat->tools[i]))
			chat_stream_no_memory(chat);
}

void chat_stream_free_tools(struct chat_stream *chat)
{
	for (size_t i = 0; i < chat->tools_len; i++) {
		buf_free(&chat->tools[i].id);
		buf_free(&chat->tools[i].name);
		buf_free(&chat->tools[i].arguments);
	}
	free(chat->tools);
	chat->tools = NULL;
	chat->tools_len = 0;
}
