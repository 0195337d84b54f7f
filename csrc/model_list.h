#ifndef BEANS_MODEL_LIST_H
#define BEANS_MODEL_LIST_H

#include <stddef.h>

#include "failure.h"
#include "json.h"

/*
 * Reads the answer of GET /models: OpenAI's {"data":[{"id",…}]}. Entries without a string id are dropped, and
 * duplicates too; the order is kept. Returns the array (the caller owns it; strings may be WTF-8, see json.h), or NULL
 * with `failure` set: FAILURE_PROTOCOL for what is no such list, FAILURE_NO_MEMORY, or what an `error` member says.
 */
cJSON *model_list_parse(const char *body, size_t len, const char *secret, struct failure *failure);

#endif
