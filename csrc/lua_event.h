#ifndef BEANS_LUA_EVENT_H
#define BEANS_LUA_EVENT_H

#include <lua.h>

#include "event.h"

/*
 * Pushes an event as a Lua table; lua_core.h describes its shapes. Main thread. Nothing of the event is kept or
 * changed: if Lua raises want of memory half-way, the event is as good as before. `marks`: see lua_json.h.
 */
void lua_event_push(lua_State *L, int marks, const struct event *event);

#endif
