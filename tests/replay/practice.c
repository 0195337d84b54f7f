#include "practice.h"

#include <cjson/cJSON.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "practice_text.h"

/* What a key may do here: enough to see the numbers move. */
#define REQUESTS_MAX 500
#define TOKENS_MAX 200000
#define WINDOW_S 60
/* Millionths of a dollar for a token, so that costs look like those of a middling model. */
#define COST_PROMPT 1
#define COST_ANSWER 8

static const char *const MODELS[] = {"gpt-5.5", "beans-practice", "beans-practice-fast", "beans-practice-thinker"};

static atomic_long requests_used, tokens_used, window_start, request_count;

static void add_header(struct reply *reply, const char *name, long value, const char *unit)
{
	char line[128];
	snprintf(line, sizeof line, "%s: %ld%s", name, value, unit);
	reply_header(reply, line);
}

static long left(long max, long used)
{
	return used < max ? max - used : 0;
}

static void add_headers(struct reply *reply, long prompt_tokens, long answer_tokens)
{
	long now = (long)time(NULL);
	char id[64];
	if (now - atomic_load(&window_start) >= WINDOW_S) {
		atomic_store(&window_start, now);
		atomic_store(&requests_used, 0);
		atomic_store(&tokens_used, 0);
	}
	long requests = atomic_fetch_add(&requests_used, 1) + 1;
	long tokens = atomic_fetch_add(&tokens_used, prompt_tokens + answer_tokens) + prompt_tokens + answer_tokens;
	long reset = atomic_load(&window_start) + WINDOW_S - now;
	snprintf(id, sizeof id, "X-Request-Id: practice-%ld", atomic_fetch_add(&request_count, 1) + 1);
	reply_header(reply, id);
	add_header(reply, "X-RateLimit-Limit-Requests", REQUESTS_MAX, "");
	add_header(reply, "X-RateLimit-Remaining-Requests", left(REQUESTS_MAX, requests), "");
	add_header(reply, "X-RateLimit-Reset-Requests", reset, "s");
	add_header(reply, "X-RateLimit-Limit-Tokens", TOKENS_MAX, "");
	add_header(reply, "X-RateLimit-Remaining-Tokens", left(TOKENS_MAX, tokens), "");
	add_header(reply, "X-RateLimit-Reset-Tokens", reset, "s");
	add_header(reply, "X-Request-Cost-Micro-Usd", COST_PROMPT * prompt_tokens + COST_ANSWER * answer_tokens, "");
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

static void send_json(struct reply *reply, int status, cJSON *root)
{
	char *text = cJSON_PrintUnformatted(root);
	reply->status = status;
	reply_header(reply, "Content-Type: application/json");
	reply->framing = FRAMING_LENGTH;
	reply->length = text ? strlen(text) : 0;
	reply_body(reply, text ? text : "", reply->length);
	cJSON_free(text);
	cJSON_Delete(root);
	reply_end(reply);
}

static void send_error(struct reply *reply, int status, const char *type, const char *code, const char *message)
{
	cJSON *root = cJSON_CreateObject();
	cJSON *error = cJSON_AddObjectToObject(root, "error");
	cJSON_AddStringToObject(error, "message", message);
	cJSON_AddStringToObject(error, "type", type);
	cJSON_AddStringToObject(error, "code", code);
	send_json(reply, status, root);
}

static void send_models(struct reply *reply)
{
	cJSON *root = cJSON_CreateObject();
	cJSON_AddStringToObject(root, "object", "list");
	cJSON *data = cJSON_AddArrayToObject(root, "data");
	for (size_t i = 0; i < sizeof MODELS / sizeof *MODELS; i++) {
		cJSON *model = cJSON_CreateObject();
		cJSON_AddStringToObject(model, "id", MODELS[i]);
		cJSON_AddStringToObject(model, "object", "model");
		cJSON_AddStringToObject(model, "owned_by", "practice");
		cJSON_AddItemToArray(data, model);
	}
	add_headers(reply, 0, 0);
	send_json(reply, 200, root);
}

/* ---- chat ------------------------------------------------------------------------------------------------------ */

struct chat {
	struct reply *reply;
	const char *model;
	char *text; /* the answer */
	long prompt_tokens, answer_tokens;
	bool wants_usage;
};

static size_t token_len(const char *text)
{
	size_t n = strspn(text, " ");
	n += strcspn(text + n, " \n");
	return text[n] == '\n' ? n + strspn(text + n, "\n") : n;
}

static long count_tokens(const char *text)
{
	long count = 0;
	for (; *text; text += token_len(text))
		count++;
	return count;
}

static cJSON *new_chunk(const struct chat *chat)
{
	cJSON *root = cJSON_CreateObject();
	cJSON_AddStringToObject(root, "id", "chatcmpl-practice");
	cJSON_AddStringToObject(root, "object", "chat.completion.chunk");
	cJSON_AddNumberToObject(root, "created", (double)time(NULL));
	cJSON_AddStringToObject(root, "model", chat->model);
	cJSON_AddArrayToObject(root, "choices");
	return root;
}

static void send_chunk(const struct chat *chat, cJSON *root)
{
	char *json = cJSON_PrintUnformatted(root);
	char *record = NULL;
	int len = json ? asprintf(&record, "data: %s\n\n", json) : 0;
	if (len > 0)
		reply_body(chat->reply, record, (size_t)len);
	reply_flush(chat->reply);
	free(record);
	cJSON_free(json);
	cJSON_Delete(root);
}

static void send_delta(const struct chat *chat, const char *member, const char *text, const char *finish)
{
	cJSON *root = new_chunk(chat);
	cJSON *choice = cJSON_CreateObject();
	cJSON_AddNumberToObject(choice, "index", 0);
	cJSON *delta = cJSON_AddObjectToObject(choice, "delta");
	if (text)
		cJSON_AddStringToObject(delta, member, text);
	if (finish)
		cJSON_AddStringToObject(choice, "finish_reason", finish);
	else
		cJSON_AddNullToObject(choice, "finish_reason");
	cJSON_AddItemToArray(cJSON_GetObjectItem(root, "choices"), choice);
	send_chunk(chat, root);
}

static void add_usage(const struct chat *chat, cJSON *root)
{
	cJSON *usage = cJSON_AddObjectToObject(root, "usage");
	cJSON_AddNumberToObject(usage, "prompt_tokens", (double)chat->prompt_tokens);
	cJSON_AddNumberToObject(usage, "completion_tokens", (double)chat->answer_tokens);
	cJSON_AddNumberToObject(usage, "total_tokens", (double)(chat->prompt_tokens + chat->answer_tokens));
}

/* 50 to 100 tokens a second; the fast model four times as many. */
static void pause_between(const struct chat *chat)
{
	long us = 10000 + random() % 10000;
	if (strstr(chat->model, "fast"))
		us /= 4;
	const struct timespec pause = {.tv_nsec = us * 1000};
	nanosleep(&pause, NULL);
}

static void stream_words(const struct chat *chat, const char *member, const char *text)
{
	char token[1024];
	while (*text && !chat->reply->broken) {
		size_t len = token_len(text);
		snprintf(token, sizeof token, "%.*s", (int)len, text);
		send_delta(chat, member, token, NULL);
		text += len;
		pause_between(chat);
	}
}

static void send_stream(const struct chat *chat)
{
	reply_header(chat->reply, "Content-Type: text/event-stream; charset=utf-8");
	reply_header(chat->reply, "Cache-Control: no-cache");
	if (strstr(chat->model, "thinker"))
		stream_words(chat, "reasoning_content", PRACTICE_THOUGHTS);
	stream_words(chat, "content", chat->text);
	send_delta(chat, NULL, NULL, "stop");
	if (chat->wants_usage) {
		cJSON *root = new_chunk(chat);
		add_usage(chat, root);
		send_chunk(chat, root);
	}
	if (!chat->reply->broken)
		reply_body(chat->reply, "data: [DONE]\n\n", 14);
	if (!chat->reply->broken)
		reply_end(chat->reply);
}

static void send_whole(const struct chat *chat)
{
	cJSON *root = new_chunk(chat);
	cJSON *choice = cJSON_CreateObject();
	cJSON_SetValuestring(cJSON_GetObjectItem(root, "object"), "chat.completion");
	cJSON_AddNumberToObject(choice, "index", 0);
	cJSON *message = cJSON_AddObjectToObject(choice, "message");
	cJSON_AddStringToObject(message, "role", "assistant");
	cJSON_AddStringToObject(message, "content", chat->text);
	cJSON_AddStringToObject(choice, "finish_reason", "stop");
	cJSON_AddItemToArray(cJSON_GetObjectItem(root, "choices"), choice);
	add_usage(chat, root);
	send_json(chat->reply, 200, root);
}

static bool is_model(const char *model)
{
	for (size_t i = 0; model && i < sizeof MODELS / sizeof *MODELS; i++)
		if (strcmp(model, MODELS[i]) == 0)
			return true;
	return false;
}

/* The text of a message: a string, or the text parts of an array. The caller frees it. */
static char *message_text(const cJSON *message)
{
	const cJSON *content = cJSON_GetObjectItemCaseSensitive(message, "content");
	if (cJSON_IsString(content))
		return strdup(content->valuestring);
	char *text = strdup("");
	const cJSON *part;
	cJSON_ArrayForEach(part, content)
	{
		const char *piece = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(part, "text"));
		char *longer = NULL;
		if (piece && text && asprintf(&longer, "%s%s", text, piece) > 0) {
			free(text);
			text = longer;
		}
	}
	return text;
}

