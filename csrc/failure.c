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
	vsnprintf(text, sizeof text, format, args);
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

void failure_append(struct failure *failure, const char *text, size_t len, const char *secret)
{
	size_t secret_len = secret ? strlen(secret) : 0;
	size_t used = strlen(failure->message);
	size_t room = FAILURE_MESSAGE_CHARS - count_chars(failure->message);
	bool space = used == 0; /* no space at the beginning, and never two */
	for (size_t i = 0; i < len && room > 0;) {
		const char *piece = text + i;
		size_t taken = printable_len(piece, len - i);
		size_t piece_len = taken;
		if (secret_len > 0 && len - i >= secret_len && memcmp(piece, secret, secret_len) == 0) {
			piece = "***";
			taken = secret_len;
			piece_len = room < 3 ? room : 3;
		} else if (taken == 0) {
			piece = " ";
			taken = piece_len = 1;
		}
		i += taken;
		if (*piece == ' ' && space)
			continue;
		space = *piece == ' ';
		memcpy(failure->message + used, piece, piece_len);
		used += piece_len;
		room -= *piece == '*' ? piece_len : 1;
	}
	failure->message[used] = '\0';
}
