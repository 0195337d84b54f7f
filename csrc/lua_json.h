#ifndef BEANS_LUA_JSON_H
#define BEANS_LUA_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

#include "buf.h"
#include "json.h"

/*
 * From JSON to Lua's values, and what both directions (see lua_encode.h) share. Main thread only.
 *
 * Lua raises errors by longjmp, past any clean-up of ours. So the binding keeps C memory only in what Lua's collector
 * knows of (lua_json_buf), and reads tables raw: no metamethod of anyone runs in between. What these functions raise is
 * want of memory, nothing else.
 *
 * The *marks* are a table that the functions get by its absolute index (or pseudo-index): what stands for null, and
 * which metatables say that a table is an object.
 */

/* Pushes new marks: null is the light userdata NULL, the metatable of objects is our own. */
void lua_json_push_marks(lua_State *L);

/*
 * From now on a decoded null is the value at `null`, and an object is marked by the metatable at `object`; where there
 * is nil, ours stay. Ours are understood as before.
 */
void lua_json_set_marks(lua_State *L, int marks, int null, int object);

/* Whether the value on top of the stack stands for null. */
bool lua_json_is_null(lua_State *L, int marks);

/* Whether the table on top of the stack is marked as an object. */
bool lua_json_is_object(lua_State *L, int marks);

/* Marks the table on top of the stack as an object: it is one in JSON even when it is empty. */
void lua_json_mark_object(lua_State *L, int marks);

/* Pushes a userdata that owns an empty buffer, and returns that. *Borrowed until* the userdata is collected; buf_free
 * gives the memory back sooner. */
struct buf *lua_json_buf(lua_State *L, int marks, size_t max);

/* Pushes a parsed value, an empty object marked as one. Nothing of `value` is kept. */
void lua_json_push(lua_State *L, int marks, const cJSON *value);

/* Pushes a server's text, made valid UTF-8 (also of the WTF-8 of json.h). */
void lua_json_push_text(lua_State *L, int marks, const char *bytes, size_t len);

/* Pushes a number: an integer where this Lua has them and it is one. */
void lua_json_push_number(lua_State *L, double number);

#endif
