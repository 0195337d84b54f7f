#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

unsigned fuzz_split(const uint8_t *data, size_t size)
{
	unsigned hash = 2166136261U;
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 16777619U;
	return CHECK_SPLITS + hash / 2; /* the half, so that the sum stays a number above */
}

void fuzz_same(const struct buf *whole, const char *way, const struct buf *other)
{
	if (whole->len == other->len && memcmp(buf_string(whole), buf_string(other), whole->len) == 0)
		return;
	(void)fprintf(stderr, "whole:\n%s\n%s:\n%s\n", buf_string(whole), way, buf_string(other));
	abort();
}
