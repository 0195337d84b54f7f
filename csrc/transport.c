#include "transport.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* All lines of the response header together. Fixed by the contract. */
#define HEADER_MAX ((size_t)256 * 1024)
/* The longest wait of a turn: some libcurl 8.x have swallowed wakeups. */
#define TURN_MAX_MS 1000
/* When the answer is complete, the end of the response is worth this much patience: it keeps the connection warm. */
#define DRAIN_MS 500
#define DRAIN_MAX ((size_t)64 * 1024)
/* How much of a stream one turn may bring; small enough that a pause comes in time. */
#define READ_SIZE (64L * 1024)

enum phase {
	PHASE_CONNECTING, /* libcurl's own time-out holds */
	PHASE_WAITING,    /* connected; the request is on its way, or the header is awaited */
	PHASE_READING,    /* the header is there */
	PHASE_DRAINING,   /* the sink has had its end; the rest is thrown away */
};

struct transfer {
	struct transport *transport;
	struct transfer *next, *prev;
	CURL *easy;
	struct curl_slist *headers;
	struct transfer_spec spec;
	struct transfer_sink sink;
	enum phase phase;
	bool paused;
	bool sink_stopped;   /* the sink said TRANSFER_STOP and still has to be told the end */
	size_t body_sent;    /* bytes of the request's body that libcurl has */
	size_t header_bytes;
	size_t drained;
	double started;      /* moments of the monotonic clock, in ms */
	double alive;        /* the last sign of life of the present phase */
	double deadline;
	struct timing timing;
	struct failure failure;
	char curl_error[CURL_ERROR_SIZE];
};

struct transport {
	CURLM *multi;
	CURLSH *share; /* TLS sessions, so that a new connection to a known server saves a round trip */
	struct transfer *transfers;
};

static double now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- callbacks of libcurl ------------------------------------------------------------------------------------- */

static size_t on_read(char *out, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t room = size * count;
	size_t left = transfer->spec.body_len - transfer->body_sent;
	size_t n = left < room ? left : room;
	memcpy(out, transfer->spec.body + transfer->body_sent, n);
	transfer->body_sent += n;
	transfer->alive = now_ms();
	return n;
}

/* Lets libcurl send the body again when a kept connection turns out to be dead. */
static int on_seek(void *context, curl_off_t offset, int origin)
{
	struct transfer *transfer = context;
	if (origin != SEEK_SET || offset < 0 || (size_t)offset > transfer->spec.body_len)
		return CURL_SEEKFUNC_FAIL;
	transfer->body_sent = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

static int on_connected(void *context, char *remote, char *local, int remote_port, int local_port)
{
	struct transfer *transfer = context;
	(void)remote, (void)local, (void)remote_port, (void)local_port;
	transfer->phase = PHASE_WAITING;
	transfer->alive = now_ms();
	return CURL_PREREQFUNC_OK;
}

static void header_ended(struct transfer *transfer)
{
	long connects = 1;
	curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &connects);
	transfer->timing.reused = connects == 0;
	transfer->timing.first_byte_ms = now_ms() - transfer->started;
	transfer->phase = PHASE_READING;
	transfer->sink.header_end(transfer->sink.context, &transfer->timing);
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count;
	if (transfer->phase == PHASE_DRAINING)
		return len;
	transfer->header_bytes += len;
	if (transfer->header_bytes > HEADER_MAX) {
		failure_set(&transfer->failure, FAILURE_TOO_LARGE, "the server's response header is longer than %zu KiB",
			HEADER_MAX >> 10);
		return 0;
	}
	if (transfer->phase == PHASE_READING)
		transfer->alive = now_ms();
	transfer->sink.header(transfer->sink.context, line, len);
	long status = 0;
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	bool blank = line[0] == '\r' || line[0] == '\n';
	if (blank && status >= 200 && transfer->phase != PHASE_READING) {
		transfer->alive = now_ms();
		header_ended(transfer);
	}
	return len;
}

