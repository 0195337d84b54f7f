#ifndef BEANS_TRANSPORT_FAILURE_H
#define BEANS_TRANSPORT_FAILURE_H

#include <curl/curl.h>

#include "transport.h"

/*
 * What ended a transfer, in words for a user: what failed, with which host, what to do next. Part of transport, pure.
 */

/* What libcurl says about the end of a transfer. */
struct transport_cause {
	CURLcode code;
	const char *detail; /* its own text */
	long os_error;      /* errno of the system call that failed; 0: none, or not known */
	long verify_result; /* what the TLS library found wrong with the certificate; 0: nothing, or not known */
	bool in_header;     /* the response header had begun and not ended */
};

/* For an end that libcurl found. */
void transport_failure(struct failure *failure, const struct transport_cause *cause, const struct transfer_spec *spec);

/* For a limit of ours: `what` took too long ("no answer in time"), `option` is its name, NULL where it has none. */
void transport_failure_late(
	struct failure *failure, const char *what, const char *option, const struct transfer_spec *spec);

#endif
