#ifndef TEST_FRONT_H
#define TEST_FRONT_H

#include <stddef.h>
#include <sys/types.h>

/* nginx in front of a server, by tests/editor/front.sh: TLS with HTTP/2, by certificates of an authority of our own. It
 * ends with the test, even when that dies. */
struct front {
	pid_t pid;
	int good, expired, early, other, self, plain; /* ports, by the certificate there */
	long log_from;                                /* where the part of the log begins that counts */
	char dir[64];
	char ca_file[96]; /* the authority to trust */
};

/* Returns when it serves. `upstream` is the server's port. Fails the test when it does not start. */
void front_start(struct front *front, int upstream);

void front_stop(struct front *front);

/* Makes nginx read its configuration anew: it takes its leave of all connections by GOAWAY. */
void front_reload(const struct front *front);

/* Forgets the requests so far. */
void front_forget(struct front *front);

/* The number of nginx's connection for each request for the script, in the order of their ends; waits until there are
 * `count`. Fails the test when there are more, or one was not HTTP/2. */
void front_connections(const struct front *front, const char *script, unsigned *connections, size_t count);

#endif
