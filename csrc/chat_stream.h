#ifndef BEANS_CHAT_STREAM_H
#define BEANS_CHAT_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "api_error.h"
#include "event.h"
#include "utf8.h"

/*
 * Decodes an answer of /chat/completions, or of an endpoint that completes text: the chunks of a stream record by
 * record, or one whole JSON answer. What it decodes goes to the sink as it comes; what is known at the end stands in
 * the struct. It knows OpenAI's JSON and the quirks of those who imitate it, and nothing of HTTP.
 */

/* Text, reasoning, refusal and tool arguments of one answer together. Fixed by the contract. */
#define CHAT_ANSWER_MAX ((size_t)64 * 1024 * 1024)
/* Tool calls of one answer: what the official clients take (MAX_STREAM_TOOL_CALLS). */
#define CHAT_TOOL_CALLS_MAX 128

struct chat_sink {
	void *context;
	/* A piece of valid UTF-8, never empty. `type` is EVENT_TEXT, EVENT_REASONING or EVENT_REFUSAL. false: no
	 * memory. */
	bool (*text)(void *context, enum event_type type, const char *bytes, size_t len);
	/* A whole tool call, in order of index, only when the answer is complete. *Takes ownership* of what `call`
	 * holds, also when it returns false: no memory. */
	bool (*tool_call)(void *context, struct tool_call *call);
};

/* Where an endpoint's answer has its text. Errors, usage and [DONE] are the same in all. */
enum chat_format {
	CHAT_MESSAGES,    /* /chat/completions: in the `delta` or `message` of a choice */
	CHAT_COMPLETIONS, /* /completions: in the `text` of a choice, or as above (Mistral) */
	CHAT_INFILL, /* llama.cpp's /infill: in `content` of the chunk; the last one has `stop`: true, and counts */
};

enum chat_status {
	CHAT_OPEN,     /* neither finish reason nor [DONE] yet */
	CHAT_FINISHED, /* a finish reason came; usage may follow for a moment */
	CHAT_DONE,     /* [DONE], or a whole JSON answer: nothing more is wanted */
	CHAT_FAILED,   /* `failure` says why; nothing more is wanted */
};

struct chat_stream {
	struct chat_sink sink;
	enum chat_format format;
	const char *secret; /* borrowed for the life of the struct; may be NULL */
	enum chat_status status;
	struct failure failure; /* set when status is CHAT_FAILED */
	char finish_reason[32];
	char model[128];
	cJSON *usage; /* the last one that came, or NULL; whoever takes it sets NULL */
	/* private from here on */
	struct utf8_joiner joiners[3]; /* of text, reasoning, refusal */
	struct buf scratch;
	size_t answer_len;
	struct chat_tool_slot *tools;
	size_t tools_len;
};

/* Starts a decoder. Allocates nothing. */
void chat_stream_init(
	struct chat_stream *chat, const struct chat_sink *sink, enum chat_format format, const char *secret);

/* Reads the data of one event-stream record of the type `type`. Returns the status after it. */
enum chat_status chat_stream_record(struct chat_stream *chat, const char *type, const char *data, size_t len);

/* Reads a whole JSON answer (or the error it holds), where the body was no event stream. */
enum chat_status chat_stream_answer(struct chat_stream *chat, const char *body, size_t len);

/*
 * No more comes. When the answer is complete, hands out the tool calls and returns CHAT_DONE; else CHAT_FAILED, with
 * FAILURE_TRUNCATED where nothing else was wrong. What text was held back goes out first in either case.
 */
enum chat_status chat_stream_end(struct chat_stream *chat);

/* Gives the memory back, a usage that nobody took too. */
void chat_stream_free(struct chat_stream *chat);

#endif
