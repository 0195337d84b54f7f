#include "check.h"

#include <string.h>

#include "failure.h"
#include "utf8.h"

static void names_every_kind(void **state)
{
	(void)state;
	static const char *const names[] = {"", "network", "tls", "timeout", "auth", "quota", "rate_limit", "http",
		"protocol", "truncated", "too_large", "no_memory", "cancelled", "shutdown", "config"};
	for (int kind = FAILURE_NONE; kind <= FAILURE_CONFIG; kind++)
		assert_string_equal(failure_kind_name((enum failure_kind)kind), names[kind]);
}

static void set_forgets_what_was(void **state)
{
	(void)state;
	struct failure failure = {.kind = FAILURE_HTTP, .message = "old", .code = "old", .param = "old"};
	failure_set(&failure, FAILURE_TIMEOUT, "no answer after %d s", 7);
	assert_int_equal(failure.kind, FAILURE_TIMEOUT);
	assert_string_equal(failure.message, "no answer after 7 s");
	assert_string_equal(failure.code, "");
	assert_string_equal(failure.param, "");
}

static void check_append(const char *text, size_t len, const char *secret, const char *wanted)
{
	struct failure failure;
	failure_set(&failure, FAILURE_HTTP, "-");
	failure_append(&failure, text, len, secret);
	assert_string_equal(failure.message, wanted);
}

#define TEXT(bytes) bytes, sizeof(bytes) - 1

static void makes_one_clean_line(void **state)
{
	(void)state;
	check_append(TEXT("a\r\n\tb\0c\x7F z"), NULL, "-a b c z");
	check_append(TEXT("\x1B[31mred\x1B[0m"), NULL, "- [31mred [0m");
	check_append(TEXT("C1\xC2\x9Bhere"), NULL, "-C1 here");
	check_append(TEXT("two\xE2\x80\xA8lines\xE2\x80\xA9more"), NULL, "-two lines more");
	check_append(TEXT("bad \xFF\xC0\x80\xED\xA0\xBD bytes"), NULL, "-bad bytes");
	check_append(TEXT("cut \xE2\x82"), NULL, "-cut ");
	check_append(TEXT("naïve 😀"), NULL, "-naïve 😀");
}

static void masks_the_key(void **state)
{
	(void)state;
	check_append(TEXT("sk-1"), "sk-1", "-***");
	check_append(TEXT("key sk-1sk-1, and sk-1."), "sk-1", "-key ******, and ***.");
	check_append(TEXT("sk-"), "sk-1", "-sk-");
	check_append(TEXT("sk-1"), "", "-sk-1");
	check_append(TEXT("a key"), "a key that is longer", "-a key");
	check_append(TEXT("ké y"), "é", "-k*** y");
}

static size_t chars_of(const char *text)
{
	size_t count = 0;
	for (size_t at = 0; text[at]; count++)
		at += utf8_char_len(text + at, strlen(text + at));
	return count;
}

static void cuts_at_a_thousand_characters(void **state)
{
	(void)state;
	struct failure failure;
	struct buf text;
	buf_init(&text, 10000);
	for (int i = 0; i < 1500; i++)
		assert_int_equal(buf_append_string(&text, i % 2 ? "😀" : "é"), BUF_OK);
	failure_set(&failure, FAILURE_HTTP, "begin: ");
	failure_append(&failure, text.data, text.len, NULL);
	assert_int_equal(chars_of(failure.message), FAILURE_MESSAGE_CHARS);
	failure_append(&failure, TEXT("more"), NULL);
	assert_int_equal(chars_of(failure.message), FAILURE_MESSAGE_CHARS);
	buf_free(&text);
}

/* Wherever the cut falls, no piece of the key is left before it. */
static void leaves_no_half_of_a_key_at_the_edge(void **state)
{
	(void)state;
	static const char secret[] = "sk-beans-SECRET";
	for (size_t before = FAILURE_MESSAGE_CHARS - 40; before <= FAILURE_MESSAGE_CHARS; before++) {
		struct failure failure;
		struct buf text;
		buf_init(&text, 10000);
		for (size_t i = 0; i < before; i++)
			assert_int_equal(buf_append_string(&text, "x"), BUF_OK);
		assert_int_equal(buf_append_string(&text, secret), BUF_OK);
		failure_set(&failure, FAILURE_HTTP, "%s", "");
		failure_append(&failure, text.data, text.len, secret);
		assert_null(strstr(failure.message, "sk"));
		assert_true(chars_of(failure.message) <= FAILURE_MESSAGE_CHARS);
		failure_set(&failure, FAILURE_HTTP, "%s", "");
		failure_append_some(&failure, before, text.data, text.len, secret);
		assert_null(strstr(failure.message, "sk"));
		assert_int_equal(strlen(failure.message), before);
		buf_free(&text);
	}
}

static void appends_some(void **state)
{
	(void)state;
	struct failure failure;
	failure_set(&failure, FAILURE_HTTP, "a: ");
	failure_append_some(&failure, 3, TEXT(" €€€€"), NULL);
	assert_string_equal(failure.message, "a: €€€");
	failure_append_some(&failure, 0, TEXT("more"), NULL);
	assert_string_equal(failure.message, "a: €€€");
}

static void copies_a_line_into_little_room(void **state)
{
	(void)state;
	char line[8];
	failure_copy_line(line, sizeof line, TEXT(" a\nb\n"), NULL);
	assert_string_equal(line, "a b");
	failure_copy_line(line, sizeof line, TEXT("1234567890"), NULL);
	assert_string_equal(line, "1234567");
	failure_copy_line(line, sizeof line, TEXT("12345€"), NULL);
	assert_string_equal(line, "12345");
	failure_copy_line(line, sizeof line, TEXT("1234€"), NULL);
	assert_string_equal(line, "1234€");
	failure_copy_line(line, sizeof line, TEXT("my sk-1"), "sk-1");
	assert_string_equal(line, "my ***");
	failure_copy_line(line, sizeof line, TEXT(""), NULL);
	assert_string_equal(line, "");
}

int main(void)
{
	struct suite suite = {0};
	SUITE_ADD(&suite, names_every_kind);
	SUITE_ADD(&suite, set_forgets_what_was);
	SUITE_ADD(&suite, makes_one_clean_line);
	SUITE_ADD(&suite, masks_the_key);
	SUITE_ADD(&suite, cuts_at_a_thousand_characters);
	SUITE_ADD(&suite, leaves_no_half_of_a_key_at_the_edge);
	SUITE_ADD(&suite, appends_some);
	SUITE_ADD(&suite, copies_a_line_into_little_room);
	return suite_run("failure", &suite);
}
