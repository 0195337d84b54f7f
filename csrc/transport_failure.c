#include "transport_failure.h"

#include <errno.h>
#include <string.h>

/* CURLE_TOO_LARGE of libcurl 8.6 and newer; an older one may be what we are built with. */
#define CODE_TOO_LARGE ((CURLcode)100)

/* What it means to a user: a kind, how the sentence begins, what to do. */
struct meaning {
	long code; /* libcurl's, or whose the table is */
	enum failure_kind kind;
	const char *words;
	const char *advice;
};

static const struct meaning CODES[] = {
	{CURLE_COULDNT_RESOLVE_HOST, FAILURE_NETWORK, "could not find the host", "check base_url and the network"},
	{CURLE_COULDNT_RESOLVE_PROXY, FAILURE_NETWORK, "could not find the proxy on the way to", "check proxy"},
	{CURLE_COULDNT_CONNECT, FAILURE_NETWORK, "could not connect to",
		"check base_url and proxy, and that the server runs"},
	{CURLE_GOT_NOTHING, FAILURE_NETWORK, "no answer: the connection was closed by", "try again"},
	{CURLE_RECV_ERROR, FAILURE_NETWORK, "the connection broke to", "try again"},
	{CURLE_SEND_ERROR, FAILURE_NETWORK, "the connection broke to", "try again"},
	{CURLE_PARTIAL_FILE, FAILURE_NETWORK, "the answer was cut short by", "try again"},
	{CURLE_HTTP2, FAILURE_NETWORK, "the HTTP/2 connection broke to", "try again"},
	{CURLE_HTTP2_STREAM, FAILURE_NETWORK, "the HTTP/2 stream was ended by", "try again"},
	{CURLE_OPERATION_TIMEDOUT, FAILURE_TIMEOUT, "could not connect in time to",
		"check the network, or raise connect_timeout_ms"},
	{CURLE_SSL_CONNECT_ERROR, FAILURE_TLS, "no secure connection to", "is base_url right (https)?"},
	{CURLE_SSL_CACERT_BADFILE, FAILURE_TLS, "the certificates can't be read for", "check ca_file"},
	{CURLE_SSL_ISSUER_ERROR, FAILURE_TLS, "can't trust the certificate of", "check ca_file"},
	{CURLE_SSL_CERTPROBLEM, FAILURE_TLS, "trouble with the certificate for", "check ca_file"},
	{CURLE_SSL_CIPHER, FAILURE_TLS, "no cipher in common with", "the server's TLS is out of date"},
	{CURLE_UNSUPPORTED_PROTOCOL, FAILURE_PROTOCOL, "this is no HTTP server:", "check base_url"},
	{CURLE_WEIRD_SERVER_REPLY, FAILURE_PROTOCOL, "this is no HTTP server:", "check base_url"},
	{CURLE_BAD_CONTENT_ENCODING, FAILURE_PROTOCOL, "the answer is garbled from", "check the proxy"},
	{CURLE_URL_MALFORMAT, FAILURE_CONFIG, "this is no valid address:", "check base_url"},
	{CURLE_PROXY, FAILURE_NETWORK, "the proxy failed on the way to", "check proxy"},
	{CODE_TOO_LARGE, FAILURE_TOO_LARGE, "too long a line in the response header of", "check base_url"},
	{CURLE_OUT_OF_MEMORY, FAILURE_NO_MEMORY, "out of memory while talking to", "free some, then try again"},
	{CURLE_OK, FAILURE_NETWORK, "the connection failed to", "try again"}, /* the last: any other code */
};

#define UNKNOWN_AUTHORITY "a certificate of an unknown authority came from"
#define NAME_AUTHORITY "if it is your own server or your company's, set ca_file to that authority"

