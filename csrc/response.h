#ifndef BEANS_RESPONSE_H
#define BEANS_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One kind of rate limit; a part that the server did not send is -1. */
struct rate_limit {
	int64_t limit;     /* what the key may use in a window */
	int64_t remaining; /* what is left of it */
	double reset_s;    /* seconds from the moment the header came until the window starts anew */
};

/*
 * What the header of an HTTP response tells. Filled line by line, trailers too. An interim (1xx) response is
 * forgotten when the next status line comes. Fixed size: reading a header needs no memory.
 */
struct response {
	int status;             /* 0 before a status line */
	char http_version[4];   /* "1.1", "2", "3"; "" before a status line */
	double date;            /* the server's clock, seconds since 1970; -1: not told */
	bool is_event_stream;   /* Content-Type: text/event-stream */
	bool is_html;           /* Content-Type: text/html: a proxy's login page, not our API */
	bool is_encoded;        /* Content-Encoding: compressed, though we never ask for that */
	char request_id[128];   /* x-request-id, else request-id, x-trace-id, cf-ray; "" when there is none */
	char location[256];     /* where a redirect points; never followed */
	int64_t cost_micro_usd; /* X-Request-Cost-Micro-Usd, millionths of a US dollar; -1: not told */
	struct rate_limit requests;
	struct rate_limit tokens;
	double retry_after_s; /* retry-after-ms or Retry-After (seconds or HTTP date); -1: not told */
	int should_retry;     /* x-should-retry: 1 true, 0 false, -1 not told */
	/* private: what a later line may still overrule */
	int request_id_rank;     /* which header the id came from, 1 the best; 0: none yet */
	bool has_retry_after_ms; /* the exact one beats Retry-After */
};

/* Forgets everything. */
void response_clear(struct response *response);

/*
 * Reads one line of a header or trailer, as libcurl hands it over (with or without its line end; not NUL-terminated).
 * A status line begins a new response. `now` is the wall clock in seconds since 1970: for resets and dates that are
 * absolute. A header that makes no sense is passed over.
 */
void response_line(struct response *response, const char *line, size_t len, double now);

#endif
