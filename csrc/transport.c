#include "transport.h"

#include <curl/curl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "descriptors.h"
#include "transport_failure.h"
#include "transport_info.h"
#include "transport_options.h"

/* All lines of the response header together. Fixed by the contract. */
#define HEADER_MAX ((size_t)256 * 1024)
/* The longest wait of a turn: some libcurl 8.x have swallowed wakeups. */
#define TURN_MAX_MS 1000
/* When the answer is complete, the end of the response is worth this much patience: it keeps the connection warm. */
#define DRAIN_MS 500
#define DRAIN_MAX ((size_t)64 * 1024)

enum phase {
	PHASE_CONNECTING, /* name lookup, TCP, TLS, or waiting for another's connection */
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
	bool sink_stopped; /* the sink said TRANSFER_STOP and still has to be told the end */
	size_t body_sent;  /* bytes of the request's body that libcurl has */
	size_t header_bytes;
	size_t drained;
	double started; /* moments of the monotonic clock, in ms */
	double alive;   /* when the present phase began, or its last sign of life */
	double paused_at;
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

/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libcurl's */
static int on_connected(void *context, char *remote, char *local, int remote_port, int local_port)
{
	struct transfer *transfer = context;
	(void)remote, (void)local, (void)remote_port, (void)local_port;
	transfer->phase = PHASE_WAITING;
	transfer->alive = now_ms();
	return CURL_PREREQFUNC_OK;
}

/* libcurl does not count a connection that failed. */
static bool is_warm(const struct transfer *transfer)
{
	long connects = 1;
	curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &connects);
	return connects == 0 && transfer->phase != PHASE_CONNECTING;
}

static void note_connection(struct transfer *transfer)
{
	if (!is_warm(transfer))
		transport_info_connection(transfer->easy, &transfer->timing);
}

static void header_ended(struct transfer *transfer)
{
	transfer->timing.reused = is_warm(transfer);
	note_connection(transfer);
	transfer->timing.first_byte_ms = transfer_elapsed_ms(transfer);
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
		failure_set(&transfer->failure, FAILURE_TOO_LARGE,
			"the server's response header is longer than %zu KiB", HEADER_MAX >> 10);
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
		transfer->paused_at = transfer->alive;
		return CURL_WRITEFUNC_PAUSE;
	case TRANSFER_STOP:
		transfer->sink_stopped = true;
		return len;
	default:
		return len;
	}
}

/* ---- setting up ------------------------------------------------------------------------------------------------ */

/* NULL: no memory, or no descriptor to be woken by (libcurl would go on without). */
static CURLM *new_multi(void)
{
	struct descriptors before;
	descriptors_note(&before);
	CURLM *multi = curl_multi_init();
	descriptors_close_on_exec(&before);
	if (!multi || curl_multi_wakeup(multi) == CURLM_OK)
		return multi;
	curl_multi_cleanup(multi);
	return NULL;
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
	transport_options_free(transfer->headers);
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

static void link_transfer(struct transfer *transfer)
{
	struct transport *transport = transfer->transport;
	transfer->next = transport->transfers;
	if (transfer->next)
		transfer->next->prev = transfer;
	transport->transfers = transfer;
}

static struct transfer *transfer_new(
	struct transport *transport, const struct transfer_spec *spec, const struct transfer_sink *sink)
{
	struct transfer *transfer = calloc(1, sizeof *transfer);
	if (!transfer)
		return NULL;
	transfer->transport = transport;
	transfer->spec = *spec;
	transfer->sink = *sink;
	transfer->started = transfer->alive = now_ms();
	transfer->deadline = INFINITY;
	transfer->timing = TIMING_UNKNOWN;
	transfer->easy = curl_easy_init();
	if (transfer->easy)
		transfer->headers = transport_options_set(transfer->easy, transport->share, &transfer->spec);
	if (!transfer->headers) {
		transfer_free(transfer);
		return NULL;
	}
	set_callbacks(transfer->easy, transfer);
	return transfer;
}

struct transfer *transfer_start(struct transport *transport, const struct transfer_spec *spec,
	const struct transfer_sink *sink, struct failure *failure)
{
	struct transfer *transfer = transfer_new(transport, spec, sink);
	if (transfer && curl_multi_add_handle(transport->multi, transfer->easy) != CURLM_OK) {
		transfer_free(transfer);
		transfer = NULL;
	}
	if (transfer)
		link_transfer(transfer);
	else
		failure_set(failure, FAILURE_NO_MEMORY, "out of memory while starting the request");
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
	transfer->deadline += transfer->alive - transfer->paused_at;
	curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
}

double transfer_elapsed_ms(const struct transfer *transfer)
{
	return now_ms() - transfer->started;
}

void transfer_stop(struct transfer *transfer)
{
	forget(transfer);
}

/* ---- how transfers end ----------------------------------------------------------------------------------------- */

static void set_failure(struct transfer *transfer, CURLcode code)
{
	struct transport_cause cause = {
		.code = code,
		.detail = transfer->curl_error[0] ? transfer->curl_error : curl_easy_strerror(code),
		.in_header = transfer->phase == PHASE_WAITING && transfer->header_bytes > 0,
	};
	if (transfer->failure.kind != FAILURE_NONE) /* ours, and more exact */
		return;
	curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &cause.os_error);
	curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &cause.verify_result);
	transport_failure(&transfer->failure, &cause, &transfer->spec);
}

