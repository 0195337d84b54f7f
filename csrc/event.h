#ifndef BEANS_EVENT_H
#define BEANS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "failure.h"
#include "json.h"
#include "response.h"

/*
 * What the network thread tells Lua about a request. Per request: any number of text, reasoning, refusal, tool_call and
 * headers events, then exactly one terminal event (done or error), always the last.
 */
enum event_type {
	EVENT_TEXT,      /* a piece of the answer, valid UTF-8, no character cut */
	EVENT_REASONING, /* a piece of what the model thinks aloud */
	EVENT_REFUSAL,   /* a piece of the model's refusal */
	EVENT_TOOL_CALL, /* one whole tool call */
	EVENT_HEADERS,   /* the header of the response is there */
	EVENT_DONE,      /* terminal: the answer is complete */
	EVENT_ERROR,     /* terminal: it is not; outcome.failure says why */
};

struct tool_call {
	char *id;             /* "" when the server sent none */
	char *name;           /* "" when the server sent none */
	struct buf arguments; /* JSON text as it came; "{}" when it came empty */
	cJSON *args;          /* the same parsed; NULL when it is no JSON object: then it must never be run */
};

/* Milliseconds; -1 where it did not get so far. */
struct timing {
	/* how long each step of making the connection took; -1 when it was warm, or had no such step */
	double dns_ms;
	double connect_ms; /* TCP */
	double tls_ms;     /* with the tunnel of a proxy, if there was one */
	/* from the start of the transfer */
	double first_byte_ms;
	double first_delta_ms;
	double total_ms;
	bool reused; /* the connection was warm */
};

/* The timing of a transfer that has not begun. */
#define TIMING_UNKNOWN ((struct timing){-1, -1, -1, -1, -1, -1, false})

/* All that a terminal event tells. Reserved when the request is accepted, so that the end never needs memory. */
struct outcome {
	struct failure failure; /* kind FAILURE_NONE: done */
	struct response response;
	struct timing timing;
	char finish_reason[32]; /* "" when there was none */
	char model[128];        /* as the server named it, "" when it did not */
	cJSON *usage;           /* the server's table, or NULL */
	cJSON *models;          /* of a models request: array of objects, each with a string `id`; else NULL */
};

struct event {
	struct event *next;
	uint64_t request; /* the id of the request */
	enum event_type type;
	union {
		struct buf text;       /* EVENT_TEXT, EVENT_REASONING, EVENT_REFUSAL */
		struct tool_call call; /* EVENT_TOOL_CALL */
		struct {
			struct response response;
			struct timing timing;
		} headers;               /* EVENT_HEADERS */
		struct outcome *outcome; /* EVENT_DONE, EVENT_ERROR; owned */
	} as;
};

/* Frees what a call holds, not the struct itself. */
void tool_call_free(struct tool_call *call);

/* Frees a list of events with all that they own. NULL is no events. */
void event_free(struct event *list);

#endif
