#include "check.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"

struct joining {
	struct utf8_joiner joiner;
	struct buf *out;
};

static void feed(void *context, const char *bytes, size_t len)
{
	struct joining *joining = context;
	assert_int_equal(utf8_join(&joining->joiner, bytes, len, joining->out), BUF_OK);
}

static void join(unsigned split, const char *bytes, size_t len, struct buf *out)
{
	struct joining joining = {.out = out};
	buf_clear(out);
	check_feed(split, bytes, len, feed, &joining);
	assert_int_equal(utf8_join_end(&joining.joiner, out), BUF_OK);
	assert_int_equal(joining.joiner.held_len, 0);
}

#define IN(bytes) bytes, sizeof(bytes) - 1
#define R "\xEF\xBF\xBD"

static const struct {
	const char *what;
	const char *in;
	size_t in_len;
	const char *out;
	size_t out_len;
} CASES[] = {
	{"nothing", IN(""), IN("")},
	{"ASCII with a NUL", IN("a\0b"), IN("a\0b")},
	{"two, three and four bytes", IN("é€😀"), IN("é€😀")},
	{"the borders of each length",
		IN("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"),
		IN("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF")},
	{"the neighbours of the surrogates", IN("\xED\x9F\xBF\xEE\x80\x80"), IN("\xED\x9F\xBF\xEE\x80\x80")},
	{"C0 80 is NUL", IN("a\xC0\x80z"), IN("a\0z")},
	{"C0 with anything else", IN("\xC0\xC0\x80\xC0z\xC0"), IN(R "\0" R "z" R)},
	{"overlong forms", IN("\xC1\xBF\xE0\x9F\xBF\xF0\x8F\xBF\xBF"), IN(R R R R R R R R R)},
	{"beyond U+10FFFF", IN("\xF4\x90\x80\x80\xF5\xFF"), IN(R R R R R R)},
	{"lone continuation bytes", IN("\x80z\xBF"), IN(R "z" R)},
	{"one for each maximal subpart", IN("\xE2\x82z\xF0\x9F\x98z\xF0\x9F\xE2\x82\xAC"), IN(R "z" R "z" R "€")},
	{"a character cut at the end", IN("a\xF0\x9F\x98"), IN("a" R)},
	{"the example of the Unicode standard", IN("a\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"),
		IN("a" R R R "b" R "c" R R "d")},
	{"a surrogate pair in two halves", IN("\xED\xA0\xBD\xED\xB8\x80"), IN("😀")},
	{"the first and the last pair", IN("\xED\xA0\x80\xED\xB0\x80\xED\xAF\xBF\xED\xBF\xBF"),
		IN("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF")},
	{"two pairs", IN("\xED\xA0\xBD\xED\xB8\x80\xED\xA0\xBD\xED\xB8\x81"), IN("😀😁")},
	{"a high half alone", IN("a\xED\xA0\xBDz"), IN("a" R "z")},
	{"a high half at the end", IN("a\xED\xA0\xBD"), IN("a" R)},
	{"a low half alone", IN("a\xED\xB8\x80z"), IN("a" R "z")},
	{"two high halves, then a low one", IN("\xED\xA0\xBD\xED\xA0\xBD\xED\xB8\x80"), IN(R "😀")},
	{"a low half before a high one", IN("\xED\xB8\x80\xED\xA0\xBD"), IN(R R)},
	{"a high half, then another character", IN("\xED\xA0\xBD\xED\x80\x80"), IN(R "\xED\x80\x80")},
	{"a high half, then NUL", IN("\xED\xA0\xBD\xC0\x80"), IN(R "\0")},
	{"a high half, then a cut low one", IN("\xED\xA0\xBD\xED\xB8"), IN(R R R)},
	{"a high half, then a cut low one and a letter", IN("\xED\xA0\xBD\xED\xB8z"), IN(R R R "z")},
	{"a cut high half", IN("\xED\xA0z"), IN(R R "z")},
};

static void joins_the_same_for_any_split(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		for (unsigned split = 0; split < CHECK_SPLITS; split++) {
			join(split, CASES[i].in, CASES[i].in_len, &out);
			if (out.len != CASES[i].out_len || memcmp(buf_string(&out), CASES[i].out, out.len) != 0)
				fail_msg("%s, split %u: %s", CASES[i].what, split, buf_string(&out));
		}
	}
	buf_free(&out);
}

/* The decoder of the WHATWG Encoding Standard, 8.1.1, word for word, writing UTF-8 again. */
static void decode_as_the_standard_says(const unsigned char *in, size_t len, struct buf *out)
{
	size_t needed = 0, seen = 0, begin = 0;
	unsigned char lower = 0x80, upper = 0xBF;
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = in[i];
		if (needed == 0) {
			begin = i;
			needed = byte >= 0xC2 && byte <= 0xDF   ? 1
				 : (byte & 0xF0) == 0xE0        ? 2
				 : byte >= 0xF0 && byte <= 0xF4 ? 3
								: 0;
			lower = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
			upper = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
			if (byte < 0x80)
				buf_append(out, in + i, 1);
			else if (needed == 0)
				buf_append(out, R, 3);
			continue;
		}
		if (byte < lower || byte > upper) {
			needed = seen = 0;
			i--; /* the byte is looked at again */
			buf_append(out, R, 3);
			continue;
		}
		lower = 0x80;
		upper = 0xBF;
		if (++seen == needed) {
			buf_append(out, in + begin, needed + 1);
			needed = seen = 0;
		}
	}
	if (needed > 0)
		buf_append(out, R, 3);
}

