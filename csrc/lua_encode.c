#include "lua_encode.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua_json.h"
#include "utf8.h"

/* Of the way to a place that is refused, and of each name on it, no more is shown. */
#define PATH_STEPS_MAX 12
#define PATH_NAME_MAX 60

/* A name of an object. *Borrowed from* the table that has it. */
struct name {
	const char *bytes;
	size_t len;
};

struct encoder {
	lua_State *L;
	int marks;
	struct buf *out;
	struct buf *names; /* of the objects being written: a run of `struct name` for each, the innermost last */
	struct failure *failure;
};

/* Where in the whole value we are. */
struct place {
	const struct place *up; /* NULL at the top level */
	struct name name;       /* of a member; {NULL} for an item of a list */
	size_t item;            /* of a list, from 1 */
	int depth;              /* tables around it */
	bool in_tools;          /* inside the top level's `tools` */
};

static bool encode_value(const struct encoder *encoder, const struct place *place);

/* ---- what goes wrong --------------------------------------------------------------------------------------------- */

static void append_string(struct failure *failure, const char *string)
{
	failure_append(failure, string, strlen(string), NULL);
}

static void append_path(struct failure *failure, const struct place *place)
{
	char item[32];
	if (!place->up)
		return;
	append_path(failure, place->up);
	if (place->depth > PATH_STEPS_MAX) {
		append_string(failure, place->depth == PATH_STEPS_MAX + 1 ? "…" : "");
	} else if (place->name.bytes) {
		size_t len = place->name.len;
		append_string(failure, place->depth > 1 ? "." : "");
		failure_append(failure, place->name.bytes, len < PATH_NAME_MAX ? len : PATH_NAME_MAX, NULL);
	} else {
		(void)snprintf(item, sizeof item, "[%zu]", place->item);
		append_string(failure, item);
	}
}

/* Says why the value at `place` can't be encoded; false, for the caller to return. */
static bool refuse(const struct encoder *encoder, const struct place *place, const char *reason)
{
	failure_set(encoder->failure, FAILURE_CONFIG, "%s", place->up ? "" : "the top level");
	append_path(encoder->failure, place);
	append_string(encoder->failure, ": ");
	append_string(encoder->failure, reason);
	return false;
}

static bool check(const struct encoder *encoder, enum buf_result result)
{
	if (result == BUF_TOO_LARGE)
		failure_set(encoder->failure, FAILURE_TOO_LARGE, "the request is longer than %zu MiB",
			encoder->out->max >> 20);
	else if (result == BUF_NO_MEMORY)
		failure_set(encoder->failure, FAILURE_NO_MEMORY, "out of memory while encoding the request");
	return result == BUF_OK;
}

static bool put(const struct encoder *encoder, const void *bytes, size_t len)
{
	return check(encoder, buf_append(encoder->out, bytes, len));
}

static bool put_string(const struct encoder *encoder, const char *string)
{
	return put(encoder, string, strlen(string));
}

/* ---- numbers and strings ----------------------------------------------------------------------------------------- */

/* printf writes the decimal point of the locale, which may have several bytes; JSON knows one. */
static bool put_decimal(const struct encoder *encoder, const char *digits)
{
	const char *const known = "+-0123456789e";
	size_t whole = strspn(digits, known);
	if (digits[whole] == '\0')
		return put_string(encoder, digits);
	const char *fraction = digits + whole;
	while (!strchr(known, *fraction))
		fraction++;
	return put(encoder, digits, whole) && put(encoder, ".", 1) && put_string(encoder, fraction);
}

static bool encode_number(const struct encoder *encoder, const struct place *place)
{
	char digits[64];
#if LUA_VERSION_NUM >= 503
	if (lua_isinteger(encoder->L, -1)) {
		(void)snprintf(digits, sizeof digits, "%lld", (long long)lua_tointeger(encoder->L, -1));
		return put_string(encoder, digits);
	}
#endif
	double number = lua_tonumber(encoder->L, -1);
	if (!isfinite(number))
		return refuse(encoder, place, "NaN and infinity are no JSON numbers");
	if (number == floor(number) && fabs(number) <= 9007199254740992.0) {
		(void)snprintf(digits, sizeof digits, "%.0f", number);
		return put_string(encoder, digits);
	}
	/* The fewest digits that read back as the same number; 17 always do. */
	for (int precision = 15; precision <= 17; precision++) {
		(void)snprintf(digits, sizeof digits, "%.*g", precision, number);
		if (strtod(digits, NULL) == number)
			break;
	}
	return put_decimal(encoder, digits);
}

