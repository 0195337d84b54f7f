#include "lua_json.h"

#include <stdint.h>
#include <string.h>

#include <lauxlib.h>

#include "utf8.h"

/* Places in the table of marks. */
enum {
	MARK_NULL = 1,   /* what a decoded null is */
	MARK_OBJECT,     /* the metatable of objects: the editor's, or ours */
	MARK_OWN_OBJECT, /* ours */
	MARK_BUF,        /* the metatable of buffers */
};

static int collect_buf(lua_State *L)
{
	buf_free(lua_touserdata(L, 1));
	return 0;
}

void lua_json_push_marks(lua_State *L)
{
	lua_createtable(L, MARK_BUF, 0);
	lua_pushlightuserdata(L, NULL);
	lua_rawseti(L, -2, MARK_NULL);
	lua_createtable(L, 0, 0);
	lua_pushvalue(L, -1);
	lua_rawseti(L, -3, MARK_OBJECT);
	lua_rawseti(L, -2, MARK_OWN_OBJECT);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, collect_buf);
	lua_setfield(L, -2, "__gc");
	lua_rawseti(L, -2, MARK_BUF);
}

static void set_mark(lua_State *L, int marks, int mark, int value)
{
	if (lua_isnil(L, value))
		return;
	lua_pushvalue(L, value);
	lua_rawseti(L, marks, mark);
}

void lua_json_set_marks(lua_State *L, int marks, int null, int object)
{
	set_mark(L, marks, MARK_NULL, null);
	set_mark(L, marks, MARK_OBJECT, object);
}

/* Whether the value on top is the very one that is marked. */
static bool is_mark(lua_State *L, int marks, int mark)
{
	lua_rawgeti(L, marks, mark);
	bool same = lua_rawequal(L, -1, -2);
	lua_pop(L, 1);
	return same;
}

bool lua_json_is_null(lua_State *L, int marks)
{
	return (lua_islightuserdata(L, -1) && !lua_touserdata(L, -1)) || is_mark(L, marks, MARK_NULL);
}

bool lua_json_is_object(lua_State *L, int marks)
{
	if (!lua_getmetatable(L, -1))
		return false;
	bool marked = is_mark(L, marks, MARK_OBJECT) || is_mark(L, marks, MARK_OWN_OBJECT);
	lua_pop(L, 1);
	return marked;
}

void lua_json_mark_object(lua_State *L, int marks)
{
	lua_rawgeti(L, marks, MARK_OBJECT);
	lua_setmetatable(L, -2);
}

struct buf *lua_json_buf(lua_State *L, int marks, size_t max)
{
	struct buf *buf = lua_newuserdata(L, sizeof *buf);
	buf_init(buf, max);
	lua_rawgeti(L, marks, MARK_BUF);
	lua_setmetatable(L, -2);
	return buf;
}

void lua_json_push_number(lua_State *L, double number)
{
#if LUA_VERSION_NUM >= 503
	/* A double holds every integer up to 2^53; beyond, the integer would claim digits that were never sent. */
	const double exact = 9007199254740992.0;
	if (number >= -exact && number <= exact && number == (double)(lua_Integer)number) {
		lua_pushinteger(L, (lua_Integer)number);
		return;
	}
#endif
	lua_pushnumber(L, number);
}

static bool is_valid_utf8(const char *bytes, size_t len)
{
	size_t i = 0;
	while (i < len) {
		size_t n = (signed char)bytes[i] >= 0 ? 1 : utf8_char_len(bytes + i, len - i);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

void lua_json_push_text(lua_State *L, int marks, const char *bytes, size_t len)
{
	if (is_valid_utf8(bytes, len)) {
		lua_pushlstring(L, bytes, len);
		return;
	}
	struct utf8_joiner joiner = {0};
	struct buf *clean = lua_json_buf(L, marks, SIZE_MAX / 4);
	if (utf8_join(&joiner, bytes, len, clean) != BUF_OK || utf8_join_end(&joiner, clean) != BUF_OK)
		luaL_error(L, "not enough memory");
	lua_pushlstring(L, buf_string(clean), clean->len);
	buf_free(clean);
	lua_remove(L, -2);
}

static void push_string(lua_State *L, int marks, const char *string)
{
	lua_json_push_text(L, marks, string, strlen(string));
}

static void push_array(lua_State *L, int marks, const cJSON *array)
{
	const cJSON *item;
	int at = 0;
	lua_createtable(L, cJSON_GetArraySize(array), 0);
	cJSON_ArrayForEach(item, array)
	{
		lua_json_push(L, marks, item);
		lua_rawseti(L, -2, ++at);
	}
}

static void push_object(lua_State *L, int marks, const cJSON *object)
{
	const cJSON *member;
	lua_createtable(L, 0, cJSON_GetArraySize(object));
	cJSON_ArrayForEach(member, object)
	{
		push_string(L, marks, member->string);
		lua_json_push(L, marks, member);
		lua_rawset(L, -3);
	}
	if (!object->child)
		lua_json_mark_object(L, marks);
}

void lua_json_push(lua_State *L, int marks, const cJSON *value)
{
	luaL_checkstack(L, 8, "JSON");
	switch (value->type & 0xFF) {
	case cJSON_False:
	case cJSON_True:
		lua_pushboolean(L, cJSON_IsTrue(value));
		break;
	case cJSON_Number:
		lua_json_push_number(L, value->valuedouble);
		break;
	case cJSON_String:
		push_string(L, marks, value->valuestring);
		break;
	case cJSON_Array:
		push_array(L, marks, value);
		break;
	case cJSON_Object:
		push_object(L, marks, value);
		break;
	default:
		lua_rawgeti(L, marks, MARK_NULL);
	}
}