static size_t drain(struct transfer *transfer, size_t len)
{
	transfer->drained += len;
	return transfer->drained > DRAIN_MAX ? 0 : len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count;
	if (transfer->phase == PHASE_DRAINING || transfer->sink_stopped)
		return drain(transfer, len);
	transfer->alive = now_ms();
	switch (transfer->sink.body(transfer->sink.context, bytes, len)) {
	case TRANSFER_PAUSE:
		transfer->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	case TRANSFER_STOP:
		transfer->sink_stopped = true;
		return len;
	default:
		return len;
	}
}

static curl_socket_t on_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)context, (void)purpose;
#ifdef SOCK_CLOEXEC
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
	curl_socket_t fd = socket(address->family, address->socktype, address->protocol);
	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
#endif
}

/* ---- setting up ------------------------------------------------------------------------------------------------ */

/* Descriptors that libcurl opens for itself (7.88 forgets the flag on its wakeup pair) must not reach child processes. */
static void close_on_exec_between(int from, int to)
{
	for (int fd = from; fd < to; fd++) {
		int flags = fcntl(fd, F_GETFD);
		if (flags >= 0 && !(flags & FD_CLOEXEC))
			fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
	}
}

static int lowest_free_fd(void)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd >= 0)
		close(fd);
	return fd;
}

static CURLM *new_multi(void)
{
	int from = lowest_free_fd();
	CURLM *multi = curl_multi_init();
	int to = lowest_free_fd();
	if (multi && from >= 0)
		close_on_exec_between(from, to);
	return multi;
}

struct transport *transport_new(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	struct transport *transport = calloc(1, sizeof *transport);
	if (transport) {
		transport->multi = new_multi();
		transport->share = curl_share_init();
	}
	if (!transport || !transport->multi || !transport->share) {
		transport_free(transport);
		return NULL;
	}
	curl_share_setopt(transport->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	return transport;
}

static void transfer_free(struct transfer *transfer)
{
	if (transfer->easy)
		curl_easy_cleanup(transfer->easy);
	for (struct curl_slist *line = transfer->headers; line; line = line->next)
		explicit_bzero(line->data, strlen(line->data)); /* one of them holds the key */
	curl_slist_free_all(transfer->headers);
	free(transfer);
}

static void forget(struct transfer *transfer)
{
	curl_multi_remove_handle(transfer->transport->multi, transfer->easy);
	if (transfer->prev)
		transfer->prev->next = transfer->next;
	else
		transfer->transport->transfers = transfer->next;
	if (transfer->next)
		transfer->next->prev = transfer->prev;
	transfer_free(transfer);
}

void transport_free(struct transport *transport)
{
	if (transport) {
		while (transport->transfers)
			forget(transport->transfers);
		curl_multi_cleanup(transport->multi);
		curl_share_cleanup(transport->share);
		free(transport);
	}
	curl_global_cleanup();
}

static bool add_header(struct transfer *transfer, const char *line)
{
	struct curl_slist *headers = curl_slist_append(transfer->headers, line);
	if (headers)
		transfer->headers = headers;
	return headers;
}

static bool add_authorization(struct transfer *transfer, const char *key)
{
	if (!key || !*key)
		return true;
	size_t size = strlen("Authorization: Bearer ") + strlen(key) + 1;
	char *line = malloc(size);
	if (!line)
		return false;
	snprintf(line, size, "Authorization: Bearer %s", key);
	bool added = add_header(transfer, line);
	explicit_bzero(line, size);
	free(line);
	return added;
}

static bool add_headers(struct transfer *transfer)
{
	return add_header(transfer, "Accept: text/event-stream, application/json") &&
	       add_header(transfer, "Expect:") && /* libcurl would wait a second for servers that do not answer it */
	       (!transfer->spec.body || add_header(transfer, "Content-Type: application/json")) &&
	       add_authorization(transfer, transfer->spec.key);
}

/* What every transfer gets, whatever it asks for. */
static void set_policy(CURL *easy, struct transport *transport)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* never waits for a name lookup that hangs */
#endif
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, READ_SIZE);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "beans/" BEANS_VERSION);
	curl_easy_setopt(easy, CURLOPT_SHARE, transport->share);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
}

