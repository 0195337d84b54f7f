#ifndef BEANS_REQUEST_H
#define BEANS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat_stream.h"
#include "event_queue.h"
#include "transport.h"

/*
 * One request on the network thread, from its first byte to its terminal event: joins transport, sse, chat_stream and a
 * lane of the event queue.
 */

/* After a finish reason wait this long for the usage, then the answer is complete (api.md of the service's clients). */
#define REQUEST_LINGER_MS 1000

enum request_type { REQUEST_CHAT, REQUEST_MODELS };

/* What Lua asks for. Strings are NUL-terminated; NULL where the comment allows it. */
struct request_spec {
	enum request_type type;
	const char *url;
	const char *key;     /* may be NULL */
	const char *proxy;   /* may be NULL */
	const char *ca_file; /* may be NULL */
	const char *body;    /* JSON of a chat request; NULL for models */
	size_t body_len;
	enum chat_format format; /* of the answer to it */
	bool fresh;              /* on a connection of its own making: the last try on a kept one had no answer */
	long connect_timeout_ms;
	long first_byte_timeout_ms;
	long idle_timeout_ms;
};

struct request;

/* Main thread. *Copies* the spec and *takes* the lane. NULL: no memory (the lane stays the caller's). */
struct request *request_new(const struct request_spec *spec, struct event_lane *lane);

/* Network thread. Starts the transfer. When it can't, the request ends at once with its terminal event. */
void request_start(struct request *request, struct transport *transport);

/* Network thread. Goes on with a transfer that was paused, when its lane was drained. */
void request_resume(struct request *request);

/* Network thread. Ends the request at once, with what had arrived kept: FAILURE_CANCELLED, FAILURE_SHUTDOWN, or
 * FAILURE_NO_MEMORY for one that can't be started. */
void request_abort(struct request *request, enum failure_kind kind);

/* Network thread. True once the terminal event is in the lane. */
bool request_ended(const struct request *request);

/* Network thread (or main, when it never started). Wipes the key and frees. */
void request_free(struct request *request);

#endif
