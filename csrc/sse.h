#ifndef BEANS_SSE_H
#define BEANS_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * An event-stream parser after the WHATWG HTML standard, 9.2.5 and 9.2.6: bytes in, records out, the same records for
 * any split of the bytes. Two things are left to who reads the record: malformed UTF-8 (utf8.h makes U+FFFD of it where
 * text is taken out) and the fields `id` and `retry`, which mean nothing to a request that is never resumed.
 */

/* Neither a line nor the data of a record may be longer. Fixed by the contract. */
#define SSE_MAX ((size_t)16 * 1024 * 1024)

enum sse_result {
	SSE_OK,
	SSE_STOPPED,   /* the listener asked to stop: bytes after that record were not looked at */
	SSE_TOO_LARGE, /* a line or record above SSE_MAX */
	SSE_NO_MEMORY,
};

/*
 * One record. `type` is the value of its `event` field, "message" when it has none; `data` is NUL-terminated and may
 * hold NULs. Both are *borrowed until* the listener returns. Returns false to stop.
 */
typedef bool (*sse_listener)(void *context, const char *type, const char *data, size_t len);

struct sse {
	sse_listener listener;
	void *context;
	struct buf line; /* of the current line what earlier feeds brought */
	struct buf data; /* data of the current record */
	struct buf type;
	size_t bom_seen; /* bytes of a BOM at the very start seen so far; 3 when it is behind us */
	bool after_cr;   /* the last byte was CR: an LF now belongs to it */
	bool in_comment; /* the rest of the line is passed over without being stored */
};

/* Starts a parser; `context` is what the listener gets. Allocates nothing. */
void sse_init(struct sse *sse, sse_listener listener, void *context);

/* Reads bytes and hands each record that ends in them to the listener. After anything but SSE_OK feed no more. */
enum sse_result sse_feed(struct sse *sse, const char *bytes, size_t len);

/* Gives the memory back. A record that never ended is thrown away, as the standard says. */
void sse_free(struct sse *sse);

#endif
