#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* What libFuzzer calls with each input; it crashes where something is wrong, and returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A way to cut for check_feed, one of its own for each input. */
unsigned fuzz_split(const uint8_t *data, size_t size);

/* Crashes when both are not the same, and prints them. `way` says how `other` was read; `whole` was read whole. */
void fuzz_same(const struct buf *whole, const char *way, const struct buf *other);

#endif
