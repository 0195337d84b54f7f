/* Decodes every case of tests/data/chat, and lists, errors and records beside them, while the 1st, 2nd, 3rd …
 * allocation fails: each time the outcome is `no_memory` or right, and nothing leaks. */

#include "answer.h"

#include <string.h>

#include "api_error.h"
#include "fail_alloc.h"
#include "model_list.h"
#include "sse.h"

/* More than any case needs. */
#define ALLOCATIONS_MAX 20000

/* What is decoded. */
struct input {
	enum failure_kind (*decode)(const struct input *input, struct buf *out);
	const char *bytes;
	size_t len;
	bool is_stream;
	enum chat_format format;
};

/* Decodes once with the `nth` allocation failing. Returns whether one did. */
static bool decode_once(
	const struct input *input, unsigned long nth, bool for_good, const struct buf *whole, struct buf *out)
{
	buf_clear(out);
	long live = fail_alloc_live();
	fail_alloc_start(nth, for_good);
	enum failure_kind kind = input->decode(input, out);
	bool has_failed = fail_alloc_stop();
	assert_int_equal(fail_alloc_live(), live);
	if (kind != FAILURE_NO_MEMORY)
		assert_string_equal(buf_string(out), buf_string(whole));
	return has_failed;
}

/* Room that writing down the outcome needs, made before any allocation fails. */
static void init_outcome(struct buf *out)
{
	static const char room[1 << 16];
	buf_init(out, sizeof room);
	assert_int_equal(buf_append(out, room, sizeof room), BUF_OK);
	buf_clear(out);
}

static void sweep(const struct input *input)
{
	struct buf whole, out;
	init_outcome(&whole);
	init_outcome(&out);
	assert_int_not_equal(input->decode(input, &whole), FAILURE_NO_MEMORY);
	for (int for_good = 0; for_good < 2; for_good++) {
		unsigned long nth = 1;
		while (nth < ALLOCATIONS_MAX && decode_once(input, nth, for_good, &whole, &out))
			nth++;
		assert_true(nth < ALLOCATIONS_MAX);
		assert_string_equal(buf_string(&out), buf_string(&whole));
	}
	buf_free(&whole);
	buf_free(&out);
}

/* ---- answers --------------------------------------------------------------------------------------------------- */

static enum failure_kind decode_answer(const struct input *input, struct buf *out)
{
	return answer_read(input->format, input->is_stream, 0, input->bytes, input->len, out);
}

static void sweep_file(const char *path, bool is_stream)
{
	struct buf in;
	buf_init(&in, 1 << 20);
	check_read(path, &in);
	const struct input input = {decode_answer, buf_string(&in), in.len, is_stream, answer_format(path)};
	sweep(&input);
	buf_free(&in);
}

static void reads_a_stream(void **state)
{
	sweep_file(*state, true);
}

static void reads_an_answer(void **state)
{
	sweep_file(*state, false);
}

/* ---- the others ------------------------------------------------------------------------------------------------ */

static enum failure_kind decode_models(const struct input *input, struct buf *out)
{
	struct failure failure = {.kind = FAILURE_NONE};
	const cJSON *model;
	cJSON *list = model_list_parse(input->bytes, input->len, NULL, &failure);
	cJSON_ArrayForEach(model, list)
	{
		check_print(out, "%s\n", json_get_string(model, "id"));
	}
	cJSON_Delete(list);
	check_print(out, "%s", failure.kind == FAILURE_NONE ? "" : failure.message);
	return failure.kind;
}

static void reads_a_list(void **state)
{
	(void)state;
	static const char list[] =
		"{\"data\":[{\"id\":\"b\"},{\"id\":\"a\",\"n\":[1,{}]},{\"id\":\"b\"},{},{\"id\":\"c\"}]}";
	const struct input input = {decode_models, list, sizeof list - 1, false, CHAT_MESSAGES};
	sweep(&input);
}

static void reads_a_list_that_is_an_error(void **state)
{
	(void)state;
	static const char body[] = "{\"error\":{\"message\":\"down\",\"code\":\"x\"}}";
	const struct input input = {decode_models, body, sizeof body - 1, false, CHAT_MESSAGES};
	sweep(&input);
}

static bool write_record(void *context, const char *type, const char *data, size_t len)
{
	check_print(context, "%s %zu ", type, len);
	check_escape(context, data, len);
	return true;
}

static enum failure_kind decode_records(const struct input *input, struct buf *out)
{
	struct sse sse;
	enum sse_result result = SSE_OK;
	sse_init(&sse, write_record, out);
	for (size_t at = 0; at < input->len && result == SSE_OK; at++)
		result = sse_feed(&sse, input->bytes + at, 1);
	sse_free(&sse);
	return result == SSE_NO_MEMORY ? FAILURE_NO_MEMORY : FAILURE_NONE;
}

static void reads_records(void **state)
{
	(void)state;
	static const char stream[] =
		"\xEF\xBB:no BOM\n:comment\nevent:a type\ndata:a line that is longer than the first room of a buffer, "
		"which is 64 bytes\ndata:and another one\n\ndata\n\n";
	const struct input input = {decode_records, stream, sizeof stream - 1, true, CHAT_MESSAGES};
	sweep(&input);
}

/* Whatever happens to the heap, the status alone tells kind and beginning of the message. */
static void tells_of_a_status(void **state)
{
	(void)state;
	static const char body[] = "{\"error\":{\"message\":\"slow down\",\"code\":\"x\"}}";
	struct response response;
	bool has_failed = true;
	response_clear(&response);
	response.status = 429;
	for (unsigned long nth = 1; has_failed && nth < ALLOCATIONS_MAX; nth++) {
		struct failure failure;
		long live = fail_alloc_live();
		fail_alloc_start(nth, false);
		api_error_from_status(&failure, &response, body, sizeof body - 1, NULL);
		has_failed = fail_alloc_stop();
		assert_int_equal(fail_alloc_live(), live);
		assert_int_equal(failure.kind, FAILURE_RATE_LIMIT);
		assert_non_null(strstr(failure.message, "too many requests (429): "));
		assert_non_null(strstr(failure.message, "slow down"));
	}
	assert_false(has_failed);
}

int main(void)
{
	struct suite suite = {0};
	suite_add_files(&suite, "chat", ".sse", reads_a_stream);
	suite_add_files(&suite, "chat", ".json", reads_an_answer);
	SUITE_ADD(&suite, reads_a_list);
	SUITE_ADD(&suite, reads_a_list_that_is_an_error);
	SUITE_ADD(&suite, reads_records);
	SUITE_ADD(&suite, tells_of_a_status);
	return suite_run("alloc_failures", &suite);
}
