#include "json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cJSON reads a number through a buffer of 64 bytes with its NUL. */
#define NUMBER_MAX 63

/* The pass over the copy: reads at `in`, writes at `out`; `out` never overtakes `in`. */
struct pass {
	char *in;
	char *out;
	char *end;
	int depth;
};

static void put(struct pass *pass, unsigned char byte)
{
	*pass->out++ = (char)byte;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20); /* lower case */
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four hexadecimal digits at `s` as a number, -1 when they are none. */
static int hex4(const char *s, const char *end)
{
	int value = 0;
	if (end - s < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(s[i]);
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static bool is_high(int code)
{
	return code >= 0xD800 && code <= 0xDBFF;
}

static bool is_low(int code)
{
	return code >= 0xDC00 && code <= 0xDFFF;
}

static void copy(struct pass *pass, size_t n)
{
	memmove(pass->out, pass->in, n);
	pass->out += n;
	pass->in += n;
}

/* An escape in a string, `in` at its backslash. */
static void pass_escape(struct pass *pass)
{
	if (pass->end - pass->in < 2) {
		copy(pass, 1);
		return;
	}
	int code = pass->in[1] == 'u' ? hex4(pass->in + 2, pass->end) : -1;
	if (code == 0) {
		put(pass, 0xC0);
		put(pass, 0x80);
		pass->in += 6;
	} else if (is_high(code) && pass->end - pass->in >= 12 && pass->in[6] == '\\' && pass->in[7] == 'u' &&
		   is_low(hex4(pass->in + 8, pass->end))) {
		copy(pass, 12);
	} else if (is_high(code) || is_low(code)) {
		put(pass, 0xED);
		put(pass, (unsigned char)(0x80 | ((code >> 6) & 0x3F)));
		put(pass, (unsigned char)(0x80 | (code & 0x3F)));
		pass->in += 6;
	} else if (code < 0 && pass->in[1] == 'u') {
		put(pass, '\\'); /* cJSON takes no digits for the digits of 0; an escape it does not know it refuses */
		put(pass, '?');
		pass->in += 2;
	} else {
		copy(pass, 2);
	}
}

/* A byte of a string beyond ASCII, or a NUL: what could be taken for one of our own marks becomes invalid. */
static void pass_raw(struct pass *pass)
{
	unsigned char byte = (unsigned char)*pass->in;
	bool surrogate = byte == 0xED && pass->end - pass->in >= 2 && (unsigned char)pass->in[1] >= 0xA0;
	bool never_valid = byte == 0 || byte == 0xC0 || byte == 0xC1 || byte >= 0xF5;
	if (never_valid || surrogate) {
		put(pass, 0xFF);
		pass->in++;
	} else {
		copy(pass, 1);
	}
}

/* A string, `in` at its opening quote. */
static void pass_string(struct pass *pass)
{
	copy(pass, 1);
	while (pass->in < pass->end && *pass->in != '"') {
		if (*pass->in == '\\')
			pass_escape(pass);
		else if ((signed char)*pass->in <= 0)
			pass_raw(pass);
		else
			copy(pass, 1);
	}
	if (pass->in < pass->end)
		copy(pass, 1);
}

static size_t number_len(const char *s, const char *end)
{
	size_t n = 0;
	while (s + n < end && s[n] != '\0' && strchr("+-.0123456789eE", s[n]))
		n++;
	return n;
}

/* A number. A long one is written again with the 17 digits that a double has. */
static void pass_number(struct pass *pass)
{
	size_t len = number_len(pass->in, pass->end);
	char *end = pass->in;
	double value = 0;
	if (len > NUMBER_MAX)
		value = strtod(pass->in, &end); /* the copy ends in a NUL; the editors keep LC_NUMERIC at "C" */
	if (end != pass->in + len) {
		copy(pass, len); /* short enough, or no number: cJSON will say so */
		return;
	}
	char shorter[NUMBER_MAX + 1];
	if (isinf(value))
		(void)snprintf(shorter, sizeof shorter, "%s", value > 0 ? "1e999" : "-1e999");
	else
		(void)snprintf(shorter, sizeof shorter, "%.17g", value);
	size_t n = strlen(shorter);
	memcpy(pass->out, shorter, n);
	pass->out += n;
	pass->in += len;
}

static void skip_string(struct pass *pass)
{
	pass->in++;
	while (pass->in < pass->end && *pass->in != '"')
		pass->in += *pass->in == '\\' && pass->end - pass->in > 1 ? 2 : 1;
	if (pass->in < pass->end)
		pass->in++;
}

/* A container nested too deep, `in` at its bracket: passed over to its end, 0 written in its place. */
static void skip_container(struct pass *pass)
{
	size_t open = 1;
	pass->in++; /* first, for the 0 may take the very place of the bracket */
	put(pass, '0');
	while (open > 0 && pass->in < pass->end) {
		char c = *pass->in;
		if (c == '"') {
			skip_string(pass);
			continue;
		}
		if (c == '[' || c == '{')
			open++;
		else if (c == ']' || c == '}')
			open--;
		pass->in++;
	}
}

static void pass_byte(struct pass *pass)
{
	switch (*pass->in) {
	case '"':
		pass_string(pass);
		return;
	case '[':
	case '{':
		if (pass->depth >= JSON_MAX_DEPTH) {
			skip_container(pass);
			return;
		}
		pass->depth++;
		copy(pass, 1);
		return;
	case ']':
	case '}':
		pass->depth--;
		copy(pass, 1);
		return;
	case '\0':
		put(pass, 0xFF);
		pass->in++;
		return;
	default:
		if (number_len(pass->in, pass->end) > 0)
			pass_number(pass);
		else
			copy(pass, 1);
	}
}

static char *prepared_copy(const char *bytes, size_t len)
{
	char *text = malloc(len + 1);
	if (!text)
		return NULL;
	memcpy(text, bytes, len);
	text[len] = '\0';
	struct pass pass = {.in = text, .out = text, .end = text + len};
	while (pass.in < pass.end)
		pass_byte(&pass);
	*pass.out = '\0';
	return text;
}

cJSON *json_parse(const char *bytes, size_t len, enum json_trailing trailing)
{
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	char *text = prepared_copy(bytes, len);
	if (!text) {
		errno = ENOMEM;
		return NULL;
	}
	errno = 0;
	cJSON *value = cJSON_ParseWithOpts(text, NULL, trailing == JSON_TRAILING_REFUSED);
	int reason = errno == ENOMEM ? ENOMEM : EINVAL; /* malloc sets it, and cJSON says no more than NULL */
	free(text);
	if (!value)
		errno = reason;
	return value;
}

cJSON *json_get(const cJSON *object, const char *name)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const char *json_get_string(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(json_get(object, name));
}