/* Whether the bytes hold one of our own marks, which the standard does not know. */
static bool has_mark(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++)
		if ((bytes[i] == 0xED && bytes[i + 1] >= 0xA0 && bytes[i + 1] <= 0xBF && i + 2 < len) ||
			(bytes[i] == 0xC0 && bytes[i + 1] == 0x80))
			return true;
	return false;
}

static void agrees_with_the_standard(void **state)
{
	(void)state;
	static const unsigned char alphabet[] = {'a', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
		0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF};
	struct buf out, wanted;
	unsigned seed = 1, compared = 0;
	buf_init(&out, 1000);
	buf_init(&wanted, 1000);
	for (int i = 0; i < 30000; i++) {
		unsigned char bytes[8];
		size_t len = 1 + check_random(&seed) % sizeof bytes;
		for (size_t at = 0; at < len; at++)
			bytes[at] = alphabet[check_random(&seed) % sizeof alphabet];
		if (has_mark(bytes, len))
			continue;
		buf_clear(&wanted);
		decode_as_the_standard_says(bytes, len, &wanted);
		join(i % 3 == 0 ? 0 : 1, (const char *)bytes, len, &out);
		assert_int_equal(out.len, wanted.len);
		assert_memory_equal(buf_string(&out), buf_string(&wanted), out.len);
		compared++;
	}
	assert_true(compared > 10000);
	buf_free(&out);
	buf_free(&wanted);
}

static void what_leaves_it_is_always_valid(void **state)
{
	(void)state;
	struct buf out;
	unsigned seed = 2;
	buf_init(&out, 10000);
	for (int i = 0; i < 300; i++) {
		char bytes[200];
		for (size_t at = 0; at < sizeof bytes; at++)
			bytes[at] = (char)(0x80 | check_random(&seed));
		join((unsigned)i % CHECK_SPLITS, bytes, sizeof bytes, &out);
		for (size_t at = 0, n = 0; at < out.len; at += n) {
			n = utf8_char_len(out.data + at, out.len - at);
			assert_true(n > 0);
		}
	}
	buf_free(&out);
}

static void holds_back_what_is_cut(void **state)
{
	(void)state;
	struct utf8_joiner joiner = {0};
	struct buf out;
	buf_init(&out, 100);
	assert_int_equal(utf8_join(&joiner, "a\xF0\x9F", 3, &out), BUF_OK);
	assert_string_equal(buf_string(&out), "a");
	assert_int_equal(utf8_join(&joiner, "\x98\x80", 2, &out), BUF_OK);
	assert_string_equal(buf_string(&out), "a😀");
	assert_int_equal(utf8_join(&joiner, "\xED\xA0\xBD", 3, &out), BUF_OK);
	assert_string_equal(buf_string(&out), "a😀");
	assert_int_equal(utf8_join(&joiner, "", 0, &out), BUF_OK);
	assert_int_equal(utf8_join(&joiner, "\xED\xB8\x80", 3, &out), BUF_OK);
	assert_string_equal(buf_string(&out), "a😀😀");
	buf_free(&out);
}

static void says_when_there_is_no_room(void **state)
{
	(void)state;
	struct utf8_joiner joiner = {0};
	struct buf out;
	buf_init(&out, 4);
	assert_int_equal(utf8_join(&joiner, "abc\xE2\x82", 5, &out), BUF_OK);
	assert_int_equal(utf8_join(&joiner, "\xAC", 1, &out), BUF_TOO_LARGE);
	buf_free(&out);
}

static void measures_characters(void **state)
{
	(void)state;
	assert_int_equal(utf8_char_len("", 0), 0);
	assert_int_equal(utf8_char_len("a", 1), 1);
	assert_int_equal(utf8_char_len("", 1), 1);
	assert_int_equal(utf8_char_len("é", 2), 2);
	assert_int_equal(utf8_char_len("€", 3), 3);
	assert_int_equal(utf8_char_len("😀", 4), 4);
	assert_int_equal(utf8_char_len("😀", 3), 0);
	assert_int_equal(utf8_char_len("\xC0\x80", 2), 0);
	assert_int_equal(utf8_char_len("\xED\xA0\xBD", 3), 0);
	assert_int_equal(utf8_char_len("\xED\xB8\x80", 3), 0);
	assert_int_equal(utf8_char_len("\xFF", 1), 0);
}

int main(void)
{
	struct suite suite = {0};
	SUITE_ADD(&suite, joins_the_same_for_any_split);
	SUITE_ADD(&suite, agrees_with_the_standard);
	SUITE_ADD(&suite, what_leaves_it_is_always_valid);
	SUITE_ADD(&suite, holds_back_what_is_cut);
	SUITE_ADD(&suite, says_when_there_is_no_room);
	SUITE_ADD(&suite, measures_characters);
	return suite_run("utf8", &suite);
}
