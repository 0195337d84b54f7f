#ifndef BEANS_TRANSPORT_OPTIONS_H
#define BEANS_TRANSPORT_OPTIONS_H

#include <curl/curl.h>

#include "transport.h"

/*
 * How a transfer is set up: our policy (what is allowed, verified, never done) and what its spec asks for; all but the
 * callbacks that carry its bytes. Part of transport.
 */

/*
 * Sets the options and returns the header lines to be sent, which hold the key; NULL: no memory. They are *borrowed
 * until* the easy handle is cleaned up, then freed with transport_options_free. `share` and `spec` are borrowed in the
 * same way.
 */
struct curl_slist *transport_options_set(CURL *easy, CURLSH *share, const struct transfer_spec *spec);

/* Wipes and frees the header lines. NULL is fine. */
void transport_options_free(struct curl_slist *headers);

#endif
