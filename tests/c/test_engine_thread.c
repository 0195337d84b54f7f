/*
 * What the engine's thread and its connections are like, as the system sees them.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "rig.h"

/* ---- signals ----------------------------------------------------------------------------------------------------- */

#define TASKS_MAX 64

/* The ids of the threads of this process into `ids`. Returns how many there are. */
static size_t list_tasks(long ids[TASKS_MAX])
{
	size_t count = 0;
	DIR *folder = opendir("/proc/self/task");
	assert_non_null(folder);
	const struct dirent *entry;
	while ((entry = readdir(folder))) // NOLINT(concurrency-mt-unsafe): a stream of our own
		if (entry->d_name[0] != '.' && count < TASKS_MAX)
			ids[count++] = strtol(entry->d_name, NULL, 10);
	closedir(folder);
	return count;
}

/* The signals that a thread has blocked: signal N is bit N - 1. */
static uint64_t blocked_in(long task)
{
	static const char name[] = "\nSigBlk:";
	char path[64], text[4096];
	snprintf(path, sizeof path, "/proc/self/task/%ld/status", task);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	assert_int_equal(fclose(file), 0);
	const char *line = strstr(text, name);
	assert_non_null(line);
	return strtoull(line + strlen(name), NULL, 16);
}

static bool has_task(const long *ids, size_t count, long id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* Those that can be blocked, but for the ones that the C library keeps for itself. */
static void assert_all_blocked(uint64_t blocked)
{
	for (int number = 1; number <= SIGRTMAX; number++) {
		bool free = number == SIGKILL || number == SIGSTOP || (number >= 32 && number < SIGRTMIN);
		if (!free && !(blocked >> (number - 1) & 1))
			fail_msg("signal %d would reach the thread", number);
	}
}

static void leaves_signals_to_the_editor(void **state)
{
	struct rig *rig = *state;
	long before[TASKS_MAX] = {0}, after[TASKS_MAX] = {0};
	size_t old = list_tasks(before), fresh = 0;
	uint64_t own = blocked_in(before[0]);
	rig_wait_text(rig, rig_ask(rig, "c-stalling"));
	size_t count = list_tasks(after);
	for (size_t i = 0; i < count; i++) {
		if (!has_task(before, old, after[i])) {
			assert_all_blocked(blocked_in(after[i]));
			fresh++;
		}
	}
	assert_true(fresh >= 1);                      /* TSan begins one of its own */
	assert_int_equal(blocked_in(before[0]), own); /* who asked has what it had */
}

/* ---- sockets ----------------------------------------------------------------------------------------------------- */

/* Whether the descriptor is a connection to the port. */
static bool leads_to(int fd, int port)
{
	struct sockaddr_in peer = {0};
	socklen_t len = sizeof peer;
	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0 && peer.sin_family == AF_INET &&
	       ntohs(peer.sin_port) == port;
}

static int option_of(int fd, int level, int name)
{
	int setting = 0;
	socklen_t len = sizeof setting;
	assert_int_equal(getsockopt(fd, level, name, &setting, &len), 0);
	return setting;
}

/* Small writes go out at once; a connection whose other end has gone is noticed. */
static void sets_up_its_connections(void **state)
{
	struct rig *rig = *state;
	int connections = 0;
	rig_wait_text(rig, rig_ask(rig, "c-stalling"));
	rig_wait_text(rig, rig_ask(rig, "c-stalling"));
	for (int fd = 0; fd < 1024; fd++) {
		if (!leads_to(fd, rig->server.port))
			continue;
		assert_int_not_equal(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 0);
		assert_int_not_equal(option_of(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
		connections++;
	}
	assert_int_equal(connections, 2);
}

#define engine_test(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		engine_test(leaves_signals_to_the_editor),
		engine_test(sets_up_its_connections),
	};
	return cmocka_run_group_tests_name("engine_thread", tests, NULL, NULL);
}