static void set_callbacks(CURL *easy, struct transfer *transfer)
{
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, transfer);
}

/* The options that copy a string can run out of memory. */
static CURLcode set_request(CURL *easy, const struct transfer *transfer)
{
	const struct transfer_spec *spec = &transfer->spec;
	CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, spec->url);
	if (code == CURLE_OK && spec->proxy)
		code = curl_easy_setopt(easy, CURLOPT_PROXY, spec->proxy);
	if (code == CURLE_OK && spec->ca_file)
		code = curl_easy_setopt(easy, CURLOPT_CAINFO, spec->ca_file);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, spec->connect_timeout_ms);
	/* Waits for a connection that is being made, if it may carry many requests at once: one handshake for all. */
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, strncasecmp(spec->url, "https:", 6) == 0 ? 1L : 0L);
	if (spec->body) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)spec->body_len);
	}
	return code;
}

static void link_transfer(struct transfer *transfer)
{
	struct transport *transport = transfer->transport;
	transfer->next = transport->transfers;
	if (transfer->next)
		transfer->next->prev = transfer;
	transport->transfers = transfer;
}

struct transfer *transfer_start(struct transport *transport, const struct transfer_spec *spec,
	const struct transfer_sink *sink, struct failure *failure)
{
	struct transfer *transfer = calloc(1, sizeof *transfer);
	CURLcode code = CURLE_OUT_OF_MEMORY;
	if (transfer) {
		transfer->transport = transport;
		transfer->spec = *spec;
		transfer->sink = *sink;
		transfer->started = now_ms();
		transfer->deadline = INFINITY;
		transfer->timing = (struct timing){.first_byte_ms = -1, .first_delta_ms = -1, .total_ms = -1};
		transfer->easy = curl_easy_init();
	}
	if (transfer && transfer->easy && add_headers(transfer)) {
		set_policy(transfer->easy, transport);
		set_callbacks(transfer->easy, transfer);
		code = set_request(transfer->easy, transfer);
	}
	if (code == CURLE_OK && curl_multi_add_handle(transport->multi, transfer->easy) != CURLM_OK)
		code = CURLE_OUT_OF_MEMORY;
	if (code != CURLE_OK) {
		if (transfer)
			transfer_free(transfer);
		failure_set(failure, FAILURE_NO_MEMORY, "out of memory while starting the request");
		return NULL;
	}
	link_transfer(transfer);
	return transfer;
}

void transfer_set_deadline(struct transfer *transfer, long ms)
{
	transfer->deadline = now_ms() + (double)ms;
}

void transfer_resume(struct transfer *transfer)
{
	if (!transfer->paused)
		return;
	transfer->paused = false;
	transfer->alive = now_ms();
	curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
}

void transfer_stop(struct transfer *transfer)
{
	forget(transfer);
}

/* ---- how transfers end ----------------------------------------------------------------------------------------- */

static const char *host_of(const char *url, size_t *len)
{
	const char *scheme = strstr(url, "://");
	const char *host = scheme ? scheme + 3 : url;
	*len = strcspn(host, "/?#");
	return host;
}

