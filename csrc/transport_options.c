#include "transport_options.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "wipe.h"

/* How much of a stream libcurl hands over at once; small enough that a pause comes in time. */
#define READ_SIZE (64L * 1024)

/*
 * How long what was sent may stay without any acknowledgement before the connection counts as dead: gRPC's default for
 * the same option (its proposal A18). Without it a connection that died unseen, while the machine slept or behind a
 * router that forgot it, swallows requests for a quarter of an hour.
 */
#define UNACKNOWLEDGED_MAX_MS 20000L

/* Never below what the user grants the making of a connection, because the option holds for that as well. */
static void limit_silence(curl_socket_t fd, const struct transfer_spec *spec)
{
	long ms = spec->connect_timeout_ms > UNACKNOWLEDGED_MAX_MS ? spec->connect_timeout_ms : UNACKNOWLEDGED_MAX_MS;
#if defined(TCP_USER_TIMEOUT)
	unsigned value = (unsigned)ms;
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof value);
#elif defined(TCP_RXT_CONNDROPTIME) /* macOS, in seconds */
	int value = (int)(ms / 1000);
	setsockopt(fd, IPPROTO_TCP, TCP_RXT_CONNDROPTIME, &value, sizeof value);
#else
	(void)fd, (void)ms;
#endif
}

static curl_socket_t on_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)purpose;
#ifdef SOCK_CLOEXEC
	curl_socket_t fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
	curl_socket_t fd = socket(address->family, address->socktype, address->protocol);
	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
#endif
	if (fd >= 0 && address->socktype == SOCK_STREAM)
		limit_silence(fd, context);
	return fd;
}

static void set_policy(CURL *easy, CURLSH *share)
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
	curl_easy_setopt(easy, CURLOPT_SHARE, share);
}

/* The options that copy a string can run out of memory. */
static bool set_request(CURL *easy, const struct transfer_spec *spec)
{
	CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, spec->url);
	if (code == CURLE_OK && spec->proxy)
		code = curl_easy_setopt(easy, CURLOPT_PROXY, spec->proxy);
	if (code == CURLE_OK && spec->ca_file)
		code = curl_easy_setopt(easy, CURLOPT_CAINFO, spec->ca_file);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, (void *)spec);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, spec->fresh ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, spec->connect_timeout_ms);
	/* Waits for a connection that is being made, if it may carry many requests at once: one handshake for all. */
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, strncasecmp(spec->url, "https:", 6) == 0 ? 1L : 0L);
	if (spec->body) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)spec->body_len);
	}
	return code == CURLE_OK;
}

static bool add_header(struct curl_slist **headers, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*headers, line);
	if (longer)
		*headers = longer;
	return longer;
}

static bool add_authorization(struct curl_slist **headers, const char *key)
{
	if (!key || !*key)
		return true;
	size_t size = strlen("Authorization: Bearer ") + strlen(key) + 1;
	char *line = malloc(size);
	if (!line)
		return false;
	snprintf(line, size, "Authorization: Bearer %s", key);
	bool added = add_header(headers, line);
	wipe(line, size);
	free(line);
	return added;
}

struct curl_slist *transport_options_set(CURL *easy, CURLSH *share, const struct transfer_spec *spec)
{
	struct curl_slist *headers = NULL;
	bool whole =
		add_header(&headers, "Accept: text/event-stream, application/json") &&
		add_header(&headers, "Expect:") && /* libcurl would wait a second for servers that do not answer it */
		(!spec->body || add_header(&headers, "Content-Type: application/json")) &&
		add_authorization(&headers, spec->key);
	set_policy(easy, share);
	if (!whole || !set_request(easy, spec)) {
		transport_options_free(headers);
		return NULL;
	}
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	return headers;
}

void transport_options_free(struct curl_slist *headers)
{
	for (struct curl_slist *line = headers; line; line = line->next)
		wipe(line->data, strlen(line->data));
	curl_slist_free_all(headers);
}
