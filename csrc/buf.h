#ifndef BEANS_BUF_H
#define BEANS_BUF_H

#include <stddef.h>

/*
 * A growable run of bytes with a cap. Everything the network fills goes through one, so that no server can make us
 * take more memory than a named limit. The bytes are always followed by a NUL that `len` does not count.
 *
 * Not thread-safe: whoever owns the struct owns the bytes.
 */
struct buf {
	char *data; /* NULL while nothing was ever appended */
	size_t len; /* bytes in use */
	size_t cap; /* bytes allocated */
	size_t max; /* `len` never grows beyond this */
};

enum buf_result { BUF_OK, BUF_NO_MEMORY, BUF_TOO_LARGE };

/* Makes an empty buffer that takes at most `max` bytes. Allocates nothing. */
void buf_init(struct buf *buf, size_t max);

/* Appends *a copy* of the bytes: all of them, or none when the result is not BUF_OK. */
enum buf_result buf_append(struct buf *buf, const void *bytes, size_t len);

/* As buf_append, for a NUL-terminated string. */
enum buf_result buf_append_string(struct buf *buf, const char *string);

/* The content as a NUL-terminated string, "" when empty. *Borrowed until* the next call that changes the buffer. */
const char *buf_string(const struct buf *buf);

/* Forgets the content and keeps the memory for what comes next. */
void buf_clear(struct buf *buf);

/* Gives the memory back; the buffer is empty and usable again. */
void buf_free(struct buf *buf);

#endif
