#ifndef BEANS_WIPE_H
#define BEANS_WIPE_H

#include <stddef.h>

/* Overwrites a secret before its memory is given back; no compiler may leave that out. (Not every libc has a call.) */
static inline void wipe(void *bytes, size_t len)
{
	for (volatile unsigned char *at = bytes; len > 0; len--)
		*at++ = 0;
}

#endif
