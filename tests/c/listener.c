#include "listener.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

int listener_open(int queue, int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, queue), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

void deaf_open(struct deaf *deaf)
{
	deaf->listener = listener_open(0, &deaf->port);
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)deaf->port)};
	for (size_t i = 0; i < 4; i++) {
		deaf->waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		assert_int_not_equal(deaf->waiting[i], -1);
		(void)!connect(
			deaf->waiting[i], (struct sockaddr *)&address, sizeof address); /* some are taken, some wait */
	}
}

void deaf_close(const struct deaf *deaf)
{
	for (size_t i = 0; i < 4; i++)
		close(deaf->waiting[i]);
	close(deaf->listener);
}