/* The system prompt, or "". The caller frees it. */
static char *instructions_text(const cJSON *messages)
{
	const cJSON *first = cJSON_GetArrayItem(messages, 0);
	const char *role = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(first, "role"));
	return role && strcmp(role, "system") == 0 ? message_text(first) : strdup("");
}

static long count_prompt(const cJSON *messages, int *from_user)
{
	long tokens = 0;
	const cJSON *message;
	cJSON_ArrayForEach(message, messages)
	{
		const char *role = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(message, "role"));
		char *text = message_text(message);
		tokens += text ? count_tokens(text) : 0;
		*from_user += role && strcmp(role, "user") == 0;
		free(text);
	}
	return tokens;
}

static void answer_chat(const cJSON *body, struct reply *reply)
{
	const cJSON *messages = cJSON_GetObjectItemCaseSensitive(body, "messages");
	const char *model = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(body, "model"));
	const cJSON *options = cJSON_GetObjectItemCaseSensitive(body, "stream_options");
	int size = cJSON_GetArraySize(messages), from_user = 0;
	char message[256];
	if (!is_model(model)) {
		snprintf(message, sizeof message, "The model '%.100s' does not exist on this practice server",
			model ? model : "");
		send_error(reply, 404, "invalid_request_error", "model_not_found", message);
		return;
	}
	if (size == 0) {
		send_error(reply, 400, "invalid_request_error", "missing_messages",
			"messages must be a list that is not empty");
		return;
	}
	struct chat chat = {.reply = reply, .model = model};
	char *asked = message_text(cJSON_GetArrayItem(messages, size - 1));
	char *before = size > 1 ? message_text(cJSON_GetArrayItem(messages, size - 2)) : strdup("");
	char *instructions = instructions_text(messages);
	chat.prompt_tokens = count_prompt(messages, &from_user);
	chat.text =
		asked && before && instructions ? practice_text(instructions, before, asked, size, from_user) : NULL;
	chat.answer_tokens = chat.text ? count_tokens(chat.text) : 0;
	chat.wants_usage = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(options, "include_usage"));
	add_headers(reply, chat.prompt_tokens, chat.answer_tokens);
	if (!chat.text)
		send_error(reply, 500, "server_error", "no_memory", "out of memory");
	else if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(body, "stream")))
		send_stream(&chat);
	else
		send_whole(&chat);
	free(instructions);
	free(before);
	free(asked);
	free(chat.text);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);
	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

void practice_answer(const struct http_request *request, struct reply *reply)
{
	if (ends_with(request->path, "/models")) {
		send_models(reply);
	} else if (ends_with(request->path, "/chat/completions") && strcmp(request->method, "POST") == 0) {
		cJSON *body = cJSON_ParseWithLength(request->bytes + request->head_len, request->body_len);
		if (body)
			answer_chat(body, reply);
		else
			send_error(reply, 400, "invalid_request_error", "invalid_json", "the body is not JSON");
		cJSON_Delete(body);
	} else {
		send_error(reply, 404, "invalid_request_error", "not_found",
			"only /models and /chat/completions exist here");
	}
}
