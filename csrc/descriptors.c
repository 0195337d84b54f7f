#include "descriptors.h"

#include <fcntl.h>
#include <unistd.h>

static int lowest_free(void)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd < 0)
		return STDERR_FILENO + 1;
	close(fd);
	return fd;
}

void descriptors_note(struct descriptors *before)
{
	before->first = lowest_free();
	for (int i = 0; i < DESCRIPTORS_WATCHED; i++)
		before->open[i] = fcntl(before->first + i, F_GETFD) >= 0;
}

void descriptors_close_on_exec(const struct descriptors *before)
{
	for (int i = 0; i < DESCRIPTORS_WATCHED; i++) {
		int flags = before->open[i] ? -1 : fcntl(before->first + i, F_GETFD);
		if (flags >= 0 && !(flags & FD_CLOEXEC))
			fcntl(before->first + i, F_SETFD, flags | FD_CLOEXEC);
	}
}
