#include "check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

#define IN(bytes) bytes, sizeof(bytes) - 1
#define HIGH "\xED\xA0\xBD" /* U+D83D as WTF-8 */
#define LOW "\xED\xB8\x80"  /* U+DE00 */
#define NUL "\xC0\x80"

/* What is read, and what cJSON prints of it; NULL: it is refused. */
static const struct {
	const char *in;
	size_t in_len;
	enum json_trailing trailing;
	const char *out;
} CASES[] = {
	{IN("{\"a\":[1,2.5,true,false,null,\"x\"]}"), JSON_TRAILING_REFUSED, "{\"a\":[1,2.5,true,false,null,\"x\"]}"},
	{IN(" \t\r\n[ ] \n"), JSON_TRAILING_REFUSED, "[]"},
	{IN("\xEF\xBB\xBF{}"), JSON_TRAILING_REFUSED, "{}"},
	{IN(""), JSON_TRAILING_IGNORED, NULL},
	{IN("\xEF\xBB\xBF"), JSON_TRAILING_IGNORED, NULL},
	{IN("\xEF\xBB"), JSON_TRAILING_IGNORED, NULL},
	{IN("{"), JSON_TRAILING_IGNORED, NULL},
	{IN("[1,]"), JSON_TRAILING_IGNORED, NULL},
	{IN("<html>"), JSON_TRAILING_IGNORED, NULL},
	/* bytes after the value */
	{IN("{}x"), JSON_TRAILING_IGNORED, "{}"},
	{IN("{}x"), JSON_TRAILING_REFUSED, NULL},
	{IN("{}{}"), JSON_TRAILING_REFUSED, NULL},
	{IN("{}\0"), JSON_TRAILING_IGNORED, "{}"},
	{IN("{}\0"), JSON_TRAILING_REFUSED, NULL},
	{IN("{}]]]]}}"), JSON_TRAILING_IGNORED, "{}"},
	/* surrogates */
	{IN("\"\\ud83d\\ude00\""), JSON_TRAILING_REFUSED, "\"😀\""},
	{IN("\"\\uD83D\\uDE00\""), JSON_TRAILING_REFUSED, "\"😀\""},
	{IN("\"\\ud83d\""), JSON_TRAILING_REFUSED, "\"" HIGH "\""},
	{IN("\"\\ude00\""), JSON_TRAILING_REFUSED, "\"" LOW "\""},
	{IN("\"\\ud83dx\""), JSON_TRAILING_REFUSED, "\"" HIGH "x\""},
	{IN("\"\\ud83d\\n\""), JSON_TRAILING_REFUSED, "\"" HIGH "\\n\""},
	{IN("\"\\ud83d\\u0041\""), JSON_TRAILING_REFUSED, "\"" HIGH "A\""},
	{IN("\"\\ud83d\\ud83d\\ude00\""), JSON_TRAILING_REFUSED, "\"" HIGH "😀\""},
	{IN("\"\\ude00\\ud83d\""), JSON_TRAILING_REFUSED, "\"" LOW HIGH "\""},
	{IN("{\"\\ud83d\":1}"), JSON_TRAILING_REFUSED, "{\"" HIGH "\":1}"},
	{IN("\"\\\\ud83d\""), JSON_TRAILING_REFUSED, "\"\\\\ud83d\""},
	{IN("\"\\ud83"), JSON_TRAILING_IGNORED, NULL},
	{IN("\"\\ud8"), JSON_TRAILING_IGNORED, NULL},
	{IN("\"\\"), JSON_TRAILING_IGNORED, NULL},
	{IN("\"\\uZZZZ\""), JSON_TRAILING_IGNORED, NULL},
	/* U+0000 */
	{IN("\"a\\u0000z\""), JSON_TRAILING_REFUSED, "\"a" NUL "z\""},
	{IN("{\"a\\u0000z\":1}"), JSON_TRAILING_REFUSED, "{\"a" NUL "z\":1}"},
	{IN("\"a\0z\""), JSON_TRAILING_REFUSED, "\"a\xFFz\""},
	{IN("[1\0,2]"), JSON_TRAILING_REFUSED, NULL},
	{IN("\"\\\0\""), JSON_TRAILING_REFUSED, NULL},
	/* what could be taken for our marks */
	{IN("\"\xC0\x80\""), JSON_TRAILING_REFUSED, "\"\xFF\x80\""},
	{IN("\"\xED\xA0\xBD\""), JSON_TRAILING_REFUSED, "\"\xFF\xA0\xBD\""},
	{IN("\"\xED\x9F\xBF\""), JSON_TRAILING_REFUSED, "\"\xED\x9F\xBF\""},
	{IN("\"\xC1\xF5\xFE\xFF\""), JSON_TRAILING_REFUSED, "\"\xFF\xFF\xFF\xFF\""},
	{IN("\"naïve €😀\""), JSON_TRAILING_REFUSED, "\"naïve €😀\""},
	/* brackets and quotes in strings */
	{IN("[\"]}\\\"[{\",1]"), JSON_TRAILING_REFUSED, "[\"]}\\\"[{\",1]"},
};

