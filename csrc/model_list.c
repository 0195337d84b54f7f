#include "model_list.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "api_error.h"

static bool has_id(const cJSON *list, const char *id)
{
	const cJSON *model;
	cJSON_ArrayForEach(model, list)
	{
		if (strcmp(json_get_string(model, "id"), id) == 0)
			return true;
	}
	return false;
}

/* Moves the usable entries of `data` into a new array. NULL: no memory. */
static cJSON *usable_models(cJSON *data)
{
	cJSON *list = cJSON_CreateArray();
	cJSON *model = list ? data->child : NULL;
	while (model) {
		cJSON *next = model->next;
		const char *id = json_get_string(model, "id");
		if (id && *id && !has_id(list, id))
			cJSON_AddItemToArray(list, cJSON_DetachItemViaPointer(data, model));
		model = next;
	}
	return list;
}

cJSON *model_list_parse(const char *body, size_t len, const char *secret, struct failure *failure)
{
	cJSON *root = json_parse(body, len, JSON_TRAILING_IGNORED);
	cJSON *data = json_get(root, "data");
	const cJSON *error = json_get(root, "error");
	cJSON *list = NULL;
	if (!root && errno == ENOMEM) {
		failure_set(failure, FAILURE_NO_MEMORY, "out of memory while reading the list of models");
	} else if (cJSON_IsObject(error) || cJSON_IsString(error)) {
		api_error_from_object(failure, error, secret);
	} else if (!cJSON_IsArray(data)) {
		failure_set(failure, FAILURE_PROTOCOL,
			"the server did not answer with a list of models: is base_url that of an OpenAI-compatible API?");
	} else {
		list = usable_models(data);
		if (!list)
			failure_set(failure, FAILURE_NO_MEMORY, "out of memory while reading the list of models");
	}
	cJSON_Delete(root);
	return list;
}
