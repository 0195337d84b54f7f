#ifndef BEANS_ANSWER_H
#define BEANS_ANSWER_H

#include <stdbool.h>

#include "chat_stream.h"
#include "check.h"
#include "failure.h"

/*
 * Decodes an answer as a request does, sse before chat_stream, and writes down what comes of it, a line for each thing:
 *
 *   text "…"                                         pieces of a kind in a row are one; also reasoning, refusal
 *   tool_call id="…" name="…" arguments="…" args={…} args=none: the arguments are no JSON object
 *   end done model="…" finish="…" usage={…}          each part only where it is known
 *   end KIND "message" code="…" param="…" model="…" finish="…" usage={…}
 *
 * Allocates nothing of its own but room in `out`.
 */

/* The key that is masked in messages. */
#define ANSWER_KEY "sk-beans-0123456789"

/* Which endpoint's answer a file holds: of /completions or /infill when its name begins so, else of
 * /chat/completions. */
enum chat_format answer_format(const char *path);

/* Reads an answer, an event stream cut in the way `split` or one JSON value, which always comes whole. Appends what
 * came of it to `out`. Returns the kind of its failure; FAILURE_NONE: done. */
enum failure_kind answer_read(
	enum chat_format format, bool is_stream, unsigned split, const char *bytes, size_t len, struct buf *out);

#endif
