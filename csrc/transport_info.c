#include "transport_info.h"

#include <stdio.h>

/* Of libcurl 7.72 and newer; an older one may be what we are built with. */
#ifndef CURL_VERSION_ZSTD
#define CURL_VERSION_ZSTD (1 << 26)
#endif

static const char *or_else(const char *text, const char *other)
{
	return text && *text ? text : other;
}

struct transport_library transport_library(void)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	return (struct transport_library){
		.version = or_else(info->version, "?"),
		.tls = or_else(info->ssl_version, ""),
		.http2 = info->features & CURL_VERSION_HTTP2,
		.brotli = info->features & CURL_VERSION_BROTLI,
		.zstd = info->features & CURL_VERSION_ZSTD,
		.async_dns = info->features & CURL_VERSION_ASYNCHDNS,
	};
}

void transport_describe(char *text, size_t size)
{
	const struct transport_library library = transport_library();
	snprintf(text, size, "libcurl %s, %s, HTTP/2 %s, resolver %s", library.version, or_else(library.tls, "no TLS"),
		library.http2 ? "yes" : "no", library.async_dns ? "asynchronous" : "blocking");
}

/* Moments since the start of the transfer; 0: not reached. */
static double moment_ms(CURL *easy, CURLINFO what)
{
	curl_off_t us = 0;
	curl_easy_getinfo(easy, what, &us);
	return (double)us / 1e3;
}

/* From one moment to the next; -1 when that was not reached. */
static double span_ms(double from, double to)
{
	if (to <= 0)
		return -1;
	return to > from ? to - from : 0;
}

void transport_info_connection(CURL *easy, struct timing *timing)
{
	double found = moment_ms(easy, CURLINFO_NAMELOOKUP_TIME_T);
	double connected = moment_ms(easy, CURLINFO_CONNECT_TIME_T);
	double secured = moment_ms(easy, CURLINFO_APPCONNECT_TIME_T);
	timing->dns_ms = span_ms(0, found);
	timing->connect_ms = span_ms(found, connected);
	timing->tls_ms = span_ms(connected, secured);
}
