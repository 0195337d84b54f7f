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
	const char *value = colon + 1;
	size_t value_len = len - (size_t)(value - line);
	if (value_len > 0 && *value == ' ') {
		value++;
		value_len--;
	}
	return take_field(sse, line, (size_t)(colon - line), value, value_len);
}

/* A comment is known by its first byte, so it may be of any length. */
static bool starts_comment(const char *line, size_t len)
{
	return len > 0 && *line == ':';
}

/* The end of a line: joins it with what earlier feeds brought of it. */
static enum sse_result end_line(struct sse *sse, const char *rest, size_t len)
{
	if (sse->in_comment) {
		sse->in_comment = false;
		return SSE_OK;
	}
	if (sse->line.len == 0 && starts_comment(rest, len))
		return SSE_OK;
	if (sse->line.len == 0)
		return len > SSE_MAX ? SSE_TOO_LARGE : take_line(sse, rest, len);
	enum sse_result result = result_of(buf_append(&sse->line, rest, len));
	if (result == SSE_OK)
		result = take_line(sse, sse->line.data, sse->line.len);
	buf_clear(&sse->line);
	return result;
}

/* The beginning or middle of a line whose end is not there yet. Of a comment nothing is kept. */
static enum sse_result keep_part(struct sse *sse, const char *part, size_t len)
{
	if (len == 0 || sse->in_comment)
		return SSE_OK;
	if (sse->line.len == 0 && starts_comment(part, len)) {
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

/* Where the next LF and CR are. Each is looked for once, or lines that end in CR alone would cost the square of their
 * number. */
struct line_ends {
	const char *lf;
	const char *cr;
};

static const char *next_mark(const char *mark, char wanted, const char *at, const char *end)
{
	if (mark && mark >= at)
		return mark;
	const char *found = memchr(at, wanted, (size_t)(end - at));
	return found ? found : end;
}

/* The next line end, or the end of the bytes. */
static const char *next_end(struct line_ends *ends, const char *at, const char *end)
{
	ends->lf = next_mark(ends->lf, '\n', at, end);
	ends->cr = next_mark(ends->cr, '\r', at, end);
	return ends->lf < ends->cr ? ends->lf : ends->cr;
}

enum sse_result sse_feed(struct sse *sse, const char *bytes, size_t len)
{
	if (len == 0)
		return SSE_OK;
	enum sse_result result = SSE_OK;
	const char *at = bytes + skip_bom(sse, bytes, len, &result);
	const char *end = bytes + len;
	struct line_ends ends = {0};
	while (result == SSE_OK && at < end) {
		if (sse->after_cr && *at == '\n')
			at++;
		sse->after_cr = false;
		const char *stop = next_end(&ends, at, end);
		size_t n = (size_t)(stop - at);
		if (stop == end)
			return keep_part(sse, at, n);
		result = end_line(sse, at, n);
		sse->after_cr = *stop == '\r';
		at = stop + 1;
	}
	return result;
}

void sse_free(struct sse *sse)
{
	buf_free(&sse->line);
	buf_free(&sse->data);
	buf_free(&sse->type);
}
