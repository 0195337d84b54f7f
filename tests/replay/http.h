#ifndef REPLAY_HTTP_H
#define REPLAY_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Largest request that is read; beyond it the connection is closed. */
#define REQUEST_MAX ((size_t)64 * 1024 * 1024)

/* One request as it came. The bytes are the connection's until the next request. */
struct http_request {
	char *bytes; /* head and body, NUL-terminated */
	size_t len;
	size_t head_len; /* up to and with the blank line */
	size_t body_len; /* as announced */
	char method[16];
	char path[512];
	bool keep_alive;
};

struct connection {
	int fd;
	unsigned number; /* counts connections, for the record */
	char *bytes;     /* what was read and not used yet */
	size_t len, cap;
};

/* Reads a head. false: the client closed, sent rubbish, or was silent for too long. */
bool http_read_head(struct connection *connection, struct http_request *request);

/* Reads the rest of the body. */
bool http_read_body(struct connection *connection, struct http_request *request);

/* Forgets a request that was answered; what came behind it is the next one. */
void http_consume(struct connection *connection, const struct http_request *request);

/* Writes all bytes; false when the client is gone. */
bool http_write(const struct connection *connection, const char *bytes, size_t len);

/* Waits until the client closes, at most `ms`. true: it has closed. */
bool http_wait_closed(const struct connection *connection, int ms);

#endif