/* Whether eight bytes are ASCII without controls, quotes and backslashes: most text is, and goes by in such steps. */
static bool are_plain_ascii(const char *s)
{
	const uint64_t each = 0x0101010101010101, high = 0x80 * each;
	uint64_t bytes;
	memcpy(&bytes, s, sizeof bytes);
	uint64_t control = bytes - 0x20 * each;
	uint64_t quote = (bytes ^ '"' * each) - each;
	uint64_t backslash = (bytes ^ '\\' * each) - each;
	return ((bytes | control | quote | backslash) & high) == 0;
}

/* The length of the run at `s` that stands in a JSON string as it is. */
static size_t plain_len(const char *s, size_t len)
{
	size_t i = 0, n;
	for (; i < len; i += n) {
		unsigned char byte = (unsigned char)s[i];
		if (len - i >= 8 && are_plain_ascii(s + i))
			n = 8;
		else if (byte >= 0x80)
			n = utf8_char_len(s + i, len - i);
		else
			n = byte >= 0x20 && byte != '"' && byte != '\\';
		if (n == 0)
			break;
	}
	return i;
}

static bool put_escape(const struct encoder *encoder, unsigned char byte)
{
	static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char escape[8];
	for (size_t i = 0; short_forms[i]; i += 2) {
		if ((unsigned char)short_forms[i] == byte) {
			const char two[2] = {'\\', short_forms[i + 1]};
			return put(encoder, two, sizeof two);
		}
	}
	(void)snprintf(escape, sizeof escape, "\\u%04x", byte);
	return put_string(encoder, escape);
}

static size_t malformed_len(const char *s, size_t len)
{
	size_t i = 1;
	while (i < len && utf8_char_len(s + i, len - i) == 0)
		i++;
	return i;
}

/* The joiner knows how many U+FFFD malformed bytes make. What it would take for a mark of json.h goes in as FF. */
static bool put_malformed(const struct encoder *encoder, const char *s, size_t len)
{
	struct utf8_joiner joiner = {0};
	enum buf_result result = BUF_OK;
	for (size_t i = 0; i < len && result == BUF_OK; i++) {
		unsigned char byte = (unsigned char)s[i];
		bool surrogate = byte == 0xED && i + 1 < len && (unsigned char)s[i + 1] >= 0xA0;
		result = utf8_join(&joiner, byte == 0xC0 || surrogate ? "\xFF" : s + i, 1, encoder->out);
	}
	return check(encoder, result) && check(encoder, utf8_join_end(&joiner, encoder->out));
}

static bool encode_string(const struct encoder *encoder, const char *s, size_t len)
{
	bool ok = put(encoder, "\"", 1);
	for (size_t i = 0; i < len && ok;) {
		size_t plain = plain_len(s + i, len - i);
		ok = put(encoder, s + i, plain);
		i += plain;
		if (i == len || !ok)
			break;
		size_t odd = (unsigned char)s[i] < 0x80 ? 1 : malformed_len(s + i, len - i);
		ok = (unsigned char)s[i] < 0x80 ? put_escape(encoder, (unsigned char)s[i])
						: put_malformed(encoder, s + i, odd);
		i += odd;
	}
	return ok && put(encoder, "\"", 1);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* What the keys of a table are. */
struct shape {
	size_t names;
	size_t items;
	double last; /* the highest position of an item */
};

static bool take_shape(const struct encoder *encoder, const struct place *place, struct shape *shape)
{
	lua_State *L = encoder->L;
	*shape = (struct shape){0};
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		double position = lua_type(L, -2) == LUA_TNUMBER ? lua_tonumber(L, -2) : 0;
		if (lua_type(L, -2) == LUA_TSTRING) {
			shape->names++;
		} else if (position >= 1 && position == floor(position)) {
			shape->items++;
			shape->last = position > shape->last ? position : shape->last;
		} else {
			return refuse(encoder, place, "a key of a table must be a name, or a position from 1 on");
		}
	}
	return true;
}

static bool must_be_object(const struct encoder *encoder, const struct place *place)
{
	bool properties = place->in_tools && place->name.len == 10 && memcmp(place->name.bytes, "properties", 10) == 0;
	return properties || lua_json_is_object(encoder->L, encoder->marks);
}

static int compare_names(const void *left, const void *right)
{
	const struct name *a = left, *b = right;
	int order = memcmp(a->bytes, b->bytes, a->len < b->len ? a->len : b->len);
	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* Appends the names of the table on top to the encoder's, sorted. */
static bool gather_names(const struct encoder *encoder, size_t count)
{
	lua_State *L = encoder->L;
	size_t first = encoder->names->len;
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		struct name name;
		name.bytes = lua_tolstring(L, -2, &name.len);
		if (!check(encoder, buf_append(encoder->names, &name, sizeof name)))
			return false;
	}
	if (count > 1)
		qsort(encoder->names->data + first, count, sizeof(struct name), compare_names);
	return true;
}

