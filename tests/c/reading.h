#ifndef TEST_READING_H
#define TEST_READING_H

#include "check.h"
#include "sse.h"

/* What an event-stream parser handed out, as text: a line for each record, its type and its data. */
struct reading {
	struct sse sse;
	struct buf records;
	size_t stop_after; /* so many records; 0: never */
	size_t count;
	enum sse_result result;
};

void reading_begin(struct reading *reading);

/* For check_feed; `context` is the reading. Nothing is fed after anything but SSE_OK. */
void reading_feed(void *context, const char *bytes, size_t len);

void reading_end(struct reading *reading);

#endif
