#include "failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

static const char *const KIND_NAMES[] = {
	[FAILURE_NONE] = "",
	[FAILURE_NETWORK] = "network",
	[FAILURE_TLS] = "tls",
	[FAILURE_TIMEOUT] = "timeout",
	[FAILURE_AUTH] = "auth",
	[FAILURE_QUOTA] = "quota",
	[FAILURE_RATE_LIMIT] = "rate_limit",
	[FAILURE_HTTP] = "http",
	[FAILURE_PROTOCOL] = "protocol",
	[FAILURE_TRUNCATED] = "truncated",
	[FAILURE_TOO_LARGE] = "too_large",
	[FAILURE_NO_MEMORY] = "no_memory",
	[FAILURE_CANCELLED] = "cancelled",
	[FAILURE_SHUTDOWN] = "shutdown",
	[FAILURE_CONFIG] = "config",
};

const char *failure_kind_name(enum failure_kind kind)
{
	return KIND_NAMES[kind];
}

void failure_set(struct failure *failure, enum failure_kind kind, const char *format, ...)
{
	char text[FAILURE_MESSAGE_CHARS];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	failure->kind = kind;
	failure->message[0] = failure->code[0] = failure->param[0] = '\0';
	failure_append(failure, text, strlen(text), NULL);
}

static size_t count_chars(const char *text)
{
	size_t count = 0;
	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

/* The length of a character that belongs on one line of a screen; 0 for controls (C0, DEL, C1) and malformed bytes. */
static size_t printable_len(const char *s, size_t len)
{
	unsigned char first = (unsigned char)*s;
	size_t n = utf8_char_len(s, len);
	bool c1 = n == 2 && first == 0xC2 && (unsigned char)s[1] < 0xA0;
	bool line_end = n == 3 && memcmp(s, "\xE2\x80", 2) == 0 && (s[2] == '\xA8' || s[2] == '\xA9');
	return first < 0x20 || first == 0x7F || c1 || line_end ? 0 : n;
}

/* Appends at most `chars` characters to the string `line` of `size` bytes. Never two blanks in a row. */
static void append_line(char *line, size_t size, size_t chars, const char *text, size_t len, const char *secret)
{
	size_t secret_len = secret ? strlen(secret) : 0;
	size_t used = strlen(line);
	while (len > 0) {
		const char *piece = text;
		size_t piece_chars = 1;
		size_t taken = printable_len(text, len);
		size_t piece_len = taken;
		if (secret_len > 0 && len >= secret_len && memcmp(text, secret, secret_len) == 0) {
			piece = "***";
			piece_len = piece_chars = 3;
			taken = secret_len;
		} else if (taken == 0) {
			piece = " ";
			taken = piece_len = 1;
		}
		text += taken;
		len -= taken;
		if (*piece == ' ' && (used == 0 || line[used - 1] == ' '))
			continue;
		if (piece_chars > chars || piece_len >= size - used)
			break;
		memcpy(line + used, piece, piece_len);
		used += piece_len;
		chars -= piece_chars;
	}
	line[used] = '\0';
}

void failure_append_some(struct failure *failure, size_t chars, const char *text, size_t len, const char *secret)
{
	size_t room = FAILURE_MESSAGE_CHARS - count_chars(failure->message);
	append_line(failure->message, sizeof failure->message, chars < room ? chars : room, text, len, secret);
}

void failure_append(struct failure *failure, const char *text, size_t len, const char *secret)
{
	failure_append_some(failure, FAILURE_MESSAGE_CHARS, text, len, secret);
}

void failure_copy_line(char *line, size_t size, const char *text, size_t len, const char *secret)
{
	line[0] = '\0';
	append_line(line, size, size, text, len, secret);
	size_t used = strlen(line);
	if (used > 0 && line[used - 1] == ' ')
		line[used - 1] = '\0';
}
