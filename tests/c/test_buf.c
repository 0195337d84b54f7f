#include "check.h"

#include <string.h>

static void is_empty_at_first(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 10);
	assert_null(buf.data);
	assert_string_equal(buf_string(&buf), "");
	buf_clear(&buf);
	buf_free(&buf);
}

static void appends_and_ends_in_nul(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 1000);
	assert_int_equal(buf_append(&buf, "ab\0c", 4), BUF_OK);
	assert_int_equal(buf_append_string(&buf, "de"), BUF_OK);
	assert_int_equal(buf.len, 6);
	assert_memory_equal(buf.data, "ab\0cde", 7);
	buf_free(&buf);
}

static void takes_nothing_as_well(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 0);
	assert_int_equal(buf_append(&buf, NULL, 0), BUF_OK);
	assert_string_equal(buf_string(&buf), "");
	assert_int_equal(buf_append(&buf, "x", 1), BUF_TOO_LARGE);
	buf_free(&buf);
}

static void takes_all_or_none_at_its_limit(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 5);
	assert_int_equal(buf_append_string(&buf, "abc"), BUF_OK);
	assert_int_equal(buf_append_string(&buf, "def"), BUF_TOO_LARGE);
	assert_int_equal(buf_append(&buf, "x", SIZE_MAX), BUF_TOO_LARGE);
	assert_string_equal(buf_string(&buf), "abc");
	assert_int_equal(buf_append_string(&buf, "de"), BUF_OK);
	assert_string_equal(buf_string(&buf), "abcde");
	buf_free(&buf);
}

static void keeps_its_memory_when_cleared(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 1000);
	assert_int_equal(buf_append_string(&buf, "abc"), BUF_OK);
	const char *data = buf.data;
	buf_clear(&buf);
	assert_string_equal(buf_string(&buf), "");
	assert_int_equal(buf_append_string(&buf, "de"), BUF_OK);
	assert_ptr_equal(buf.data, data);
	assert_string_equal(buf_string(&buf), "de");
	buf_free(&buf);
	assert_int_equal(buf.len, 0);
	assert_int_equal(buf_append_string(&buf, "usable again"), BUF_OK);
	buf_free(&buf);
}

static void grows_by_single_bytes(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(buf_append(&buf, &"0123456789"[i % 10], 1), BUF_OK);
	assert_int_equal(buf.len, 100000);
	assert_int_equal(strspn(buf.data, "0123456789"), 100000);
	assert_int_equal(buf.data[99999], '9');
	buf_free(&buf);
}

int main(void)
{
	struct suite suite = {0};
	SUITE_ADD(&suite, is_empty_at_first);
	SUITE_ADD(&suite, appends_and_ends_in_nul);
	SUITE_ADD(&suite, takes_nothing_as_well);
	SUITE_ADD(&suite, takes_all_or_none_at_its_limit);
	SUITE_ADD(&suite, keeps_its_memory_when_cleared);
	SUITE_ADD(&suite, grows_by_single_bytes);
	return suite_run("buf", &suite);
}
