#ifndef BEANS_TRANSPORT_H
#define BEANS_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"
#include "failure.h"

/*
 * HTTP over libcurl: one multi handle with its warm connections, DNS cache and TLS sessions. The only file that knows
 * curl. Everything but transport_wakeup belongs to the network thread.
 */
struct transport;
struct transfer;

/* What to send. All pointers are *borrowed until* the transfer has ended or was stopped. */
struct transfer_spec {
	const char *url;
	const char *key;  /* for Authorization: Bearer; NULL: none is sent */
	const char *body; /* JSON; NULL: a GET */
	size_t body_len;
	const char *proxy;          /* NULL: libcurl's environment rules */
	const char *ca_file;        /* NULL: the system's */
	bool fresh;                 /* on a connection of its own making: the kept ones may be dead */
	long connect_timeout_ms;    /* name lookup, TCP, TLS */
	long first_byte_timeout_ms; /* from the request being sent whole to the end of the response header */
	long idle_timeout_ms;       /* from then on the longest time without any byte */
};

enum transfer_flow {
	TRANSFER_CONTINUE,
	TRANSFER_PAUSE, /* nothing of these bytes was taken: hand them over again after transfer_resume */
	TRANSFER_STOP,  /* enough was read; ends with TRANSFER_ENDED_STOPPED */
};

enum transfer_ending {
	TRANSFER_ENDED_WELL,    /* the response came whole */
	TRANSFER_ENDED_STOPPED, /* the sink said TRANSFER_STOP */
	TRANSFER_ENDED_BADLY,   /* `failure` says why; a header and a part of the body may have come */
};

struct transfer_end {
	enum transfer_ending ending;
	const struct failure *failure; /* never NULL; kind FAILURE_NONE unless ENDED_BADLY */
	struct timing timing;          /* first_delta_ms is not set */
	int proxy_status;              /* status a proxy refused the tunnel with; 0: none */
};

/* Called on the network thread from within transport_turn. */
struct transfer_sink {
	void *context;
	/* One header or trailer line of the response, status lines too (several, when a 1xx came). */
	void (*header)(void *context, const char *line, size_t len);
	/* The header is complete: called once, for the final response, before any body. */
	void (*header_end)(void *context, const struct timing *timing);
	enum transfer_flow (*body)(void *context, const char *bytes, size_t len);
	/* Exactly once, last, unless transfer_stop was called. The transfer is gone afterwards. */
	void (*end)(void *context, const struct transfer_end *end);
};

/* Network thread. NULL: no memory. */
struct transport *transport_new(void);

/* Whoever joined the network thread. Stops what still runs, without calling sinks. Waits for no name lookup. */
void transport_free(struct transport *transport);

/* Network thread. `sink` is copied. NULL with `failure` set: no memory, or an url libcurl can't take. */
struct transfer *transfer_start(struct transport *transport, const struct transfer_spec *spec,
	const struct transfer_sink *sink, struct failure *failure);

/* Network thread. Ends the transfer within `ms` at the latest, as TRANSFER_ENDED_BADLY with FAILURE_TIMEOUT. */
void transfer_set_deadline(struct transfer *transfer, long ms);

/* Network thread. Goes on after TRANSFER_PAUSE. */
void transfer_resume(struct transfer *transfer);

/* Network thread. Milliseconds since it was started: the clock of all that is told of it. */
double transfer_elapsed_ms(const struct transfer *transfer);

/* Network thread, not from within a sink. Drops the transfer at once; its sink is not called again. */
void transfer_stop(struct transfer *transfer);

/* Network thread. Waits for the network or a wakeup (a second at most), then does what is to be done. */
void transport_turn(struct transport *transport);

/* Any thread, while the transport lives. Ends the wait of transport_turn. */
void transport_wakeup(struct transport *transport);

/* What libcurl is able to. The strings are its own. */
struct transport_library {
	const char *version;
	const char *tls; /* the library and its version; "" without TLS */
	bool http2, brotli, zstd;
	bool async_dns; /* a name lookup does not hold up other transfers */
};

/* Any thread. */
struct transport_library transport_library(void);

/* Any thread. libcurl's version and features in words, into `text`. */
void transport_describe(char *text, size_t size);

#endif
