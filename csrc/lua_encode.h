#ifndef BEANS_LUA_ENCODE_H
#define BEANS_LUA_ENCODE_H

#include <stdbool.h>

#include <lua.h>

#include "buf.h"
#include "failure.h"

/* Tables within tables of a value. One that holds itself ends here too. */
#define LUA_ENCODE_DEPTH_MAX 128

/*
 * Appends the value at the absolute `index` to `out` (a buffer of lua_json_buf: this may raise) as JSON. Main thread.
 *
 * A sequence is an array, a table with names an object. An empty table is an array unless it is marked as an object
 * (lua_json.h); what is called `properties` inside the top level's `tools` is always an object. Strings become valid
 * UTF-8. The same value always gives the same bytes, for names are sorted: servers cache what begins alike.
 *
 * false with `failure` set: FAILURE_CONFIG, naming the place ("messages[2].content: …"), for what JSON has no form for;
 * FAILURE_TOO_LARGE; FAILURE_NO_MEMORY. The stack is as it was in any case.
 */
bool lua_encode(lua_State *L, int index, int marks, struct buf *out, struct failure *failure);

#endif
