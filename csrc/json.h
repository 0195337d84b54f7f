#ifndef BEANS_JSON_H
#define BEANS_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

/*
 * Reads JSON with cJSON, and puts right what cJSON alone gets wrong on real servers. Before cJSON sees the text, in one
 * pass over a copy of it:
 *   - an escaped surrogate half without its partner becomes its three WTF-8 bytes (cJSON would refuse the whole text);
 *   - \u0000 becomes the two bytes C0 80 (cJSON would cut the string there);
 *   - bytes that could be taken for either (raw C0, raw surrogates) and raw NUL become the invalid byte FF;
 *   - what is nested deeper than JSON_MAX_DEPTH becomes the number 0 (cJSON would refuse the text above 1000);
 *   - a number too long for cJSON's 63 characters is written shorter.
 * So strings of the result may hold WTF-8: pass them through utf8.h before anyone sees them.
 *
 * Only the network thread parses: cJSON keeps the place of the last error in a global.
 */

/* Deeper than any real answer, well below cJSON's own limit of 1000 (CJSON_NESTING_LIMIT). */
#define JSON_MAX_DEPTH 256

enum json_trailing { JSON_TRAILING_IGNORED, JSON_TRAILING_REFUSED };

/*
 * Parses one value; `bytes` is copied, a BOM before it is passed over, and with JSON_TRAILING_IGNORED what stands
 * behind it too. NULL when it is no JSON (errno EINVAL) or memory ran out (errno ENOMEM). The caller owns the tree:
 * cJSON_Delete.
 */
cJSON *json_parse(const char *bytes, size_t len, enum json_trailing trailing);

/* Member `name` of an object, by exact case. NULL when `object` is NULL or no object, or has no such member. */
cJSON *json_get(const cJSON *object, const char *name);

/* Member `name` when it is a string, else NULL. *Borrowed until* the tree is changed or deleted. */
const char *json_get_string(const cJSON *object, const char *name);

#endif
