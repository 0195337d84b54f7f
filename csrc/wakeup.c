#include "wakeup.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/eventfd.h>

bool wakeup_init(struct wakeup *wakeup)
{
	wakeup->read_fd = wakeup->write_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return wakeup->read_fd >= 0;
}
#else
static void make_quiet(int fd)
{
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

bool wakeup_init(struct wakeup *wakeup)
{
	int fds[2];
	if (pipe(fds) != 0)
		return false;
	make_quiet(fds[0]);
	make_quiet(fds[1]);
	wakeup->read_fd = fds[0];
	wakeup->write_fd = fds[1];
	return true;
}
#endif

void wakeup_signal(const struct wakeup *wakeup)
{
	/* Eight bytes are what an eventfd wants; a pipe takes them too. A full one is signalled already. */
	uint64_t one = 1;
	ssize_t ignored = write(wakeup->write_fd, &one, sizeof one);
	(void)ignored;
}

void wakeup_clear(const struct wakeup *wakeup)
{
	uint64_t signals[64];
	while (read(wakeup->read_fd, signals, sizeof signals) == (ssize_t)sizeof signals)
		continue; /* an eventfd gives all in one read of 8 bytes, a pipe may hold more */
}

void wakeup_close(struct wakeup *wakeup)
{
	close(wakeup->read_fd);
	if (wakeup->write_fd != wakeup->read_fd)
		close(wakeup->write_fd);
	wakeup->read_fd = wakeup->write_fd = -1;
}
