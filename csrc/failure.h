#ifndef BEANS_FAILURE_H
#define BEANS_FAILURE_H

#include <stddef.h>

/* The closed list of error kinds that users can rely on; `budget` is known to Lua only. */
enum failure_kind {
	FAILURE_NONE,
	FAILURE_NETWORK,    /* refused, reset or closed before an answer */
	FAILURE_TLS,        /* certificate or handshake */
	FAILURE_TIMEOUT,    /* connect, first byte, idle */
	FAILURE_AUTH,       /* 401, 403 */
	FAILURE_QUOTA,      /* 402, or code insufficient_quota */
	FAILURE_RATE_LIMIT, /* any other 429 */
	FAILURE_HTTP,       /* every other status outside 2xx, and an error object in a 200 answer */
	FAILURE_PROTOCOL,   /* an answer that is not what the API speaks */
	FAILURE_TRUNCATED,  /* ended without finish reason and without [DONE] */
	FAILURE_TOO_LARGE,  /* one of our limits */
	FAILURE_NO_MEMORY,
	FAILURE_CANCELLED,
	FAILURE_SHUTDOWN,
	FAILURE_CONFIG, /* found before anything is sent */
};

/* "network", "tls", …: the name Lua sees. "" for FAILURE_NONE. Static. */
const char *failure_kind_name(enum failure_kind kind);

/* Characters (not bytes) of a message at the most: what contract and screen take in one line. */
#define FAILURE_MESSAGE_CHARS 1000

/*
 * What went wrong with one request. Fixed size, so that telling it needs no memory. `message` is always one line of
 * valid UTF-8 without control characters.
 */
struct failure {
	enum failure_kind kind;
	char message[FAILURE_MESSAGE_CHARS * 4 + 1];
	char code[64];  /* the server's own error code, "" when there is none */
	char param[64]; /* the parameter the server complains of, "" when it names none */
};

/* Sets kind and message, in our own words; forgets code and param. */
void failure_set(struct failure *failure, enum failure_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Appends foreign text to the message: cleaned, cut at FAILURE_MESSAGE_CHARS, each occurrence of `secret` (may be NULL
 * or "") replaced by ***. The whole text is searched before it is cut, so that no half of a key is left at the edge.
 */
void failure_append(struct failure *failure, const char *text, size_t len, const char *secret);

/* As failure_append, but at most `chars` characters of the text, so that there is room for what follows. */
void failure_append_some(struct failure *failure, size_t chars, const char *text, size_t len, const char *secret);

/* Makes of foreign text one clean line, as failure_append does, in `line` of `size` bytes; no character is cut. */
void failure_copy_line(char *line, size_t size, const char *text, size_t len, const char *secret);

#endif
