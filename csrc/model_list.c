#include "model_list.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "api_error.h"

/* A usable entry of the list, and where in the list it stood. */
struct entry {
	const char *id;
	cJSON *model;
	size_t place;
};

/* Orders by id, and the same ids by place. */
static int compare(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;
	int order = strcmp(one->id, other->id);
	return order ? order : (one->place > other->place) - (one->place < other->place);
}

/* Lists the entries that have an id, deletes the others. */
static size_t collect(struct entry *entries, cJSON *data)
{
	size_t count = 0;
	cJSON *next;
	for (cJSON *model = data->child; model; model = next) {
		const char *id = json_get_string(model, "id");
		next = model->next;
		if (id && *id) {
			entries[count] = (struct entry){.id = id, .model = model, .place = count};
			count++;
		} else {
			cJSON_Delete(cJSON_DetachItemViaPointer(data, model));
		}
	}
	return count;
}

/*
 * Deletes from `data` what has no id and what has an id that came before. By sorting: a server may send millions.
 * false: no memory.
 */
static bool drop_unusable(cJSON *data)
{
	struct entry *entries = calloc((size_t)cJSON_GetArraySize(data) + 1, sizeof *entries);
	if (!entries)
		return false;
	size_t count = collect(entries, data);
	qsort(entries, count, sizeof *entries, compare);
	for (size_t i = count; i-- > 1;)
		if (strcmp(entries[i].id, entries[i - 1].id) == 0)
			cJSON_Delete(cJSON_DetachItemViaPointer(data, entries[i].model));
	free(entries);
	return true;
}

cJSON *model_list_parse(const char *body, size_t len, const char *secret, struct failure *failure)
{
	cJSON *root = json_parse(body, len, JSON_TRAILING_IGNORED);
	bool no_memory = !root && errno == ENOMEM;
	cJSON *data = json_get(root, "data");
	const cJSON *error = json_get(root, "error");
	cJSON *list = NULL;
	if (cJSON_IsArray(data))
		no_memory = !drop_unusable(data);
	if (no_memory)
		failure_set(failure, FAILURE_NO_MEMORY, "out of memory while reading the list of models");
	else if (api_error_is(error))
		api_error_from_object(failure, error, secret);
	else if (!cJSON_IsArray(data))
		failure_set(failure, FAILURE_PROTOCOL,
			"the server did not answer with a list of models: is base_url that of an OpenAI-compatible "
			"API?");
	else
		list = cJSON_DetachItemViaPointer(root, data);
	cJSON_Delete(root);
	return list;
}
