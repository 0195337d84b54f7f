/* A resolver that hangs, to be preloaded (LD_PRELOAD): a name that begins with "hanging" is not found for a minute. */

#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <time.h>

#define HANGS_S 60

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the C library's names are reserved */
__attribute__((visibility("default"))) int getaddrinfo(
	const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	typedef int (*resolver)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	union {
		void *symbol;
		resolver call;
	} real = {.symbol = dlsym(RTLD_NEXT, "getaddrinfo")};
	const struct timespec pause = {.tv_sec = HANGS_S};
	if (!node || strncmp(node, "hanging", strlen("hanging")) != 0)
		return real.call(node, service, hints, result);
	nanosleep(&pause, NULL);
	return EAI_AGAIN;
}
