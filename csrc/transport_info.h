#ifndef BEANS_TRANSPORT_INFO_H
#define BEANS_TRANSPORT_INFO_H

#include <curl/curl.h>

#include "transport.h"

/*
 * What libcurl tells of a transfer, for people who look for what is slow. Part of transport; so is what it tells of
 * itself, which transport.h has.
 */

/* Sets the times of the connection that the transfer made, or tried to make, as far as it got. */
void transport_info_connection(CURL *easy, struct timing *timing);

#endif
