#ifndef BEANS_LUA_COMPAT_H
#define BEANS_LUA_COMPAT_H

#include <lauxlib.h>
#include <lua.h>

/* What differs between Lua 5.1 (LuaJIT) and 5.4 in the part of the C API that we use, in one place. */

#if LUA_VERSION_NUM < 502
#define lua_rawlen lua_objlen
#define beans_absindex(L, i) ((i) > 0 || (i) <= LUA_REGISTRYINDEX ? (i) : lua_gettop(L) + (i) + 1)
#else
#define beans_absindex lua_absindex
#endif

#if LUA_VERSION_NUM < 503
#define beans_isinteger(L, i) 0
#else
#define beans_isinteger lua_isinteger
#endif

#endif
