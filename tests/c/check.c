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

/* The longest piece of each way to cut: 0 for the whole, else a random length up to it. */
static const size_t PIECE_MAX[CHECK_SPLITS] = {0, 1, 2, 3, 5, 9, 40, 1000};

void check_feed(unsigned split, const char *bytes, size_t len, check_feed_function feed, void *context)
{
	size_t most = PIECE_MAX[split] && PIECE_MAX[split] < len ? PIECE_MAX[split] : len;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = (most / page + 1) * page;
	unsigned seed = SEED + split;
	char *area = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(area, MAP_FAILED);
	assert_int_equal(mprotect(area + room, page, PROT_NONE), 0);
	for (size_t at = 0; at < len;) {
		size_t n = PIECE_MAX[split] ? 1 + check_random(&seed) % most : len;
		if (n > len - at)
			n = len - at;
		memcpy(area + room - n, bytes + at, n);
		feed(context, area + room - n, n);
		at += n;
	}
	munmap(area, room + page);
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
	for (size_t i = 0; i < len;) {
		size_t n = utf8_char_len(bytes + i, len - i);
		unsigned char byte = (unsigned char)bytes[i];
		if (byte == '\n')
			check_print(out, "\\n");
		else if (byte == '"' || byte == '\\')
			check_print(out, "\\%c", byte);
		else if (n == 0 || byte < 0x20 || byte == 0x7F)
			check_print(out, "\\x%02X", byte);
		else
			assert_int_equal(buf_append(out, bytes + i, n), BUF_OK);
		i += n ? n : 1;
	}
}