/* What libcurl's codes mean to a user: a kind, how the sentence begins, what to do. */
static const struct {
	CURLcode code;
	enum failure_kind kind;
	const char *words;
	const char *advice;
} CODES[] = {
	{CURLE_COULDNT_RESOLVE_HOST, FAILURE_NETWORK, "could not find the host", "check base_url and the network"},
	{CURLE_COULDNT_RESOLVE_PROXY, FAILURE_NETWORK, "could not find the proxy on the way to", "check proxy"},
	{CURLE_COULDNT_CONNECT, FAILURE_NETWORK, "could not connect to", "check base_url, and that the server runs"},
	{CURLE_GOT_NOTHING, FAILURE_NETWORK, "no answer: the connection was closed by", "try again"},
	{CURLE_RECV_ERROR, FAILURE_NETWORK, "the connection broke to", "try again"},
	{CURLE_SEND_ERROR, FAILURE_NETWORK, "the connection broke to", "try again"},
	{CURLE_PARTIAL_FILE, FAILURE_NETWORK, "the answer was cut short by", "try again"},
	{CURLE_HTTP2, FAILURE_NETWORK, "the HTTP/2 connection broke to", "try again"},
	{CURLE_HTTP2_STREAM, FAILURE_NETWORK, "the HTTP/2 stream was ended by", "try again"},
	{CURLE_OPERATION_TIMEDOUT, FAILURE_TIMEOUT, "could not connect in time to",
		"check the network, or raise connect_timeout_ms"},
	{CURLE_SSL_CONNECT_ERROR, FAILURE_TLS, "no secure connection to", "is base_url right (https)?"},
	{CURLE_PEER_FAILED_VERIFICATION, FAILURE_TLS, "the certificate is not trusted of",
		"if it is your own server, set ca_file"},
	{CURLE_SSL_CACERT_BADFILE, FAILURE_TLS, "the certificates can't be read for", "check ca_file"},
	{CURLE_SSL_ISSUER_ERROR, FAILURE_TLS, "the certificate is not trusted of", "check ca_file"},
	{CURLE_SSL_CERTPROBLEM, FAILURE_TLS, "trouble with the certificate for", "check ca_file"},
	{CURLE_SSL_CIPHER, FAILURE_TLS, "no cipher in common with", "the server's TLS is out of date"},
	{CURLE_UNSUPPORTED_PROTOCOL, FAILURE_PROTOCOL, "this is no HTTP server:", "check base_url"},
	{CURLE_WEIRD_SERVER_REPLY, FAILURE_PROTOCOL, "this is no HTTP server:", "check base_url"},
	{CURLE_BAD_CONTENT_ENCODING, FAILURE_PROTOCOL, "the answer is garbled from", "check the proxy"},
	{CURLE_URL_MALFORMAT, FAILURE_CONFIG, "this is no valid address:", "check base_url"},
	{CURLE_PROXY, FAILURE_NETWORK, "the proxy failed on the way to", "check proxy"},
	{CURLE_OUT_OF_MEMORY, FAILURE_NO_MEMORY, "out of memory while talking to", "free some, then try again"},
	{CURLE_OK, FAILURE_NETWORK, "the connection failed to", "try again"}, /* the last: any other code */
};

static void set_failure(struct transfer *transfer, CURLcode code)
{
	size_t row = 0, host_len;
	const char *host = host_of(transfer->spec.url, &host_len);
	const char *detail = transfer->curl_error[0] ? transfer->curl_error : curl_easy_strerror(code);
	if (transfer->failure.kind != FAILURE_NONE)
		return; /* ours, and more exact */
	/* A header line above libcurl's own limit ends as if memory had run out. */
	if (code == CURLE_OUT_OF_MEMORY && transfer->phase == PHASE_WAITING && transfer->header_bytes > 0) {
		failure_set(&transfer->failure, FAILURE_TOO_LARGE, "a line of the server's response header is too long");
		return;
	}
	while (CODES[row].code != code && CODES[row].code != CURLE_OK)
		row++;
	failure_set(&transfer->failure, CODES[row].kind, "%s ", CODES[row].words);
	failure_append(&transfer->failure, host, host_len, transfer->spec.key);
	failure_append(&transfer->failure, " (", 2, NULL);
	failure_append(&transfer->failure, detail, strlen(detail), transfer->spec.key);
	failure_append(&transfer->failure, "): ", 3, NULL);
	failure_append(&transfer->failure, CODES[row].advice, strlen(CODES[row].advice), NULL);
}

static void tell_end(struct transfer *transfer, enum transfer_ending ending)
{
	long proxy_status = 0;
	curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
	transfer->timing.total_ms = now_ms() - transfer->started;
	const struct transfer_end end = {
		.ending = ending,
		.failure = &transfer->failure,
		.timing = transfer->timing,
		.proxy_status = proxy_status / 100 == 2 ? 0 : (int)proxy_status,
	};
	transfer->sink.end(transfer->sink.context, &end);
}

