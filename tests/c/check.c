#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "utf8.h"

/* Printed by each binary; the same in each run, so that a failure can be repeated. */
#define SEED 20240229

#define PATH_LEN 512
/* What check_print takes at a time. */
#define PRINT_LEN 8192

static const char *data_root(void)
{
	const char *root = getenv("BEANS_TEST_DATA"); /* NOLINT(concurrency-mt-unsafe): there is one thread */
	return root ? root : "tests/data";
}

/* ---- the suite ------------------------------------------------------------------------------------------------- */

static char *copy_string(const char *string)
{
	char *copy = strdup(string);
	if (!copy)
		abort();
	return copy;
}

void suite_add(struct suite *suite, const char *name, CMUnitTestFunction function, const char *state)
{
	struct CMUnitTest *tests = realloc(suite->tests, (suite->len + 1) * sizeof *tests);
	if (!tests)
		abort();
	suite->tests = tests;
	tests[suite->len++] = (struct CMUnitTest){
		.name = copy_string(name),
		.test_func = function,
		.initial_state = state ? copy_string(state) : NULL,
	};
}

static bool ends_in(const char *name, const char *extension)
{
	size_t len = strlen(name), want = strlen(extension);
	return len > want && strcmp(name + len - want, extension) == 0;
}

void suite_add_files(struct suite *suite, const char *folder, const char *extension, CMUnitTestFunction function)
{
	char path[PATH_LEN];
	struct dirent **entries = NULL;
	(void)snprintf(path, sizeof path, "%s/%s", data_root(), folder);
	int count = scandir(path, &entries, NULL, alphasort);
	size_t before = suite->len;
	for (int i = 0; i < count; i++) {
		(void)snprintf(path, sizeof path, "%s/%s/%s", data_root(), folder, entries[i]->d_name);
		if (ends_in(path, extension))
			suite_add(suite, entries[i]->d_name, function, path);
		free(entries[i]);
	}
	free(entries);
	if (suite->len == before) {
		printf("Bail out! no *%s in %s/%s\n", extension, data_root(), folder);
		(void)fflush(stdout);
		abort();
	}
}

int suite_run(const char *name, struct suite *suite)
{
	printf("# %s: random splits with the seed %d\n", name, SEED);
	int failed = _cmocka_run_group_tests(name, suite->tests, suite->len, NULL, NULL);
	for (size_t i = 0; i < suite->len; i++) {
		free((char *)suite->tests[i].name);
		free(suite->tests[i].initial_state);
	}
	free(suite->tests);
	return failed;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

void check_read(const char *path, struct buf *out)
{
	char bytes[4096];
	FILE *file = fopen(path, "rb");
	if (!file)
		fail_msg("can't read %s", path);
	for (size_t n = 1; n > 0;) {
		n = fread(bytes, 1, sizeof bytes, file);
		assert_int_equal(buf_append(out, bytes, n), BUF_OK);
	}
	(void)fclose(file);
}

const char *check_sibling(const char *path, const char *extension)
{
	static char sibling[PATH_LEN];
	const char *dot = strrchr(path, '.');
	(void)snprintf(sibling, sizeof sibling, "%.*s%s", (int)(dot - path), path, extension);
	return sibling;
}

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

unsigned check_random(unsigned *seed)
{
	*seed = *seed * 1103515245U + 12345U;
	return *seed >> 8;
}

/* The longest piece of each way to cut; pieces are of a random length up to it. */
static size_t piece_max(unsigned split, size_t len)
{
	static const size_t most[CHECK_SPLITS] = {SIZE_MAX, 1, 2, 3, 5, 9, 40, 1000};
	size_t wanted = split < CHECK_SPLITS ? most[split] : 1 + split % 64;
	return wanted < len ? wanted : len;
}

/* The end of memory for at least `wanted` bytes, with a page behind it that nobody may read. *Borrowed until* the next
 * call: it is kept, because a fuzzer asks for it a million times. */
static char *guarded_end(size_t wanted)
{
	static char *area;
	static size_t room;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	if (area && wanted <= room)
		return area + room;
	if (area)
		munmap(area, room + page);
	room = (wanted / page + 1) * page;
	area = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(area, MAP_FAILED);
	assert_int_equal(mprotect(area + room, page, PROT_NONE), 0);
	return area + room;
}

void check_feed(unsigned split, const char *bytes, size_t len, check_feed_function feed, void *context)
{
	size_t most = piece_max(split, len);
	unsigned seed = SEED + split;
	char *end = guarded_end(most);
	for (size_t at = 0; at < len;) {
		size_t n = split ? 1 + check_random(&seed) % most : len;
		if (n > len - at)
			n = len - at;
		memcpy(end - n, bytes + at, n);
		feed(context, end - n, n);
		at += n;
	}
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

void check_print(struct buf *out, const char *format, ...)
{
	char text[PRINT_LEN];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	assert_in_range(len, 0, sizeof text - 1);
	assert_int_equal(buf_append(out, text, (size_t)len), BUF_OK);
}

void check_escape(struct buf *out, const char *bytes, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < len;) {
		size_t n = utf8_char_len(bytes + i, len - i);
		unsigned char byte = (unsigned char)bytes[i];
		const char hex[] = {'\\', 'x', digits[byte >> 4], digits[byte & 0xF], '\0'};
		const char quoted[] = {'\\', (char)byte, '\0'};
		enum buf_result result = BUF_OK;
		if (byte == '\n')
			result = buf_append_string(out, "\\n");
		else if (byte == '"' || byte == '\\')
			result = buf_append_string(out, quoted);
		else if (n == 0 || byte < 0x20 || byte == 0x7F)
			result = buf_append_string(out, hex);
		else
			result = buf_append(out, bytes + i, n);
		assert_int_equal(result, BUF_OK);
		i += n ? n : 1;
	}
}

/* How many bytes follow the first one of a character; -1: none begins so. */
static int count_following(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first < 0xC2 || first > 0xF4)
		return -1;
	return first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
}

void check_utf8(const char *bytes, size_t len)
{
	static const unsigned least[] = {0, 0x80, 0x800, 0x10000};
	for (size_t i = 0; i < len;) {
		unsigned char first = (unsigned char)bytes[i++];
		int following = count_following(first);
		assert_in_range(following, 0, len - i);
		unsigned code = following ? first & (0x3FU >> following) : first;
		for (int n = 0; n < following; n++, i++) {
			assert_int_equal((unsigned char)bytes[i] & 0xC0, 0x80);
			code = (code << 6) | ((unsigned char)bytes[i] & 0x3FU);
		}
		assert_in_range(code, least[following], 0x10FFFF);
		assert_false(code >= 0xD800 && code <= 0xDFFF);
	}
}

void check_line(const char *text)
{
	check_utf8(text, strlen(text));
	for (const char *at = text; *at; at++) {
		bool is_c1 = (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] < 0xA0;
		assert_false((unsigned char)*at < ' ' || *at == 0x7F || is_c1);
	}
}
