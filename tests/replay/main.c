#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "practice.h"
#include "record.h"
#include "reply.h"
#include "script.h"

/* What the command line asks for. Written once, before the first thread. */
static struct {
	int port;
	bool practice, ends_with_stdin;
	const char *scripts;
} options;

static void answer_missing(struct reply *reply, const char *path)
{
	char body[1024];
	int len = snprintf(
		body, sizeof body, "{\"error\":{\"message\":\"no script for %.500s\",\"code\":\"not_found\"}}", path);
	reply->status = 404;
	reply->framing = FRAMING_LENGTH;
	reply->length = (size_t)len;
	reply_header(reply, "Content-Type: application/json");
	reply_body(reply, body, (size_t)len);
	reply_end(reply);
}

static void answer(struct connection *connection, struct http_request *request, struct reply *reply)
{
	char *script = options.practice ? NULL : script_find(options.scripts, request->path);
	bool early = script && script_is_early(script);
	if (!early && !http_read_body(connection, request)) {
		reply->ends_connection = true;
	} else {
		unsigned number = record_request(connection, request);
		if (options.practice)
			practice_answer(request, reply);
		else if (script)
			script_run(script, options.scripts, reply);
		else
			answer_missing(reply, request->path);
		if (reply->broken)
			record_aborted(number);
	}
	if (early && !reply->broken && !http_read_body(connection, request))
		reply->ends_connection = true;
	free(script);
}

static void *serve(void *context)
{
	struct connection *connection = context;
	struct http_request request;
	bool open = true;
	while (open && http_read_head(connection, &request)) {
		struct reply reply;
		reply_init(&reply, connection);
		answer(connection, &request, &reply);
		open = request.keep_alive && !reply.ends_connection && !reply.broken;
		reply_free(&reply);
		http_consume(connection, &request);
	}
	close(connection->fd);
	free(connection->bytes);
	free(connection);
	return NULL;
}

static void accept_one(int listener)
{
	static unsigned count;
	const int yes = 1;
	pthread_t thread;
	int fd = accept(listener, NULL, NULL);
	struct connection *connection = fd < 0 ? NULL : calloc(1, sizeof *connection);
	if (!connection) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	connection->fd = fd;
	connection->number = ++count;
	if (pthread_create(&thread, NULL, serve, connection) == 0) {
		pthread_detach(thread);
	} else {
		close(fd);
		free(connection);
	}
}

static int listen_on(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	socklen_t len = sizeof address;
	const int yes = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 512) != 0) {
		perror("replay: cannot listen");
		exit(1); // NOLINT(concurrency-mt-unsafe): no thread runs yet
	}
	getsockname(fd, (struct sockaddr *)&address, &len);
	printf("listening %d\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

static void usage(void)
{
	fprintf(stderr, "usage: replay [--port N] [--stdin] (--practice | --scripts DIR [--record DIR])\n");
	exit(2); // NOLINT(concurrency-mt-unsafe): no thread runs yet
}

static void read_options(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--practice") == 0)
			options.practice = true;
		else if (strcmp(argv[i], "--stdin") == 0)
			options.ends_with_stdin = true;
		else if (strcmp(argv[i], "--port") == 0 && i + 1 < argc)
			options.port = atoi(argv[++i]);
		else if (strcmp(argv[i], "--scripts") == 0 && i + 1 < argc)
			options.scripts = argv[++i];
		else if (strcmp(argv[i], "--record") == 0 && i + 1 < argc)
			record_open(argv[++i]);
		else
			usage();
	}
	if (!options.practice && !options.scripts)
		usage();
}

/* With --stdin the server lives no longer than who holds the other end. */
static bool stdin_ended(const struct pollfd *poll_fd)
{
	char bytes[256];
	return poll_fd->revents && read(STDIN_FILENO, bytes, sizeof bytes) <= 0;
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	struct pollfd fds[] = {
		{.fd = listen_on(options.port), .events = POLLIN},
		{.fd = options.ends_with_stdin ? STDIN_FILENO : -1, .events = POLLIN},
	};
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents & POLLIN)
			accept_one(fds[0].fd);
		if (stdin_ended(&fds[1]))
			return 0;
	}
}