static void tell_end(struct transfer *transfer, enum transfer_ending ending)
{
	long proxy_status = 0;
	curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
	transfer->timing.total_ms = transfer_elapsed_ms(transfer);
	if (transfer->timing.first_byte_ms < 0) /* else they are known already */
		note_connection(transfer);
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

/* The sink has all it wants. The rest is read for a moment, so that the connection can be used again. */
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

/* How long a phase may last without a sign of life. */
static double patience(const struct transfer *transfer)
{
	switch (transfer->phase) {
	case PHASE_CONNECTING:
		return (double)transfer->spec.connect_timeout_ms;
	case PHASE_WAITING:
		return (double)transfer->spec.first_byte_timeout_ms;
	case PHASE_READING:
		return (double)transfer->spec.idle_timeout_ms;
	default:
		return INFINITY; /* only its deadline counts */
	}
}

static double earlier(double one, double other)
{
	return one < other ? one : other;
}

/* The moment at which something has to be done about a transfer, whatever the network does. */
static double due(const struct transfer *transfer)
{
	if (transfer->sink_stopped && transfer->phase != PHASE_DRAINING)
		return 0;
	if (transfer->paused)
		return INFINITY;
	return earlier(transfer->alive + patience(transfer), transfer->deadline);
}

static void end_late(struct transfer *transfer, double now)
{
	struct failure *failure = &transfer->failure;
	if (transfer->phase == PHASE_DRAINING) {
		forget(transfer);
		return;
	}
	if (transfer->deadline <= now)
		transport_failure_late(failure, "the answer did not end in time", NULL, &transfer->spec);
	else if (transfer->phase == PHASE_WAITING)
		transport_failure_late(failure, "no answer in time", "first_byte_timeout_ms", &transfer->spec);
	else if (transfer->phase == PHASE_READING)
		transport_failure_late(failure, "the answer stopped coming", "idle_timeout_ms", &transfer->spec);
	/* The connection may be dead. One of HTTP/2 would be kept, and the next request would hang on it. */
	curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, 1L);
	end_transfer(transfer, CURLE_OPERATION_TIMEDOUT); /* which says it all while connecting */
}

static void end_stopped_and_late(struct transport *transport)
{
	double now = now_ms();
	for (struct transfer *transfer = transport->transfers, *next; transfer; transfer = next) {
		next = transfer->next;
		if (transfer->sink_stopped && transfer->phase != PHASE_DRAINING)
			end_stopped(transfer);
		else if (due(transfer) <= now)
			end_late(transfer, now);
	}
}

static int wait_ms(const struct transport *transport)
{
	double now = now_ms(), first = now + TURN_MAX_MS;
	for (const struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next)
		first = earlier(first, due(transfer));
	return first > now ? (int)(first - now) + 1 : 0;
}

static bool is_connecting(const struct transport *transport)
{
	const struct transfer *transfer = transport->transfers;
	while (transfer && transfer->phase != PHASE_CONNECTING)
		transfer = transfer->next;
	return transfer;
}

/* A name lookup opens descriptors of its own, which our socket callback never sees. */
static void perform(struct transport *transport)
{
	int running;
	struct descriptors before;
	bool watch = is_connecting(transport);
	if (watch)
		descriptors_note(&before);
	curl_multi_perform(transport->multi, &running);
	if (watch)
		descriptors_close_on_exec(&before);
}

void transport_turn(struct transport *transport)
{
	curl_multi_poll(transport->multi, NULL, 0, wait_ms(transport), NULL);
	perform(transport);
	end_finished(transport);
	end_stopped_and_late(transport);
}

void transport_wakeup(struct transport *transport)
{
	curl_multi_wakeup(transport->multi);
}
