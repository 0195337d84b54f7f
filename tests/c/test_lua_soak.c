/*
 * A soak of the whole module inside Lua: each round is a Lua state of its own (lua_soak.lua says what happens in it),
 * closed with whatever is still on its way. See soak.h.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lualib.h>

#include "lua_core.h"
#include "server.h"
#include "soak.h"

static struct server server;
static unsigned long reloads;

static int open_module(lua_State *L)
{
	return luaopen_beans_core(L);
}

static int chance(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)soak_chance((unsigned)luaL_checkinteger(L, 1)));
	return 1;
}

static int pause_us(lua_State *L)
{
	const struct timespec moment = {.tv_nsec = 1000L * (long)luaL_checkinteger(L, 1)};
	nanosleep(&moment, NULL);
	return 0;
}

static int threads(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)soak_holdings().threads);
	return 1;
}

static int script_url(lua_State *L)
{
	char url[256];
	server_url(&server, luaL_checkstring(L, 1), url, sizeof url);
	lua_pushstring(L, url);
	return 1;
}

static int count(lua_State *L)
{
	static const char *const names[] = {"requests", "faults", "cancels", "shutdowns", "reloads", NULL};
	unsigned long *const counters[] = {&soak.requests, &soak.faults, &soak.cancels, &soak.shutdowns, &reloads};
	++*counters[luaL_checkoption(L, 1, NULL, names)];
	return 0;
}

static int violation(lua_State *L)
{
	soak_violation("%s", luaL_checkstring(L, 1));
	return 0;
}

static void push_offer(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"open", open_module},
		{"chance", chance},
		{"pause", pause_us},
		{"threads", threads},
		{"url", script_url},
		{"count", count},
		{"violation", violation},
	};
	lua_newtable(L);
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		lua_pushcfunction(L, functions[i].func);
		lua_setfield(L, -2, functions[i].name);
	}
}

static void one_state(void)
{
	lua_State *L = luaL_newstate();
	assert_non_null(L);
	luaL_openlibs(L);
	bool ran = luaL_loadfile(L, "tests/c/lua_soak.lua") == 0;
	if (ran) {
		push_offer(L);
		ran = lua_pcall(L, 1, 0, 0) == 0;
	}
	if (!ran)
		soak_violation("%s", lua_tostring(L, -1));
	lua_close(L);
	soak.rounds++;
}

static void survives_anything(void **state)
{
	(void)state;
	server_start(&server);
	soak_begin();
	one_state(); /* what libraries keep open for good is open after this */
	const struct soak_holdings before = soak_holdings();
	while (soak_goes_on()) {
		one_state();
		soak_compare(before);
	}
	server_stop(&server);
	print_message("# %lu reloads\n", reloads);
	soak_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(survives_anything)};
	return cmocka_run_group_tests_name("lua_soak", tests, NULL, NULL);
}
