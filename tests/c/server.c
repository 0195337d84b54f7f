#include "server.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void spawn(struct server *server, int in, int out)
{
	char port[16];
	char *argv[] = {"build/replay", "--scripts", "tests/data/replay", "--record", server->record, "--port", port,
		"--stdin", NULL};
	posix_spawn_file_actions_t actions;
	snprintf(port, sizeof port, "%d", server->port);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	assert_int_equal(posix_spawn(&server->pid, argv[0], &actions, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
}

static void open_pipe(int ends[2])
{
	assert_int_equal(pipe(ends), 0);
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

void server_revive(struct server *server)
{
	int in[2], out[2];
	char line[64] = "";
	open_pipe(in);
	open_pipe(out);
	spawn(server, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	server->stdin_fd = in[1];
	for (size_t len = 0; len < sizeof line - 1 && !strchr(line, '\n'); len++)
		if (read(out[0], line + len, 1) != 1)
			break;
	close(out[0]);
	assert_memory_equal(line, "listening ", strlen("listening "));
	server->port = (int)strtol(line + strlen("listening "), NULL, 10);
}

void server_start(struct server *server)
{
	snprintf(server->record, sizeof server->record, "/tmp/beans-record-XXXXXX");
	assert_non_null(mkdtemp(server->record));
	server->port = 0;
	server_revive(server);
}

static void end(struct server *server, int signal)
{
	close(server->stdin_fd);
	kill(server->pid, signal);
	waitpid(server->pid, NULL, 0);
	server->pid = 0;
}

void server_kill(struct server *server)
{
	end(server, SIGKILL);
}

static void remove_record(const struct server *server)
{
	char path[512];
	const struct dirent *entry;
	DIR *folder = opendir(server->record);
	assert_non_null(folder);
	while ((entry = readdir(folder))) { // NOLINT(concurrency-mt-unsafe): a stream of our own
		snprintf(path, sizeof path, "%s/%s", server->record, entry->d_name);
		unlink(path);
	}
	closedir(folder);
	rmdir(server->record);
}

void server_stop(struct server *server)
{
	if (server->pid)
		end(server, SIGTERM);
	remove_record(server);
}

void server_url(const struct server *server, const char *script, char *url, size_t size)
{
	snprintf(url, size, "http://127.0.0.1:%d/s/%s/v1/chat/completions", server->port, script);
}

/* A file of the record as a string; "" while it is not there. */
static char *read_record(const struct server *server, const char *name)
{
	char path[128], *text = NULL;
	size_t len = 0;
	snprintf(path, sizeof path, "%s/%s", server->record, name);
	FILE *file = fopen(path, "r");
	if (!file)
		return strdup("");
	ssize_t got = getdelim(&text, &len, EOF, file);
	fclose(file);
	if (got < 0) {
		free(text);
		return strdup("");
	}
	return text;
}

size_t server_recorded(const struct server *server, const char *needle)
{
	char *index = read_record(server, "index");
	size_t count = 0;
	for (const char *at = index; (at = strstr(at, needle)); at += strlen(needle))
		count++;
	free(index);
	return count;
}

bool server_wait_recorded(const struct server *server, const char *needle)
{
	const struct timespec pause = {.tv_nsec = 2L * 1000 * 1000};
	for (int i = 0; i < 5000; i++) {
		if (server_recorded(server, needle) > 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

char *server_request(const struct server *server, unsigned number)
{
	char name[16];
	snprintf(name, sizeof name, "%04u.req", number);
	return read_record(server, name);
}
