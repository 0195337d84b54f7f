#include "reading.h"

static bool listen(void *context, const char *type, const char *data, size_t len)
{
	struct reading *reading = context;
	assert_int_equal(data[len], '\0');
	check_print(&reading->records, "%s \"", type);
	check_escape(&reading->records, data, len);
	check_print(&reading->records, "\"\n");
	return ++reading->count != reading->stop_after;
}

void reading_begin(struct reading *reading)
{
	*reading = (struct reading){.result = SSE_OK};
	buf_init(&reading->records, 1 << 20);
	sse_init(&reading->sse, listen, reading);
}

void reading_feed(void *context, const char *bytes, size_t len)
{
	struct reading *reading = context;
	if (reading->result == SSE_OK)
		reading->result = sse_feed(&reading->sse, bytes, len);
}

void reading_end(struct reading *reading)
{
	sse_free(&reading->sse);
	buf_free(&reading->records);
}
