#include "sse.h"

#include <string.h>

/* Longer event types than this are none that anyone sends; they are read as "message". */
#define TYPE_MAX 64

static const char BOM[] = "\xEF\xBB\xBF";

void sse_init(struct sse *sse, sse_listener listener, void *context)
{
	*sse = (struct sse){.listener = listener, .context = context};
	buf_init(&sse->line, SSE_MAX);
	buf_init(&sse->data, SSE_MAX + 1); /* one LF more than is delivered */
	buf_init(&sse->type, TYPE_MAX);
}

static enum sse_result result_of(enum buf_result result)
{
	return result == BUF_OK ? SSE_OK : result == BUF_TOO_LARGE ? SSE_TOO_LARGE : SSE_NO_MEMORY;
}

/* A blank line: delivers the record, when it has data. */
static enum sse_result dispatch(struct sse *sse)
{
	bool go_on = true;
	if (sse->data.len > 0) {
		const char *type = sse->type.len > 0 ? buf_string(&sse->type) : "message";
		sse->data.data[--sse->data.len] = '\0'; /* the last LF is not part of it */
		go_on = sse->listener(sse->context, type, sse->data.data, sse->data.len);
	}
	buf_clear(&sse->data);
	buf_clear(&sse->type);
	return go_on ? SSE_OK : SSE_STOPPED;
}

static bool name_is(const char *name, size_t len, const char *wanted)
{
	return len == strlen(wanted) && memcmp(name, wanted, len) == 0;
}

static enum sse_result take_field(struct sse *sse, const char *name, size_t name_len, const char *value, size_t len)
{
	if (name_is(name, name_len, "data")) {
		enum buf_result result = buf_append(&sse->data, value, len);
		if (result == BUF_OK)
			result = buf_append(&sse->data, "\n", 1);
		return result_of(result);
	}
	if (name_is(name, name_len, "event")) {
		buf_clear(&sse->type);
		enum buf_result result = buf_append(&sse->type, value, len);
		return result == BUF_NO_MEMORY ? SSE_NO_MEMORY : SSE_OK;
	}
	return SSE_OK;
}

/* One whole line, without its end. */
static enum sse_result take_line(struct sse *sse, const char *line, size_t len)
{
	if (len == 0)
		return dispatch(sse);
	const char *colon = memchr(line, ':', len);
	if (!colon)
		return take_field(sse, line, len, "", 0);
	if (colon == line)
		return SSE_OK; /* a comment */
	const char *value = colon + 1;
	size_t value_len = len - (size_t)(value - line);
	if (value_len > 0 && *value == ' ') {
		value++;
		value_len--;
	}
	return take_field(sse, line, (size_t)(colon - line), value, value_len);
}

/* The end of a line: joins it with what earlier feeds brought of it. */
static enum sse_result end_line(struct sse *sse, const char *rest, size_t len)
{
	if (sse->in_comment) {
		sse->in_comment = false;
		return SSE_OK;
	}
	if (sse->line.len == 0)
		return len > SSE_MAX ? SSE_TOO_LARGE : take_line(sse, rest, len);
	enum sse_result result = result_of(buf_append(&sse->line, rest, len));
	if (result == SSE_OK)
		result = take_line(sse, sse->line.data, sse->line.len);
	buf_clear(&sse->line);
	return result;
}

/* The beginning or middle of a line whose end is not there yet. A comment is not kept, however long it gets. */
static enum sse_result keep_part(struct sse *sse, const char *part, size_t len)
{
	if (len == 0 || sse->in_comment)
		return SSE_OK;
	if (sse->line.len == 0 && *part == ':') {
		sse->in_comment = true;
		return SSE_OK;
	}
	return result_of(buf_append(&sse->line, part, len));
}

/*
 * Drops a BOM at the very start, also when it comes in pieces. Returns how many of the bytes it took. Bytes held back
 * that turn out to be no BOM begin the first line.
 */
static size_t skip_bom(struct sse *sse, const char *bytes, size_t len, enum sse_result *result)
{
	size_t taken = 0;
	while (sse->bom_seen < 3 && taken < len) {
		if (bytes[taken] != BOM[sse->bom_seen]) {
			*result = keep_part(sse, BOM, sse->bom_seen);
			sse->bom_seen = 3;
			return taken;
		}
		sse->bom_seen++;
		taken++;
	}
	return taken;
}

static size_t line_len(const char *bytes, size_t len)
{
	const char *lf = memchr(bytes, '\n', len);
	size_t n = lf ? (size_t)(lf - bytes) : len;
	const char *cr = memchr(bytes, '\r', n);
	return cr ? (size_t)(cr - bytes) : n;
}

enum sse_result sse_feed(struct sse *sse, const char *bytes, size_t len)
{
	enum sse_result result = SSE_OK;
	size_t at = skip_bom(sse, bytes, len, &result);
	while (result == SSE_OK && at < len) {
		if (sse->after_cr && bytes[at] == '\n')
			at++;
		sse->after_cr = false;
		size_t n = line_len(bytes + at, len - at);
		if (at + n == len) {
			result = keep_part(sse, bytes + at, n);
			break;
		}
		result = end_line(sse, bytes + at, n);
		sse->after_cr = bytes[at + n] == '\r';
		at += n + 1;
	}
	return result;
}

void sse_free(struct sse *sse)
{
	buf_free(&sse->line);
	buf_free(&sse->data);
	buf_free(&sse->type);
}