/* Which check the server's certificate did not pass: X509_V_ERR_… of OpenSSL and its kin. */
static const struct meaning CERTIFICATES[] = {
	{2, FAILURE_TLS, UNKNOWN_AUTHORITY, NAME_AUTHORITY}, /* who signed for the authority is not known */
	{9, FAILURE_TLS, "a certificate that is not valid yet came from",
		"is this machine's clock right? If so, the server needs another certificate"},
	{10, FAILURE_TLS, "an expired certificate came from",
		"is this machine's clock right? If so, the server needs a new certificate"},
	{18, FAILURE_TLS, "a self-signed certificate came from",
		"if it is your own server, set ca_file to this certificate"},
	{19, FAILURE_TLS, UNKNOWN_AUTHORITY, NAME_AUTHORITY}, /* the topmost one was sent, and is not known */
	{20, FAILURE_TLS, UNKNOWN_AUTHORITY, NAME_AUTHORITY}, /* who signed it is not known */
	{21, FAILURE_TLS, UNKNOWN_AUTHORITY, NAME_AUTHORITY}, /* the same, and no other was sent */
	{62, FAILURE_TLS, "a certificate for another name came from", "check the host in base_url"},
	{64, FAILURE_TLS, "a certificate for another address came from", "check the host in base_url"},
	{0, FAILURE_TLS, "can't trust the certificate of", "the server needs another certificate"}, /* any other */
};

/* libcurl looks at the name itself, and has no number for that. */
#define NAME_RESULT 62
static const char NAME_WORDS[] = "subject name";

/* The network's fault, and no word of TLS. A server that speaks none may close as well. */
static const struct meaning HANDSHAKE_BROKE = {CURLE_SSL_CONNECT_ERROR, FAILURE_NETWORK,
	"the connection broke in the TLS handshake with", "try again; is base_url right (https)?"};

/* How OpenSSL and its kin, then GnuTLS, call a connection that ended in the handshake. */
static const char *const BROKEN_WORDS[] = {
	"SSL_ERROR_SYSCALL",
	"Connection reset",
	"Broken pipe",
	"unexpected eof",
	"non-properly terminated",
	"pull function",
	"push function",
};

static void append_string(struct failure *failure, const char *text, const struct transfer_spec *spec)
{
	failure_append(failure, text, strlen(text), spec->key);
}

/* The host and port of the URL, without the name and password that may stand before them. */
static void append_host(struct failure *failure, const struct transfer_spec *spec)
{
	const char *scheme = strstr(spec->url, "://");
	const char *host = scheme ? scheme + strlen("://") : spec->url;
	const char *end = host + strcspn(host, "/?#");
	for (const char *at = host; at < end; at++)
		if (*at == '@')
			host = at + 1;
	failure_append(failure, host, (size_t)(end - host), spec->key);
}

/* libcurl has one code for all that goes wrong in the handshake. */
static bool handshake_broke(const struct transport_cause *cause)
{
	if (cause->os_error == ECONNRESET || cause->os_error == EPIPE)
		return true;
	for (size_t i = 0; i < sizeof BROKEN_WORDS / sizeof *BROKEN_WORDS; i++)
		if (strstr(cause->detail, BROKEN_WORDS[i]))
			return true;
	return false;
}

/* The row of a code; the last one stands for all others. */
static const struct meaning *find(const struct meaning *table, long code)
{
	while (table->code != code && table->code != 0)
		table++;
	return table;
}

static const struct meaning *meaning_of(const struct transport_cause *cause)
{
	if (cause->code == CURLE_SSL_CONNECT_ERROR && handshake_broke(cause))
		return &HANDSHAKE_BROKE;
	if (cause->code == CURLE_PEER_FAILED_VERIFICATION)
		return find(CERTIFICATES, strstr(cause->detail, NAME_WORDS) ? NAME_RESULT : cause->verify_result);
	return find(CODES, cause->code);
}

void transport_failure(struct failure *failure, const struct transport_cause *cause, const struct transfer_spec *spec)
{
	struct transport_cause found = *cause;
	if (found.code == CURLE_OUT_OF_MEMORY && found.in_header) {
		found.code = CODE_TOO_LARGE; /* what an older libcurl says of a header line above its limit */
		found.detail = "libcurl takes 100 KiB";
	}
	const struct meaning *meaning = meaning_of(&found);
	failure_set(failure, meaning->kind, "%s ", meaning->words);
	append_host(failure, spec);
	append_string(failure, " (", spec);
	append_string(failure, found.detail, spec);
	append_string(failure, "): ", spec);
	append_string(failure, meaning->advice, spec);
}

void transport_failure_late(
	struct failure *failure, const char *what, const char *option, const struct transfer_spec *spec)
{
	failure_set(failure, FAILURE_TIMEOUT, "%s from ", what);
	append_host(failure, spec);
	append_string(failure, ": try again", spec);
	if (option) {
		append_string(failure, ", or raise ", spec);
		append_string(failure, option, spec);
	}
}
