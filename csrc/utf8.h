#ifndef BEANS_UTF8_H
#define BEANS_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * Makes valid UTF-8 of what a server sends in pieces: a character cut between two pieces is held back until its rest
 * comes, two surrogate halves that come one after the other (as WTF-8, see json.h) become the character they mean, and
 * what is malformed becomes U+FFFD, one for each maximal subpart as the WHATWG Encoding Standard has it. The two-byte
 * form C0 80, in which json.h hands on an escaped U+0000, becomes a NUL byte.
 *
 * Any cut of the same bytes into pieces gives the same output.
 */
struct utf8_joiner {
	unsigned char held[8]; /* at most a high surrogate (3 bytes) and the beginning of its partner */
	size_t held_len;
};

/* An all-zero struct is a joiner that holds nothing. Appends to `out`; BUF_OK, or what buf_append said. */
enum buf_result utf8_join(struct utf8_joiner *joiner, const char *bytes, size_t len, struct buf *out);

/* No more pieces come: what is still held becomes U+FFFD. */
enum buf_result utf8_join_end(struct utf8_joiner *joiner, struct buf *out);

/* The length of the valid UTF-8 character at `bytes`, 1 to 4, or 0 when there is none. Surrogates are not valid. */
size_t utf8_char_len(const char *bytes, size_t len);

#endif
