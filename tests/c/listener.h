#ifndef TEST_LISTENER_H
#define TEST_LISTENER_H

/* Servers that are nothing but a listening socket on 127.0.0.1, for what no HTTP server does. */

/* Listens on a port that was free, with `queue` as listen(2) has it. Fails the test when it can't. */
int listener_open(int queue, int *port);

/* A listener whose queue is full: who connects to it now waits for ever. */
struct deaf {
	int listener, waiting[4];
	int port;
};

void deaf_open(struct deaf *deaf);
void deaf_close(const struct deaf *deaf);

#endif