static bool encode_member(const struct encoder *encoder, const struct place *object, struct name name)
{
	lua_State *L = encoder->L;
	bool tools = object->depth == 0 && name.len == 5 && memcmp(name.bytes, "tools", 5) == 0;
	const struct place place = {
		.up = object,
		.name = name,
		.depth = object->depth + 1,
		.in_tools = object->in_tools || tools,
	};
	lua_pushlstring(L, name.bytes, name.len);
	lua_rawget(L, -2);
	bool ok = encode_string(encoder, name.bytes, name.len) && put(encoder, ":", 1) && encode_value(encoder, &place);
	lua_pop(L, 1);
	return ok;
}

static bool encode_object(const struct encoder *encoder, const struct place *place, size_t count)
{
	size_t first = encoder->names->len;
	bool ok = put(encoder, "{", 1) && gather_names(encoder, count);
	for (size_t i = 0; i < count && ok; i++) {
		struct name name; /* a copy: members add to the names, which may move them */
		memcpy(&name, encoder->names->data + first + i * sizeof name, sizeof name);
		ok = (i == 0 || put(encoder, ",", 1)) && encode_member(encoder, place, name);
	}
	encoder->names->len = first;
	return ok && put(encoder, "}", 1);
}

static bool encode_list(const struct encoder *encoder, const struct place *list, size_t count)
{
	bool ok = put(encoder, "[", 1);
	for (size_t i = 1; i <= count && ok; i++) {
		const struct place place = {
			.up = list, .item = i, .depth = list->depth + 1, .in_tools = list->in_tools};
		lua_rawgeti(encoder->L, -1, (int)i);
		ok = (i == 1 || put(encoder, ",", 1)) && encode_value(encoder, &place);
		lua_pop(encoder->L, 1);
	}
	return ok && put(encoder, "]", 1);
}

static bool encode_table(const struct encoder *encoder, const struct place *place)
{
	struct shape shape;
	if (place->depth >= LUA_ENCODE_DEPTH_MAX)
		return refuse(encoder, place, "too many tables within tables; does one hold itself?");
	if (!lua_checkstack(encoder->L, 8))
		return check(encoder, BUF_NO_MEMORY);
	if (!take_shape(encoder, place, &shape))
		return false;
	if (shape.names > 0 && shape.items > 0)
		return refuse(encoder, place, "a table with both names and list items is neither object nor array");
	if (shape.last > (double)shape.items)
		return refuse(encoder, place, "a list must have no gaps; use beans.null for what is empty");
	if (shape.names > 0)
		return encode_object(encoder, place, shape.names);
	if (!must_be_object(encoder, place))
		return encode_list(encoder, place, shape.items);
	if (shape.items > 0)
		return refuse(encoder, place, "must be an object with names, but is a list");
	return put(encoder, "{}", 2);
}

/* Encodes the value on top of the stack. When it fails, more may stand above it. */
static bool encode_value(const struct encoder *encoder, const struct place *place)
{
	lua_State *L = encoder->L;
	char reason[64];
	size_t len;
	const char *bytes;
	switch (lua_type(L, -1)) {
	case LUA_TBOOLEAN:
		return put_string(encoder, lua_toboolean(L, -1) ? "true" : "false");
	case LUA_TNUMBER:
		return encode_number(encoder, place);
	case LUA_TSTRING:
		bytes = lua_tolstring(L, -1, &len);
		return encode_string(encoder, bytes, len);
	default:
		break;
	}
	if (lua_isnil(L, -1) || lua_json_is_null(L, encoder->marks))
		return put_string(encoder, "null");
	if (lua_istable(L, -1))
		return encode_table(encoder, place);
	(void)snprintf(reason, sizeof reason, "a %s has no form in JSON", lua_typename(L, lua_type(L, -1)));
	return refuse(encoder, place, reason);
}

bool lua_encode(lua_State *L, int index, int marks, struct buf *out, struct failure *failure)
{
	int top = lua_gettop(L);
	struct encoder encoder = {.L = L, .marks = marks, .out = out, .failure = failure};
	encoder.names = lua_json_buf(L, marks, SIZE_MAX / 4);
	lua_pushvalue(L, index);
	const struct place whole = {0};
	bool ok = encode_value(&encoder, &whole);
	buf_free(encoder.names);
	lua_settop(L, top);
	return ok;
}
