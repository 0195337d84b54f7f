#ifndef BEANS_CHECK_H
#define BEANS_CHECK_H

/*
 * What the C tests share: cmocka, cases that stand in files, input in pieces that end right before a page nobody may
 * read, and bytes as text that can be compared.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"

/* The tests of one binary: functions, and one test for each file of a folder. */
struct suite {
	struct CMUnitTest *tests;
	size_t len;
};

#define SUITE_ADD(suite, function) suite_add(suite, #function, function, NULL)

/* Adds a test. `name` is *copied*; `state` is what the function finds in *state. */
void suite_add(struct suite *suite, const char *name, CMUnitTestFunction function, const char *state);

/* Adds a test for each file of the folder (below tests/data) that ends in `extension`; *state is its path. */
void suite_add_files(struct suite *suite, const char *folder, const char *extension, CMUnitTestFunction function);

/* Runs all, frees all. Returns what main should. */
int suite_run(const char *name, struct suite *suite);

/* Reads a whole file. The test fails when it can't. */
void check_read(const char *path, struct buf *out);

/* The path with another extension. *Borrowed until* the next call. */
const char *check_sibling(const char *path, const char *extension);

/* How many ways of cutting input into pieces there are: whole, byte by byte, and at random with a fixed seed. */
#define CHECK_SPLITS 8

typedef void (*check_feed_function)(void *context, const char *bytes, size_t len);

/* Feeds the bytes cut in the way `split`; from CHECK_SPLITS on the number itself says how long each piece is. Each
 * piece ends right before a page that can't be read. */
void check_feed(unsigned split, const char *bytes, size_t len, check_feed_function feed, void *context);

/* Appends formatted text. Allocates nothing but room in `out`, as check_escape. */
void check_print(struct buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends bytes as they stand between quotes: what is neither valid UTF-8 nor printable as \xHH. */
void check_escape(struct buf *out, const char *bytes, size_t len);

/* Fails the test when the bytes are not valid UTF-8. Knows that for itself, without csrc/utf8. */
void check_utf8(const char *bytes, size_t len);

/* Fails the test when the text is not one line of valid UTF-8 without control characters. */
void check_line(const char *text);

/* The next number of a row that is the same in each run. */
unsigned check_random(unsigned *seed);

#endif
