#include "front.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "listener.h"

/* Ports that nobody listens on. */
static void choose_ports(struct front *front)
{
	int *const ports[] = {&front->good, &front->expired, &front->early, &front->other, &front->self, &front->plain};
	int listeners[sizeof ports / sizeof *ports];
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
		listeners[i] = listener_open(1, ports[i]);
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
		close(listeners[i]);
}

static void run_script(const struct front *front, int upstream)
{
	const int numbers[] = {
		upstream, front->good, front->expired, front->early, front->other, front->self, front->plain};
	char texts[sizeof numbers / sizeof *numbers][16];
	const char *argv[3 + sizeof numbers / sizeof *numbers] = {"tests/editor/front.sh", front->dir};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		snprintf(texts[i], sizeof texts[i], "%d", numbers[i]);
		argv[2 + i] = texts[i];
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execv(argv[0], (char *const *)argv);
	_exit(127);
}

static bool answers(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return connected;
}

static void pause_ms(long ms)
{
	const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000 * 1000};
	nanosleep(&pause, NULL);
}

void front_start(struct front *front, int upstream)
{
	snprintf(front->dir, sizeof front->dir, "/tmp/beans-front-XXXXXX");
	assert_non_null(mkdtemp(front->dir));
	snprintf(front->ca_file, sizeof front->ca_file, "%s/ca.pem", front->dir);
	front->log_from = 0;
	choose_ports(front);
	front->pid = fork();
	if (front->pid == 0)
		run_script(front, upstream);
	for (int i = 0; i < 4000 && !answers(front->plain); i++) {
		if (waitpid(front->pid, NULL, WNOHANG) != 0)
			fail_msg("nginx did not start");
		pause_ms(5);
	}
}

void front_stop(struct front *front)
{
	char command[128];
	kill(front->pid, SIGTERM);
	waitpid(front->pid, NULL, 0);
	snprintf(command, sizeof command, "rm -rf %s", front->dir);
	assert_int_equal(system(command), 0); // NOLINT(cert-env33-c,concurrency-mt-unsafe): a name of our own
}

void front_reload(const struct front *front)
{
	assert_int_equal(kill(front->pid, SIGHUP), 0);
}

void front_forget(struct front *front)
{
	char path[96];
	struct stat status;
	snprintf(path, sizeof path, "%s/access", front->dir);
	assert_int_equal(stat(path, &status), 0);
	front->log_from = status.st_size;
}

/* Reads what the log has so far. Returns how many requests for the script there are. */
static size_t read_log(const struct front *front, const char *script, unsigned *connections, size_t count)
{
	char path[96], needle[64], line[512];
	size_t found = 0;
	snprintf(path, sizeof path, "%s/access", front->dir);
	snprintf(needle, sizeof needle, " /s/%s/", script);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fseek(file, front->log_from, SEEK_SET), 0);
	while (fgets(line, sizeof line, file)) {
		if (!strstr(line, needle))
			continue;
		assert_memory_equal(line, "HTTP/2.0 ", 9);
		assert_true(found < count);
		connections[found++] = (unsigned)strtoul(line + 9, NULL, 10);
	}
	fclose(file);
	return found;
}

void front_connections(const struct front *front, const char *script, unsigned *connections, size_t count)
{
	size_t found = 0;
	for (int i = 0; i < 2000 && found < count; i++) {
		found = read_log(front, script, connections, count);
		if (found < count)
			pause_ms(5);
	}
	assert_int_equal(found, count);
}