static void reads_what_cjson_alone_does_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		cJSON *value = json_parse(CASES[i].in, CASES[i].in_len, CASES[i].trailing);
		if (!value) {
			assert_int_equal(errno, EINVAL);
			if (CASES[i].out)
				fail_msg("%s is refused", CASES[i].in);
			continue;
		}
		char *text = cJSON_PrintUnformatted(value);
		assert_non_null(text);
		if (!CASES[i].out || strcmp(text, CASES[i].out) != 0)
			fail_msg("%s is read as %s", CASES[i].in, text);
		free(text);
		cJSON_Delete(value);
	}
}

static double number(const char *text)
{
	cJSON *value = json_parse(text, strlen(text), JSON_TRAILING_REFUSED);
	assert_true(cJSON_IsNumber(value));
	double result = value->valuedouble;
	cJSON_Delete(value);
	return result;
}

static void reads_numbers_of_any_size(void **state)
{
	(void)state;
	char digits[1002];
	assert_true(number("9007199254740993") >= 9007199254740992.0);
	assert_true(number("5000000000") == 5e9);
	assert_true(isinf(number("1e999")));
	assert_true(number("-1e999") < 0 && isinf(number("-1e999")));
	memset(digits, '0', sizeof digits - 1);
	digits[sizeof digits - 1] = '\0';
	memcpy(digits, "0.", 2);
	memcpy(digits + 90, "25", 2);
	assert_true(number(digits) > 2.4999e-89 && number(digits) < 2.5001e-89);
	memcpy(digits, "1.25", 4);
	assert_true(number(digits) == 1.25);
	memset(digits, '9', sizeof digits - 1);
	assert_true(isinf(number(digits)));
	digits[0] = '-';
	assert_true(isinf(number(digits)) && number(digits) < 0);
}

static void refuses_long_garbage_that_begins_as_a_number(void **state)
{
	(void)state;
	char text[101];
	memset(text, '-', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	text[0] = '1';
	assert_null(json_parse(text, strlen(text), JSON_TRAILING_REFUSED));
	text[1] = 'e';
	assert_null(json_parse(text, strlen(text), JSON_TRAILING_REFUSED));
}

static size_t depth_of(const cJSON *value)
{
	size_t depth = 0;
	for (; value; value = value->child)
		depth += cJSON_IsArray(value) || cJSON_IsObject(value);
	return depth;
}

/* `open` a hundred thousand times, a string full of brackets, then `close` as often. */
static cJSON *parse_nested(const char *open, const char *close, int times)
{
	struct buf text;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < times; i++)
		assert_int_equal(buf_append_string(&text, open), BUF_OK);
	assert_int_equal(buf_append_string(&text, "\"]}\\\"[{\\\\\""), BUF_OK);
	for (int i = 0; i < times; i++)
		assert_int_equal(buf_append_string(&text, close), BUF_OK);
	cJSON *value = json_parse(text.data, text.len, JSON_TRAILING_REFUSED);
	buf_free(&text);
	return value;
}

