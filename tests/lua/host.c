/*
 * A Lua whose memory can be made to run out: `host SCRIPT ARGUMENTS...`. What a script finds beside the usual globals:
 *
 *   open()          → a new module, as luaopen_beans_core makes it
 *   starve(n, fn)   → true and what fn() returned, or false and the message, when after `n` more allocations of Lua's
 *                     every further one failed until fn was through
 *
 * The Makefile builds it with the module in it, under ASan and UBSan, which look at the end whether anything of C's was
 * left behind.
 */
#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "lua_core.h"

struct heap {
	long left; /* allocations that still succeed; -1: all */
};

static void *allocate(void *context, void *old, size_t old_size, size_t size)
{
	struct heap *heap = context;
	if (size == 0) {
		free(old);
		return NULL;
	}
	/* Lua counts on it that shrinking never fails. */
	if (!old || size > old_size) {
		if (heap->left == 0)
			return NULL;
		if (heap->left > 0)
			heap->left--;
	}
	return realloc(old, size);
}

static int starve(lua_State *L)
{
	void *context;
	lua_getallocf(L, &context);
	struct heap *heap = context;
	lua_Number left = luaL_checknumber(L, 1);
	lua_settop(L, 2);
	lua_pushboolean(L, 0);
	lua_insert(L, 2);
	heap->left = (long)left;
	int status = lua_pcall(L, 0, 1, 0);
	heap->left = -1;
	lua_pushboolean(L, status == 0);
	lua_replace(L, 2);
	return 2;
}

static void set_arguments(lua_State *L, int count, char **arguments)
{
	lua_newtable(L);
	for (int i = 0; i < count; i++) {
		lua_pushstring(L, arguments[i]);
		lua_rawseti(L, -2, i);
	}
	lua_setglobal(L, "arg");
}

int main(int argc, char **argv)
{
	struct heap heap = {.left = -1};
	lua_State *L = argc > 1 ? lua_newstate(allocate, &heap) : NULL;
	if (!L)
		return 2;
	luaL_openlibs(L);
	lua_register(L, "open", luaopen_beans_core);
	lua_register(L, "starve", starve);
	set_arguments(L, argc - 1, argv + 1);
	int status = luaL_loadfile(L, argv[1]);
	if (status == 0)
		status = lua_pcall(L, 0, 0, 0);
	if (status != 0)
		fprintf(stderr, "%s\n", lua_tostring(L, -1));
	lua_close(L);
	return status == 0 ? 0 : 1;
}
