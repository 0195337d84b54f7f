#include "chat_stream_tools.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of what is no JSON this much is shown. */
#define EXCERPT_CHARS 120

enum { JOINER_TEXT, JOINER_REASONING, JOINER_REFUSAL };

static const enum event_type TYPES[] = {EVENT_TEXT, EVENT_REASONING, EVENT_REFUSAL};

void chat_stream_init(
	struct chat_stream *chat, const struct chat_sink *sink, enum chat_format format, const char *secret)
{
	*chat = (struct chat_stream){.sink = *sink, .format = format, .secret = secret};
	buf_init(&chat->scratch, CLEAN_MAX);
}

void chat_stream_fail(struct chat_stream *chat, enum failure_kind kind, const char *message)
{
	failure_set(&chat->failure, kind, "%s", message);
	chat->status = CHAT_FAILED;
}

void chat_stream_no_memory(struct chat_stream *chat)
{
	chat_stream_fail(chat, FAILURE_NO_MEMORY, "out of memory while reading the answer; what came is kept");
}

void chat_stream_too_large(struct chat_stream *chat)
{
	chat_stream_fail(
		chat, FAILURE_TOO_LARGE, "the answer is longer than 64 MiB; what came is kept. Ask for less at once.");
}

bool chat_stream_failed(const struct chat_stream *chat)
{
	return chat->status == CHAT_FAILED;
}

/* Hands out what a joiner made. */
static void flush_scratch(struct chat_stream *chat, int which)
{
	if (chat->scratch.len == 0)
		return;
	if (!chat->sink.text(chat->sink.context, TYPES[which], chat->scratch.data, chat->scratch.len))
		chat_stream_no_memory(chat);
	buf_clear(&chat->scratch);
}

size_t chat_stream_within_limit(struct chat_stream *chat, size_t len)
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
	size_t taken = chat_stream_within_limit(chat, len);
	enum buf_result result = utf8_join(&chat->joiners[which], text, taken, &chat->scratch);
	flush_scratch(chat, which);
	if (result != BUF_OK)
		chat_stream_no_memory(chat);
	if (taken < len && !chat_stream_failed(chat)) {
		/* A character cut by the limit is not shown as a broken one. */
		chat->joiners[which].held_len = 0;
		chat_stream_too_large(chat);
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
		if (text && !chat_stream_failed(chat))
			take_text(chat, which, text);
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
	chat_stream_take_tools(chat, json_get(delta, "tool_calls"), whole);
}

/* Of several answers to one question the first one counts. */
static bool is_first(const cJSON *answer)
{
	const cJSON *index = json_get(answer, "index");
	return !cJSON_IsNumber(index) || index->valuedouble == 0;
}

static void take_finish(struct chat_stream *chat, const char *reason)
{
	failure_copy_line(chat->finish_reason, sizeof chat->finish_reason, reason, strlen(reason), chat->secret);
	chat->status = CHAT_FINISHED;
}

static void take_message(struct chat_stream *chat, const cJSON *choice)
{
	const cJSON *delta = json_get(choice, "delta");
	bool whole = !cJSON_IsObject(delta);
	take_delta(chat, whole ? json_get(choice, "message") : delta, whole);
}

static void take_choice(struct chat_stream *chat, const cJSON *choice)
{
	if (!is_first(choice))
		return;
	const cJSON *text = json_get(choice, "text");
	if (chat->format == CHAT_COMPLETIONS && cJSON_IsString(text))
		take_text(chat, JOINER_TEXT, text->valuestring);
	else
		take_message(chat, choice);
	const char *reason = json_get_string(choice, "finish_reason");
	if (reason && *reason && !chat_stream_failed(chat))
		take_finish(chat, reason);
}

static void take_choices(struct chat_stream *chat, const cJSON *choices)
{
	const cJSON *choice;
	cJSON_ArrayForEach(choice, choices)
	{
		if (!chat_stream_failed(chat))
			take_choice(chat, choice);
	}
}

