#include "check.h"

#include <stdio.h>
#include <string.h>

#include "model_list.h"

#define SECRET "sk-beans-0123456789"
#define NO_LIST "the server did not answer with a list of models: is base_url that of an OpenAI-compatible API?"

/* A body, and the list that is read, or the failure. */
static const struct {
	const char *body;
	const char *list; /* NULL: none */
	enum failure_kind kind;
	const char *message;
} CASES[] = {
	{"{\"object\":\"list\",\"data\":[{\"id\":\"gpt-5.5\",\"object\":\"model\"},{\"id\":\"tiny\"}]}",
		"[{\"id\":\"gpt-5.5\",\"object\":\"model\"},{\"id\":\"tiny\"}]", FAILURE_NONE, NULL},
	{"\xEF\xBB\xBF {\"data\":[]}\n", "[]", FAILURE_NONE, NULL},
	{"{\"data\":[{\"id\":\"a\"}]} trailing", "[{\"id\":\"a\"}]", FAILURE_NONE, NULL},
	{"{\"error\":null,\"data\":[{\"id\":\"a\"}]}", "[{\"id\":\"a\"}]", FAILURE_NONE, NULL},
	{"{\"error\":\"\",\"data\":[{\"id\":\"a\"}]}", "[{\"id\":\"a\"}]", FAILURE_NONE, NULL},
	/* what has no id is dropped, and what comes again */
	{"{\"data\":[null,1,\"a\",[],{},{\"id\":null},{\"id\":7},{\"id\":\"\"},{\"id\":\"a\"}]}", "[{\"id\":\"a\"}]",
		FAILURE_NONE, NULL},
	{"{\"data\":[{\"id\":\"b\",\"n\":1},{\"id\":\"a\"},{\"id\":\"b\",\"n\":2},{\"id\":\"c\"},{\"id\":\"a\"},{"
	 "\"id\":\"b\"}]}",
		"[{\"id\":\"b\",\"n\":1},{\"id\":\"a\"},{\"id\":\"c\"}]", FAILURE_NONE, NULL},
	{"{\"data\":[{\"id\":\"a\"},{\"id\":\"A\"},{\"id\":\"a \"}]}",
		"[{\"id\":\"a\"},{\"id\":\"A\"},{\"id\":\"a \"}]", FAILURE_NONE, NULL},
	{"{\"data\":[{\"id\":\"x\"},{\"id\":\"x\"},{\"id\":\"x\"}]}", "[{\"id\":\"x\"}]", FAILURE_NONE, NULL},
	/* no list */
	{"", NULL, FAILURE_PROTOCOL, NO_LIST},
	{"<html>login</html>", NULL, FAILURE_PROTOCOL, NO_LIST},
	{"[{\"id\":\"a\"}]", NULL, FAILURE_PROTOCOL, NO_LIST},
	{"{}", NULL, FAILURE_PROTOCOL, NO_LIST},
	{"{\"data\":{\"id\":\"a\"}}", NULL, FAILURE_PROTOCOL, NO_LIST},
	{"{\"data\":null}", NULL, FAILURE_PROTOCOL, NO_LIST},
	{"{\"data\":[{\"id\":\"a\"}", NULL, FAILURE_PROTOCOL, NO_LIST},
	/* errors */
	{"{\"error\":{\"message\":\"key " SECRET " is unknown\",\"code\":\"x\"}}", NULL, FAILURE_HTTP,
		"the server reported an error: key *** is unknown. Try again, or with another model."},
	{"{\"error\":\"down\",\"data\":[]}", NULL, FAILURE_HTTP,
		"the server reported an error: down. Try again, or with another model."},
};

static void reads_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct failure failure = {.kind = FAILURE_NONE};
		cJSON *list = model_list_parse(CASES[i].body, strlen(CASES[i].body), SECRET, &failure);
		assert_string_equal(failure_kind_name(failure.kind), failure_kind_name(CASES[i].kind));
		if (CASES[i].list) {
			char *text = cJSON_PrintUnformatted(list);
			assert_non_null(text);
			assert_string_equal(text, CASES[i].list);
			cJSON_free(text);
		} else {
			assert_null(list);
			assert_string_equal(failure.message, CASES[i].message);
		}
		cJSON_Delete(list);
	}
}

/* A hundred thousand models, each sent twice: would take minutes if each were compared with each. */
static void reads_a_long_list(void **state)
{
	(void)state;
	const int count = 100000;
	struct failure failure;
	struct buf body;
	buf_init(&body, 16 << 20);
	check_print(&body, "{\"data\":[{}");
	for (int i = 0; i < 2 * count; i++)
		check_print(&body, ",{\"id\":\"model-%d\"}", i % count);
	check_print(&body, "]}");
	cJSON *list = model_list_parse(body.data, body.len, NULL, &failure);
	assert_int_equal(cJSON_GetArraySize(list), count);
	int place = 0;
	const cJSON *model;
	cJSON_ArrayForEach(model, list)
	{
		char id[32];
		(void)snprintf(id, sizeof id, "model-%d", place++);
		assert_string_equal(json_get_string(model, "id"), id);
	}
	cJSON_Delete(list);
	buf_free(&body);
}

int main(void)
{
	struct suite suite = {0};
	SUITE_ADD(&suite, reads_lists);
	SUITE_ADD(&suite, reads_a_long_list);
	return suite_run("model_list", &suite);
}
