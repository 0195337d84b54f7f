#include "utf8.h"

#include <string.h>

static const char REPLACEMENT[] = "\xEF\xBF\xBD";

enum { CHAR_BAD, CHAR_CUT, CHAR_WHOLE, CHAR_NUL, CHAR_HIGH, CHAR_LOW };

/* Whether these are the first two bytes of a surrogate: a unit of ours when whole, else malformed each for itself. */
static bool begins_surrogate(const unsigned char *s, size_t n)
{
	return n >= 2 && s[0] == 0xED && s[1] >= 0xA0;
}

/* What stands at `s`: its kind and, in *len, the bytes it takes (for CHAR_BAD a maximal subpart). */
static int classify(const unsigned char *s, size_t n, size_t *len)
{
	*len = 1;
	if (s[0] < 0x80)
		return CHAR_WHOLE;
	if (s[0] == 0xC0) { /* C0 80 is our own form of NUL, see json.h */
		if (n < 2)
			return CHAR_CUT;
		if (s[1] != 0x80)
			return CHAR_BAD;
		*len = 2;
		return CHAR_NUL;
	}
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return CHAR_BAD;
	size_t want = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	/* The second byte has narrower bounds after these; ED is left whole, for surrogates are ours to join. */
	unsigned char low = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80;
	unsigned char high = s[0] == 0xF4 ? 0x8F : 0xBF;
	for (size_t i = 1; i < want; i++) {
		if (i == n)
			return CHAR_CUT;
		if (s[i] < (i == 1 ? low : 0x80) || s[i] > (i == 1 ? high : 0xBF)) {
			*len = begins_surrogate(s, i) ? 1 : i;
			return CHAR_BAD;
		}
	}
	*len = want;
	if (begins_surrogate(s, want))
		return s[1] < 0xB0 ? CHAR_HIGH : CHAR_LOW;
	return CHAR_WHOLE;
}

size_t utf8_char_len(const char *bytes, size_t len)
{
	size_t n = 0;
	if (len == 0 || classify((const unsigned char *)bytes, len, &n) != CHAR_WHOLE)
		return 0;
	return n;
}

/* Writes the character that two WTF-8 surrogate halves mean. */
static enum buf_result append_pair(struct buf *out, const unsigned char *high, const unsigned char *low)
{
	unsigned hi = ((high[1] & 0x0FU) << 6) | (high[2] & 0x3FU);
	unsigned lo = ((low[1] & 0x0FU) << 6) | (low[2] & 0x3FU);
	unsigned code = 0x10000 + (hi << 10) + lo;
	unsigned char utf8[4] = {(unsigned char)(0xF0 | (code >> 18)), (unsigned char)(0x80 | ((code >> 12) & 0x3F)),
		(unsigned char)(0x80 | ((code >> 6) & 0x3F)), (unsigned char)(0x80 | (code & 0x3F))};
	return buf_append(out, utf8, sizeof utf8);
}

/* Whether the `n` bytes may still become a low surrogate. */
static bool may_become_low(const unsigned char *s, size_t n)
{
	return n == 0 || (s[0] == 0xED && (n == 1 || (n == 2 && s[1] >= 0xB0 && s[1] <= 0xBF)));
}

/* A high surrogate and what follows it: the character both mean, or nothing yet, or U+FFFD for the half alone. */
static enum buf_result take_high(const unsigned char *s, size_t n, struct buf *out, size_t *used)
{
	size_t partner_len = 0;
	*used = 0;
	if (may_become_low(s + 3, n - 3))
		return BUF_OK;
	*used = 3;
	if (classify(s + 3, n - 3, &partner_len) != CHAR_LOW)
		return buf_append(out, REPLACEMENT, 3);
	*used += partner_len;
	return append_pair(out, s, s + 3);
}

/*
 * Takes one unit from `s`: appends what it means to `out`, its length to *used. Leaves *used 0 when more bytes are
 * needed to tell.
 */
static enum buf_result take_unit(const unsigned char *s, size_t n, struct buf *out, size_t *used)
{
	switch (classify(s, n, used)) {
	case CHAR_WHOLE:
		return buf_append(out, s, *used);
	case CHAR_NUL:
		return buf_append(out, "", 1);
	case CHAR_HIGH:
		return take_high(s, n, out, used);
	case CHAR_CUT:
		*used = 0;
		return BUF_OK;
	default:
		return buf_append(out, REPLACEMENT, 3);
	}
}

/* The length of the run of valid characters at `s`: most text is nothing else, and is copied in one go. */
static size_t valid_run(const unsigned char *s, size_t n)
{
	size_t i = 0, len = 1;
	while (i < n && (s[i] < 0x80 || classify(s + i, n - i, &len) == CHAR_WHOLE)) {
		i += len;
		len = 1;
	}
	return i;
}

/* Joins from `s` until a unit that needs more bytes; *used tells how far it came. */
static enum buf_result join_run(const unsigned char *s, size_t n, struct buf *out, size_t *used)
{
	size_t at = 0;
	enum buf_result result = BUF_OK;
	while (at < n && result == BUF_OK) {
		size_t step = valid_run(s + at, n - at);
		if (step > 0)
			result = buf_append(out, s + at, step);
		else
			result = take_unit(s + at, n - at, out, &step);
		if (step == 0)
			break;
		at += step;
	}
	*used = at;
	return result;
}

enum buf_result utf8_join(struct utf8_joiner *joiner, const char *bytes, size_t len, struct buf *out)
{
	const unsigned char *s = (const unsigned char *)bytes;
	/* What is held is finished byte by byte: it never needs more than a handful. */
	while (joiner->held_len > 0 && len > 0) {
		size_t used = 0;
		joiner->held[joiner->held_len++] = *s++;
		len--;
		enum buf_result result = join_run(joiner->held, joiner->held_len, out, &used);
		if (result != BUF_OK)
			return result;
		joiner->held_len -= used;
		memmove(joiner->held, joiner->held + used, joiner->held_len);
	}
	size_t used = 0;
	enum buf_result result = join_run(s, len, out, &used);
	if (result != BUF_OK)
		return result;
	if (used < len) {
		memcpy(joiner->held, s + used, len - used);
		joiner->held_len = len - used;
	}
	return BUF_OK;
}

enum buf_result utf8_join_end(struct utf8_joiner *joiner, struct buf *out)
{
	enum buf_result result = BUF_OK;
	size_t at = 0;
	while (at < joiner->held_len && result == BUF_OK) {
		size_t len = 0;
		size_t left = joiner->held_len - at;
		bool cut = classify(joiner->held + at, left, &len) == CHAR_CUT;
		at += cut && !begins_surrogate(joiner->held + at, left) ? left : len;
		result = buf_append(out, REPLACEMENT, 3);
	}
	joiner->held_len = 0;
	return result;
}
