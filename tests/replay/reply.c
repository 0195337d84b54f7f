#include "reply.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* So much is worth a write of its own. */
#define FLUSH_AT 65536

void reply_init(struct reply *reply, const struct connection *connection)
{
	*reply = (struct reply){.connection = connection, .status = 200, .reason = "OK"};
}

void reply_free(struct reply *reply)
{
	free(reply->out);
}

static void add_line(char *to, size_t size, const char *line)
{
	size_t used = strlen(to);
	snprintf(to + used, size - used, "%s\r\n", line);
}

void reply_header(struct reply *reply, const char *line)
{
	add_line(reply->headers, sizeof reply->headers, line);
}

void reply_trailer(struct reply *reply, const char *line)
{
	add_line(reply->trailers, sizeof reply->trailers, line);
}

void reply_flush(struct reply *reply)
{
	if (!reply->broken && reply->out_len > 0 && !http_write(reply->connection, reply->out, reply->out_len))
		reply->broken = true;
	reply->out_len = 0;
}

static void put(struct reply *reply, const char *bytes, size_t len)
{
	if (reply->out_len + len > reply->out_cap) {
		size_t cap = (reply->out_len + len) * 2;
		char *out = realloc(reply->out, cap);
		if (!out) {
			reply->broken = true;
			return;
		}
		reply->out = out;
		reply->out_cap = cap;
	}
	memcpy(reply->out + reply->out_len, bytes, len);
	reply->out_len += len;
	if (reply->out_len >= FLUSH_AT)
		reply_flush(reply);
}

static void put_string(struct reply *reply, const char *string)
{
	put(reply, string, strlen(string));
}

void reply_head(struct reply *reply)
{
	char line[160];
	if (reply->head_sent)
		return;
	reply->head_sent = true;
	snprintf(line, sizeof line, "HTTP/1.1 %d %s\r\n", reply->status, reply->reason);
	put_string(reply, line);
	put_string(reply, reply->headers);
	if (reply->framing == FRAMING_CHUNKED) {
		put_string(reply, "Transfer-Encoding: chunked\r\n");
	} else if (reply->framing == FRAMING_LENGTH) {
		snprintf(line, sizeof line, "Content-Length: %zu\r\n", reply->length);
		put_string(reply, line);
	} else {
		reply->ends_connection = true;
		put_string(reply, "Connection: close\r\n");
	}
	put_string(reply, "\r\n");
}

void reply_body(struct reply *reply, const char *bytes, size_t len)
{
	char size[32];
	reply_head(reply);
	if (len == 0)
		return;
	if (reply->framing == FRAMING_CHUNKED) {
		snprintf(size, sizeof size, "%zx\r\n", len);
		put_string(reply, size);
	}
	put(reply, bytes, len);
	if (reply->framing == FRAMING_CHUNKED)
		put_string(reply, "\r\n");
}

void reply_raw(struct reply *reply, const char *bytes, size_t len)
{
	reply->head_sent = true;
	put(reply, bytes, len);
}

void reply_end(struct reply *reply)
{
	reply_head(reply);
	if (reply->framing == FRAMING_CHUNKED) {
		put_string(reply, "0\r\n");
		put_string(reply, reply->trailers);
		put_string(reply, "\r\n");
	}
	reply_flush(reply);
}

void reply_cut(struct reply *reply, bool reset)
{
	const struct linger hard = {.l_onoff = 1, .l_linger = 0};
	reply_flush(reply);
	if (reset)
		setsockopt(reply->connection->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	else
		shutdown(reply->connection->fd, SHUT_RDWR);
	reply->broken = true;
	reply->ends_connection = true;
}
