#ifndef BEANS_API_ERROR_H
#define BEANS_API_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include "failure.h"
#include "json.h"
#include "response.h"

/*
 * How OpenAI-compatible servers and the proxies before them say that something failed, turned into a `struct failure`:
 * {"error":{"message","type","code","param"}}, {"error":"text"}, {"message":"text"}, HTML, plain text, nothing. Codes
 * may be numbers. `secret` (may be NULL) is the key, masked wherever the server echoes it.
 */

/* Of an error body no more than this is read. */
#define API_ERROR_BODY_MAX ((size_t)64 * 1024)

/* A status outside 2xx. `body` is what came of the body, maybe nothing, maybe cut. Names a redirect's target. */
void api_error_from_status(
	struct failure *failure, const struct response *response, const char *body, size_t len, const char *secret);

/* Whether an `error` member says that something failed: an object, or a text that is not empty. NULL does not. */
bool api_error_is(const cJSON *error);

/*
 * The `error` member of a 200 answer or of a stream's record: kind FAILURE_HTTP, or FAILURE_QUOTA where its code is
 * insufficient_quota. `error` may be an object or a string.
 */
void api_error_from_object(struct failure *failure, const cJSON *error, const char *secret);

/* The same for an error that is nothing but a text, *borrowed*. */
void api_error_from_text(struct failure *failure, const char *text, size_t len, const char *secret);

#endif
