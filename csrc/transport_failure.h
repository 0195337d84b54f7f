#ifndef BEANS_TRANSPORT_FAILURE_H
#define BEANS_TRANSPORT_FAILURE_H

#include <curl/curl.h>

#include "transport.h"

/*
 * What ended a transfer, in words for a user: what failed, with which host, what to do next. Part of transport, pure.
 */

/* For libcurl's `code`; `detail` is libcurl's own text; `in_header`: the response header had begun and not ended. */
void transport_failure(
	struct failure *failure, CURLcode code, const char *detail, bool in_header, const struct transfer_spec *spec);

/* For a limit of ours: `what` took too long ("no answer in time"), `option` is its name, NULL where it has none. */
void transport_failure_late(
	struct failure *failure, const char *what, const char *option, const struct transfer_spec *spec);

#endif