/* What /infill counts, as usage. */
static void take_counts(struct chat_stream *chat, const cJSON *root)
{
	const cJSON *prompt = json_get(root, "tokens_evaluated");
	const cJSON *completion = json_get(root, "tokens_predicted");
	if (!cJSON_IsNumber(prompt) || !cJSON_IsNumber(completion))
		return;
	cJSON_Delete(chat->usage);
	chat->usage = cJSON_CreateObject();
	double total = prompt->valuedouble + completion->valuedouble;
	if (!cJSON_AddNumberToObject(chat->usage, "prompt_tokens", prompt->valuedouble) ||
		!cJSON_AddNumberToObject(chat->usage, "completion_tokens", completion->valuedouble) ||
		!cJSON_AddNumberToObject(chat->usage, "total_tokens", total))
		chat_stream_no_memory(chat);
}

static void take_infill(struct chat_stream *chat, const cJSON *root)
{
	if (!is_first(root))
		return;
	take_content(chat, JOINER_TEXT, json_get(root, "content"));
	if (chat_stream_failed(chat) || !cJSON_IsTrue(json_get(root, "stop")))
		return;
	const char *stop_type = json_get_string(root, "stop_type");
	take_finish(chat, stop_type && strcmp(stop_type, "limit") == 0 ? "length" : "stop");
	take_counts(chat, root);
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
	if (chat->format == CHAT_INFILL)
		take_infill(chat, root);
	else
		take_choices(chat, json_get(root, "choices"));
	take_usage(chat, root);
	if (!chat_stream_failed(chat))
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
	chat_stream_fail(chat, kind, message);
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

bool chat_stream_is_blank(const char *data, size_t len)
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
	if (chat->status == CHAT_DONE || chat_stream_failed(chat) || chat_stream_is_blank(data, len))
		return chat->status;
	if (is_done_mark(data, len)) {
		chat->status = CHAT_DONE;
		return CHAT_DONE;
	}
	cJSON *root = parse_value(data, len);
	if (!root && errno == ENOMEM)
		chat_stream_no_memory(chat);
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

static bool has_answer(const struct chat_stream *chat, const cJSON *root)
{
	return chat->format == CHAT_INFILL ? json_get_string(root, "content") != NULL
					   : cJSON_IsArray(json_get(root, "choices"));
}

enum chat_status chat_stream_answer(struct chat_stream *chat, const char *body, size_t len)
{
	cJSON *root = parse_value(body, len);
	take_root(chat, root);
	if (!root && errno == ENOMEM)
		chat_stream_no_memory(chat);
	else if (chat_stream_is_blank(body, len))
		chat_stream_fail(chat, FAILURE_PROTOCOL, "the server's answer is empty: check base_url");
	else if (!root)
		fail_with_excerpt(
			chat, FAILURE_PROTOCOL, "the server's answer is not JSON (check base_url)", body, len);
	else if (!chat_stream_failed(chat) && !has_answer(chat, root))
		fail_with_excerpt(chat, FAILURE_PROTOCOL,
			chat->format == CHAT_INFILL ? "the server's answer has no `content` (check complete.api)"
						    : "the server's answer has no `choices` (check base_url)",
			body, len);
	else if (!chat_stream_failed(chat))
		chat->status = CHAT_DONE;
	cJSON_Delete(root);
	return chat->status;
}

static void end_joiners(struct chat_stream *chat)
{
	for (int i = JOINER_TEXT; i <= JOINER_REFUSAL; i++) {
		if (utf8_join_end(&chat->joiners[i], &chat->scratch) == BUF_OK)
			flush_scratch(chat, i);
		else
			chat_stream_no_memory(chat);
	}
}

enum chat_status chat_stream_end(struct chat_stream *chat)
{
	end_joiners(chat);
	if (chat->status == CHAT_OPEN) {
		chat_stream_fail(chat, FAILURE_TRUNCATED,
			"the answer was cut off by the server or the network; what came is kept. Ask again for the "
			"rest.");
	}
	chat_stream_hand_out_tools(chat);
	if (!chat_stream_failed(chat))
		chat->status = CHAT_DONE;
	return chat->status;
}

void chat_stream_free(struct chat_stream *chat)
{
	chat_stream_free_tools(chat);
	buf_free(&chat->scratch);
	cJSON_Delete(chat->usage);
	chat->usage = NULL;
}