static void end_transfer(struct transfer *transfer, CURLcode code)
{
	if (transfer->phase != PHASE_DRAINING) {
		if (transfer->sink_stopped)
			tell_end(transfer, TRANSFER_ENDED_STOPPED);
		else if (code == CURLE_OK)
			tell_end(transfer, TRANSFER_ENDED_WELL);
		else {
			set_failure(transfer, code);
			tell_end(transfer, TRANSFER_ENDED_BADLY);
		}
	}
	forget(transfer);
}

static void end_finished(struct transport *transport)
{
	CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(transport->multi, &left))) {
		struct transfer *transfer = NULL;
		CURLcode code = message->data.result;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		end_transfer(transfer, code);
	}
}

/* The sink has all it wants. The rest of the response is read for a moment, so that the connection can be used again. */
static void end_stopped(struct transfer *transfer)
{
	tell_end(transfer, TRANSFER_ENDED_STOPPED);
	if (transfer->body_sent < transfer->spec.body_len) {
		forget(transfer); /* libcurl would still read the body, which is no longer ours */
		return;
	}
	transfer->phase = PHASE_DRAINING;
	transfer->deadline = now_ms() + DRAIN_MS;
}

/* The moment at which a transfer has taken too long, and which limit that is. */
static double due(const struct transfer *transfer, const char **what, const char **option)
{
	double limit = INFINITY;
	*what = "the answer did not end in time";
	*option = NULL;
	if (transfer->phase == PHASE_WAITING) {
		limit = transfer->alive + (double)transfer->spec.first_byte_timeout_ms;
		*what = "no answer in time";
		*option = "first_byte_timeout_ms";
	} else if (transfer->phase == PHASE_READING && !transfer->paused) {
		limit = transfer->alive + (double)transfer->spec.idle_timeout_ms;
		*what = "the answer stopped coming";
		*option = "idle_timeout_ms";
	}
	return limit < transfer->deadline ? limit : transfer->deadline;
}

static void end_late(struct transfer *transfer, const char *what, const char *option)
{
	size_t host_len;
	const char *host = host_of(transfer->spec.url, &host_len);
	if (transfer->phase == PHASE_DRAINING) {
		forget(transfer);
		return;
	}
	failure_set(&transfer->failure, FAILURE_TIMEOUT, "%s from ", what);
	failure_append(&transfer->failure, host, host_len, transfer->spec.key);
	if (option) {
		failure_append(&transfer->failure, ": try again, or raise ", 22, NULL);
		failure_append(&transfer->failure, option, strlen(option), NULL);
	}
	end_transfer(transfer, CURLE_OPERATION_TIMEDOUT);
}

static void end_stopped_and_late(struct transport *transport)
{
	double now = now_ms();
	for (struct transfer *transfer = transport->transfers, *next; transfer; transfer = next) {
		const char *what, *option;
		next = transfer->next;
		if (transfer->sink_stopped && transfer->phase != PHASE_DRAINING)
			end_stopped(transfer);
		else if (due(transfer, &what, &option) <= now)
			end_late(transfer, what, option);
	}
}

static int wait_ms(const struct transport *transport)
{
	double first = INFINITY, now = now_ms();
	for (const struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
		const char *what, *option;
		first = fmin(first, due(transfer, &what, &option));
	}
	return (int)fmax(0, fmin(TURN_MAX_MS, ceil(first - now)));
}

void transport_turn(struct transport *transport)
{
	int running;
	curl_multi_poll(transport->multi, NULL, 0, wait_ms(transport), NULL);
	curl_multi_perform(transport->multi, &running);
	end_finished(transport);
	end_stopped_and_late(transport);
}

void transport_wakeup(struct transport *transport)
{
	curl_multi_wakeup(transport->multi);
}

void transport_describe(char *text, size_t size)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	snprintf(text, size, "libcurl %s, %s, HTTP/2 %s, resolver %s", info->version,
		info->ssl_version ? info->ssl_version : "no TLS", info->features & CURL_VERSION_HTTP2 ? "yes" : "no",
		info->features & CURL_VERSION_ASYNCHDNS ? "asynchronous" : "blocking");
}
