#ifndef REPLAY_SCRIPT_H
#define REPLAY_SCRIPT_H

#include "reply.h"

/* Scripts: what to answer, a command a line. The language is described in README.md. */

/* The text of the script for a request to `path` (/s/NAME/…), read from `folder` now: NAME.N.script for the N-th
 * request to NAME, else NAME.script. The caller frees it. NULL when there is none. */
char *script_find(const char *folder, const char *path);

/* Whether the answer begins before the body of the request was read. */
bool script_is_early(const char *script);

/* Runs a script to its end, or until the client is gone. `folder`: where `file` looks for relative paths. */
void script_run(const char *script, const char *folder, struct reply *reply);

#endif
