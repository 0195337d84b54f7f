#include "buf.h"

#include <stdlib.h>
#include <string.h>

/* Small enough for a token, large enough that most lines grow at most once. */
#define BUF_FIRST_CAP 64

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){.max = max};
}

static enum buf_result reserve(struct buf *buf, size_t extra)
{
	if (extra > buf->max - buf->len)
		return BUF_TOO_LARGE;
	size_t need = buf->len + extra + 1; /* the NUL */
	if (need <= buf->cap)
		return BUF_OK;
	size_t cap = buf->cap ? buf->cap : BUF_FIRST_CAP;
	while (cap < need)
		cap *= 2;
	char *data = realloc(buf->data, cap);
	if (!data)
		return BUF_NO_MEMORY;
	buf->data = data;
	buf->cap = cap;
	return BUF_OK;
}

enum buf_result buf_append(struct buf *buf, const void *bytes, size_t len)
{
	enum buf_result result = reserve(buf, len);
	if (result != BUF_OK)
		return result;
	if (len > 0)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return BUF_OK;
}

enum buf_result buf_append_string(struct buf *buf, const char *string)
{
	return buf_append(buf, string, strlen(string));
}

const char *buf_string(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

void buf_free(struct buf *buf)
{
	free(buf->data);
	buf_init(buf, buf->max);
}
