#ifndef REPLAY_REPLY_H
#define REPLAY_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "http.h"

/* How a body is told to end. */
enum framing { FRAMING_CHUNKED, FRAMING_LENGTH, FRAMING_CLOSE };

/* One response being written. What is written gathers until reply_flush, or until it is worth a write of its own. */
struct reply {
	const struct connection *connection;
	int status;
	char reason[64];
	char headers[8192];
	char trailers[2048];
	enum framing framing;
	size_t length; /* announced with FRAMING_LENGTH */
	bool head_sent;
	bool broken; /* the client is gone, or we cut the connection */
	bool ends_connection;
	char *out;
	size_t out_len, out_cap;
};

void reply_init(struct reply *reply, const struct connection *connection);

/* Adds a header (before the head is sent) or a trailer; `line` without its end. */
void reply_header(struct reply *reply, const char *line);
void reply_trailer(struct reply *reply, const char *line);

/* Writes the head, once. */
void reply_head(struct reply *reply);

/* Writes a piece of the body: one chunk with FRAMING_CHUNKED. */
void reply_body(struct reply *reply, const char *bytes, size_t len);

/* Writes bytes as they are; before the head they take its place. */
void reply_raw(struct reply *reply, const char *bytes, size_t len);

/* Sends what has gathered. */
void reply_flush(struct reply *reply);

/* Ends the response properly. */
void reply_end(struct reply *reply);

/* Ends the connection: with a reset, or with a FIN. */
void reply_cut(struct reply *reply, bool reset);

void reply_free(struct reply *reply);

#endif