static void cuts_off_what_is_nested_too_deep(void **state)
{
	(void)state;
	static const struct {
		const char *open, *close;
		int times;
		size_t depth;
	} cases[] = {
		{"[", "]", JSON_MAX_DEPTH, JSON_MAX_DEPTH},
		{"[", "]", JSON_MAX_DEPTH + 1, JSON_MAX_DEPTH},
		{"[", "]", 100000, JSON_MAX_DEPTH},
		{"{\"a\":", "}", 100000, JSON_MAX_DEPTH},
		{"[1,{\"a\":[", "]}]", 1000, JSON_MAX_DEPTH},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cJSON *value = parse_nested(cases[i].open, cases[i].close, cases[i].times);
		assert_non_null(value);
		if (i < 4)
			assert_int_equal(depth_of(value), cases[i].depth);
		cJSON_Delete(value);
	}
	assert_null(parse_nested("[", "", 100000));
}

static void keeps_what_stands_beside_it(void **state)
{
	(void)state;
	struct buf text;
	buf_init(&text, 1 << 20);
	assert_int_equal(buf_append_string(&text, "{\"a\":"), BUF_OK);
	for (int i = 0; i < 2000; i++)
		assert_int_equal(buf_append_string(&text, "["), BUF_OK);
	for (int i = 0; i < 2000; i++)
		assert_int_equal(buf_append_string(&text, "]"), BUF_OK);
	assert_int_equal(buf_append_string(&text, ",\"b\":\"kept\"}"), BUF_OK);
	cJSON *value = json_parse(text.data, text.len, JSON_TRAILING_REFUSED);
	assert_string_equal(json_get_string(value, "b"), "kept");
	cJSON_Delete(value);
	buf_free(&text);
}

static void finds_members_by_exact_case(void **state)
{
	(void)state;
	cJSON *value = json_parse(IN("{\"A\":1,\"a\":\"text\",\"n\":null}"), JSON_TRAILING_REFUSED);
	assert_true(cJSON_IsNumber(json_get(value, "A")));
	assert_string_equal(json_get_string(value, "a"), "text");
	assert_null(json_get_string(value, "A"));
	assert_null(json_get_string(value, "n"));
	assert_null(json_get(value, "b"));
	assert_null(json_get(json_get(value, "a"), "x"));
	assert_null(json_get(NULL, "a"));
	assert_null(json_get_string(NULL, "a"));
	cJSON_Delete(value);
}

/* Nothing but JSON's own marks, in any order: what is read is a tree that can be walked. */
static void survives_any_text(void **state)
{
	(void)state;
	static const char *const pieces[] = {"{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\\", "\\u0000", "\\ud83d",
		"\\ude00", "\\u00", "1", "-", "1e999",
		"0000000000000000000000000000000000000000000000000000000000000001", "true", "null", " ", "\xED\xA0",
		"\xC0", "\xFF", "é"};
	unsigned seed = 3;
	int read = 0;
	struct buf text;
	buf_init(&text, 2000);
	for (int i = 0; i < 20000; i++) {
		buf_clear(&text);
		for (unsigned count = 1 + check_random(&seed) % 12; count > 0; count--) {
			const char *piece = pieces[check_random(&seed) % (sizeof pieces / sizeof *pieces)];
			assert_int_equal(buf_append_string(&text, piece), BUF_OK);
		}
		cJSON *value = json_parse(text.data, text.len, JSON_TRAILING_IGNORED);
		char *printed = value ? cJSON_PrintUnformatted(value) : NULL;
		if (value)
			assert_non_null(printed);
		read += value != NULL;
		free(printed);
		cJSON_Delete(value);
	}
	buf_free(&text);
	assert_true(read > 1000);
}

int main(void)
{
	struct suite suite = {0};
	SUITE_ADD(&suite, reads_what_cjson_alone_does_not);
	SUITE_ADD(&suite, reads_numbers_of_any_size);
	SUITE_ADD(&suite, refuses_long_garbage_that_begins_as_a_number);
	SUITE_ADD(&suite, cuts_off_what_is_nested_too_deep);
	SUITE_ADD(&suite, keeps_what_stands_beside_it);
	SUITE_ADD(&suite, finds_members_by_exact_case);
	SUITE_ADD(&suite, survives_any_text);
	return suite_run("json", &suite);
}
