#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A replay server (build/replay) of its own for a test, on the scripts of tests/data/replay. It ends with the test,
 * even when that dies, and records what it is asked. */
struct server {
	pid_t pid;    /* 0: killed */
	int stdin_fd; /* it ends when this is closed */
	int port;
	char record[64];
};

/* Returns when it listens. Fails the test when it does not start. */
void server_start(struct server *server);

/* Takes the server away, without a word to its clients, and brings it back on the port it had. */
void server_kill(struct server *server);
void server_revive(struct server *server);

/* Ends it and removes its record. */
void server_stop(struct server *server);

/* The address of a script's chat endpoint, into `url`. */
void server_url(const struct server *server, const char *script, char *url, size_t size);

/* How often the index of the record has `needle`. */
size_t server_recorded(const struct server *server, const char *needle);

/* Waits until the index of the record has `needle`; false after 10 s. */
bool server_wait_recorded(const struct server *server, const char *needle);

/* The head and body of the `number`-th request, as they came. The caller frees it. */
char *server_request(const struct server *server, unsigned number);

#endif
