#include "http.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* A client that is silent for longer in the middle of a request is given up. */
#define READ_TIMEOUT_MS 30000
/* How long a kept connection may idle between requests. */
#define IDLE_TIMEOUT_MS 600000

static bool fill(struct connection *connection, int timeout_ms)
{
	struct pollfd poll_fd = {.fd = connection->fd, .events = POLLIN};
	if (connection->cap - connection->len < 65536) {
		size_t cap = connection->cap ? connection->cap * 2 : 131072;
		char *bytes = cap > 2 * REQUEST_MAX ? NULL : realloc(connection->bytes, cap);
		if (!bytes)
			return false;
		connection->bytes = bytes;
		connection->cap = cap;
	}
	if (poll(&poll_fd, 1, timeout_ms) <= 0)
		return false;
	ssize_t n = recv(connection->fd, connection->bytes + connection->len, connection->cap - connection->len - 1, 0);
	if (n <= 0)
		return false;
	connection->len += (size_t)n;
	connection->bytes[connection->len] = '\0';
	return true;
}

static const char *header_value(const struct http_request *request, const char *name)
{
	size_t name_len = strlen(name);
	const char *line = memchr(request->bytes, '\n', request->head_len);
	while (line && (size_t)(++line - request->bytes) < request->head_len) {
		if (strncasecmp(line, name, name_len) == 0 && line[name_len] == ':')
			return line + name_len + 1 + strspn(line + name_len + 1, " \t");
		line = strchr(line, '\n');
	}
	return NULL;
}

static void read_fields(struct http_request *request)
{
	const char *length = header_value(request, "Content-Length");
	const char *keep = header_value(request, "Connection");
	request->body_len = length ? strtoul(length, NULL, 10) : 0;
	request->keep_alive = !keep || strncasecmp(keep, "close", 5) != 0;
}

bool http_read_head(struct connection *connection, struct http_request *request)
{
	char *end = NULL;
	while (!(end = connection->len ? strstr(connection->bytes, "\r\n\r\n") : NULL))
		if (!fill(connection, connection->len ? READ_TIMEOUT_MS : IDLE_TIMEOUT_MS))
			return false;
	*request = (struct http_request){.bytes = connection->bytes, .len = connection->len};
	request->head_len = (size_t)(end - connection->bytes) + 4;
	if (sscanf(request->bytes, "%15s %511s", request->method, request->path) != 2)
		return false;
	read_fields(request);
	return request->body_len <= REQUEST_MAX;
}

bool http_read_body(struct connection *connection, struct http_request *request)
{
	while (connection->len < request->head_len + request->body_len)
		if (!fill(connection, READ_TIMEOUT_MS))
			return false;
	request->bytes = connection->bytes;
	request->len = request->head_len + request->body_len;
	return true;
}

void http_consume(struct connection *connection, const struct http_request *request)
{
	size_t used = request->head_len + request->body_len;
	used = used < connection->len ? used : connection->len;
	connection->len -= used;
	memmove(connection->bytes, connection->bytes + used, connection->len);
	connection->bytes[connection->len] = '\0';
}

bool http_write(const struct connection *connection, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(connection->fd, bytes, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

bool http_wait_closed(const struct connection *connection, int ms)
{
	struct pollfd poll_fd = {.fd = connection->fd, .events = POLLRDHUP};
	return poll(&poll_fd, 1, ms) > 0;
}
