#include "lua_core.h"

#include <limits.h>
#include <string.h>

#include <lauxlib.h>

#include "engine.h"
#include "lua_encode.h"
#include "lua_event.h"
#include "lua_json.h"

/* The longest body that is sent: as much as the longest answer that is taken. */
#define BODY_MAX ((size_t)64 * 1024 * 1024)

/* Each function of the module has the core and the marks (see lua_json.h) as upvalues. */
#define CORE lua_upvalueindex(1)
#define MARKS lua_upvalueindex(2)

/* A userdata of Lua's, so that whatever is in here is freed when the state or the module goes. */
struct core {
	struct engine *engine;
	struct event *events; /* taken from the engine, not yet given to Lua */
};

static int collect_core(lua_State *L)
{
	struct core *core = lua_touserdata(L, 1);
	event_free(core->events);
	engine_free(core->engine);
	*core = (struct core){0};
	return 0;
}

/* Finalizers of others may call us after ours ran, while the state closes. */
static struct core *open_core(lua_State *L)
{
	struct core *core = lua_touserdata(L, CORE);
	if (!core->engine)
		luaL_error(L, "beans: the module is closed");
	return core;
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

/* Pushes the field of the spec, the first argument, and returns its type. */
static int push_field(lua_State *L, const char *name)
{
	lua_pushstring(L, name);
	lua_rawget(L, 1);
	return lua_type(L, -1);
}

static void wrong_type(lua_State *L, const char *name, const char *expected)
{
	luaL_argerror(L, 1, lua_pushfstring(L, "%s: %s expected, got %s", name, expected, luaL_typename(L, -1)));
}

/* *Borrowed until* the function returns: the string stays on the stack. */
static const char *read_string(lua_State *L, const char *name, struct failure *failure)
{
	size_t len;
	if (push_field(L, name) != LUA_TSTRING)
		wrong_type(L, name, "string");
	const char *string = lua_tolstring(L, -1, &len);
	if (strlen(string) != len)
		failure_set(failure, FAILURE_CONFIG, "%s holds a NUL byte", name);
	return string;
}

static const char *read_optional(lua_State *L, const char *name, struct failure *failure)
{
	return push_field(L, name) == LUA_TNIL ? NULL : read_string(L, name, failure);
}

static long read_ms(lua_State *L, const char *name)
{
	if (push_field(L, name) != LUA_TNUMBER)
		wrong_type(L, name, "number");
	double ms = lua_tonumber(L, -1);
	return ms >= INT_MAX ? INT_MAX : ms > 0 ? (long)ms : 0;
}

static bool read_flag(lua_State *L, const char *name)
{
	push_field(L, name);
	return lua_toboolean(L, -1);
}

static enum chat_format read_format(lua_State *L, struct failure *failure)
{
	static const char *const names[] = {
		[CHAT_MESSAGES] = "chat", [CHAT_COMPLETIONS] = "completions", [CHAT_INFILL] = "infill"};
	const char *name = read_optional(L, "format", failure);
	for (int i = CHAT_MESSAGES; name && i <= CHAT_INFILL; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum chat_format)i;
	luaL_argcheck(L, !name, 1, "format: 'chat', 'completions' or 'infill' expected");
	return CHAT_MESSAGES;
}

/* failure->kind stays FAILURE_NONE when all is well. */
static struct request_spec read_spec(lua_State *L, enum request_type type, struct failure *failure)
{
	failure->kind = FAILURE_NONE;
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	luaL_checkstack(L, 16, "spec");
	return (struct request_spec){
		.type = type,
		.url = read_string(L, "url", failure),
		.key = read_optional(L, "key", failure),
		.proxy = read_optional(L, "proxy", failure),
		.ca_file = read_optional(L, "ca_file", failure),
		.format = read_format(L, failure),
		.fresh = read_flag(L, "fresh"),
		.connect_timeout_ms = read_ms(L, "connect_timeout_ms"),
		.first_byte_timeout_ms = read_ms(L, "first_byte_timeout_ms"),
		.idle_timeout_ms = read_ms(L, "idle_timeout_ms"),
	};
}

static int return_failure(lua_State *L, const struct failure *failure)
{
	lua_pushnil(L);
	lua_pushstring(L, failure->message);
	lua_pushstring(L, failure_kind_name(failure->kind));
	return 3;
}

/* Hands the request to the engine, unless `failure` already says why not. Frees the body, if any, in either case. */
static int submit(
	lua_State *L, struct core *core, const struct request_spec *spec, struct buf *body, struct failure *failure)
{
	uint64_t id = failure->kind == FAILURE_NONE ? engine_request(core->engine, spec, failure) : 0;
	if (body)
		buf_free(body);
	if (id == 0)
		return return_failure(L, failure);
	lua_json_push_number(L, (double)id);
	return 1;
}

static int request(lua_State *L)
{
	struct failure failure;
	struct core *core = open_core(L);
	struct request_spec spec = read_spec(L, REQUEST_CHAT, &failure);
	struct buf *body = lua_json_buf(L, MARKS, BODY_MAX);
	if (push_field(L, "body") != LUA_TTABLE)
		wrong_type(L, "body", "table");
	if (failure.kind == FAILURE_NONE)
		lua_encode(L, lua_gettop(L), MARKS, body, &failure);
	spec.body = buf_string(body);
	spec.body_len = body->len;
	return submit(L, core, &spec, body, &failure);
}

static int models(lua_State *L)
{
	struct failure failure;
	struct core *core = open_core(L);
	struct request_spec spec = read_spec(L, REQUEST_MODELS, &failure);
	return submit(L, core, &spec, NULL, &failure);
}

static int cancel(lua_State *L)
{
	struct core *core = open_core(L);
	double id = luaL_checknumber(L, 1);
	if (id >= 1 && id < 9007199254740992.0)
		engine_cancel(core->engine, (uint64_t)id);
	return 0;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

/*
 * All events are converted before the first is freed: when Lua runs out of memory half-way, the list waits in the core
 * for the next call, and nothing is lost or told twice.
 */
static int stream_poll(lua_State *L)
{
	struct core *core = open_core(L);
	double max = luaL_optnumber(L, 1, 0);
	luaL_argcheck(L, max >= 0 && max <= INT_MAX, 1, "a count expected");
	lua_createtable(L, 0, 0);
	if (!core->events)
		core->events = engine_poll(core->engine, (size_t)max);
	int at = 0;
	for (const struct event *event = core->events; event; event = event->next) {
		lua_event_push(L, MARKS, event);
		lua_rawseti(L, -2, ++at);
	}
	event_free(core->events);
	core->events = NULL;
	return 1;
}

static int wakeup_fd(lua_State *L)
{
	lua_pushinteger(L, engine_wakeup_fd(open_core(L)->engine));
	return 1;
}

static int shut_down(lua_State *L)
{
	engine_shutdown(open_core(L)->engine);
	return 0;
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

static void set_flag(lua_State *L, const char *field, bool flag)
{
	lua_pushboolean(L, flag);
	lua_setfield(L, -2, field);
}

static void set_library(lua_State *L)
{
	const struct transport_library library = transport_library();
	lua_createtable(L, 0, 6);
	lua_pushstring(L, library.version);
	lua_setfield(L, -2, "version");
	lua_pushstring(L, library.tls);
	lua_setfield(L, -2, "tls");
	set_flag(L, "http2", library.http2);
	set_flag(L, "brotli", library.brotli);
	set_flag(L, "zstd", library.zstd);
	set_flag(L, "async_dns", library.async_dns);
	lua_setfield(L, -2, "library");
}

static int version(lua_State *L)
{
	char curl[256];
	transport_describe(curl, sizeof curl);
	lua_createtable(L, 0, 4);
	lua_pushliteral(L, BEANS_VERSION);
	lua_setfield(L, -2, "version");
	lua_pushliteral(L, LUA_VERSION);
	lua_setfield(L, -2, "lua");
	lua_pushstring(L, curl);
	lua_setfield(L, -2, "curl");
	set_library(L);
	return 1;
}

static int object(lua_State *L)
{
	lua_settop(L, 1);
	if (lua_isnil(L, 1)) {
		lua_createtable(L, 0, 0);
		lua_replace(L, 1);
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_json_mark_object(L, MARKS);
	return 1;
}

static int set_marks(lua_State *L)
{
	lua_settop(L, 2);
	if (!lua_isnil(L, 2))
		luaL_checktype(L, 2, LUA_TTABLE);
	lua_json_set_marks(L, MARKS, 1, 2);
	return 0;
}

static int encode(lua_State *L)
{
	struct failure failure;
	luaL_checkany(L, 1);
	struct buf *json = lua_json_buf(L, MARKS, BODY_MAX);
	bool ok = lua_encode(L, 1, MARKS, json, &failure);
	if (ok)
		lua_pushlstring(L, buf_string(json), json->len);
	buf_free(json);
	return ok ? 1 : return_failure(L, &failure);
}

/* Pushes a new core. Its finalizer is set before there is anything to finalize. */
static void push_core(lua_State *L)
{
	struct core *core = lua_newuserdata(L, sizeof *core);
	*core = (struct core){0};
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, collect_core);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	core->engine = engine_new();
	if (!core->engine)
		luaL_error(L, "beans: out of memory, or of file descriptors");
}

__attribute__((visibility("default"))) int luaopen_beans_core(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"request", request},
		{"models", models},
		{"stream_poll", stream_poll},
		{"cancel", cancel},
		{"wakeup_fd", wakeup_fd},
		{"shutdown", shut_down},
		{"version", version},
		{"object", object},
		{"marks", set_marks},
		{"encode", encode},
	};
	luaL_checkstack(L, 8, "beans.core");
	lua_createtable(L, 0, 11);
	push_core(L);
	lua_json_push_marks(L);
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		lua_pushvalue(L, -2);
		lua_pushvalue(L, -2);
		lua_pushcclosure(L, functions[i].func, 2);
		lua_setfield(L, -4, functions[i].name);
	}
	lua_pop(L, 2);
	lua_pushlightuserdata(L, NULL);
	lua_setfield(L, -2, "null");
	return 1;
}
