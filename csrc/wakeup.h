#ifndef BEANS_WAKEUP_H
#define BEANS_WAKEUP_H

#include <stdbool.h>

/*
 * A descriptor that becomes readable when there is something to drain: an eventfd on Linux, a pipe elsewhere;
 * non-blocking and close-on-exec. A signal is only a hint: clear first, then drain until empty.
 */
struct wakeup {
	int read_fd;
	int write_fd; /* the same as read_fd for an eventfd */
};

/* false when the system has no descriptor left. */
bool wakeup_init(struct wakeup *wakeup);

/* Any thread. Never blocks; several signals may become one. */
void wakeup_signal(const struct wakeup *wakeup);

/* Forgets all signals so far. Never blocks. */
void wakeup_clear(const struct wakeup *wakeup);

/* Gives the descriptors back. No thread may signal any more. */
void wakeup_close(struct wakeup *wakeup);

#endif
