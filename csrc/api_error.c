#include "api_error.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A code or parameter may be a string or a number. */
static void copy_scalar(char *to, size_t size, const cJSON *value)
{
	to[0] = '\0';
	if (cJSON_IsString(value))
		snprintf(to, size, "%s", value->valuestring);
	else if (cJSON_IsNumber(value))
		snprintf(to, size, "%.0f", value->valuedouble);
}

/* What the server says in its own words: `message` of an error object, or the error itself when it is a text. */
static const char *error_text(const cJSON *error)
{
	if (cJSON_IsString(error))
		return error->valuestring;
	const char *text = json_get_string(error, "message");
	if (!text)
		text = json_get_string(error, "detail");
	return text ? text : json_get_string(error, "type");
}

static void take_code(struct failure *failure, const cJSON *error)
{
	copy_scalar(failure->code, sizeof failure->code, json_get(error, "code"));
	copy_scalar(failure->param, sizeof failure->param, json_get(error, "param"));
	if (failure->code[0] == '\0')
		copy_scalar(failure->code, sizeof failure->code, json_get(error, "type"));
}

static bool is_quota(const char *code)
{
	return strcmp(code, "insufficient_quota") == 0;
}

static void append_text(struct failure *failure, const char *text, const char *secret)
{
	if (text && *text) {
		failure_append(failure, ": ", 2, NULL);
		failure_append(failure, text, strlen(text), secret);
	}
}

/* What to do about it, behind what the server said. */
static void append_advice(struct failure *failure, const char *advice)
{
	size_t len = strlen(failure->message);
	bool ended = len > 0 && strchr(".!?", failure->message[len - 1]);
	failure_append(failure, ended ? " " : ". ", ended ? 1 : 2, NULL);
	failure_append(failure, advice, strlen(advice), NULL);
}

void api_error_from_object(struct failure *failure, const cJSON *error, const char *secret)
{
	failure_set(failure, FAILURE_HTTP, "the server reported an error");
	append_text(failure, error_text(error), secret);
	take_code(failure, error);
	if (is_quota(failure->code))
		failure->kind = FAILURE_QUOTA;
}

/* The start of each message, by status; what follows is the server's own text, then the advice. */
static const struct {
	int from, to;
	enum failure_kind kind;
	const char *words;
	const char *advice;
} STATUSES[] = {
	{300, 399, FAILURE_HTTP, "the server redirects", "Redirects are not followed: set base_url to the right address."},
	{400, 400, FAILURE_HTTP, "the server did not accept the request", "Check model and params."},
	{401, 401, FAILURE_AUTH, "the server did not accept the key", "Check api_key or BEANS_API_KEY."},
	{402, 402, FAILURE_QUOTA, "the account has no credit left", "Top it up, or use another key."},
	{403, 403, FAILURE_AUTH, "the key may not do this", "Check what the key is allowed to do."},
	{404, 404, FAILURE_HTTP, "not found on the server", "Check model (:Beans models) and base_url."},
	{407, 407, FAILURE_HTTP, "the proxy wants a login", "Check proxy."},
	{408, 408, FAILURE_HTTP, "the server waited too long for the request", "Try again."},
	{413, 413, FAILURE_HTTP, "the request is too large for the server", "Send less."},
	{429, 429, FAILURE_RATE_LIMIT, "too many requests", "Wait a moment, then try again."},
	{500, 599, FAILURE_HTTP, "the server failed", "Try again later."},
	{INT_MIN, INT_MAX, FAILURE_HTTP, "the server answered with an unexpected status", "Check base_url."},
};

static size_t status_row(int status)
{
	size_t i = 0;
	while (status < STATUSES[i].from || status > STATUSES[i].to)
		i++;
	return i;
}

/* Of a page of HTML only a short title is worth a line. */
static void append_title(struct failure *failure, const char *body, size_t len, const char *secret)
{
	char text[512];
	snprintf(text, sizeof text, "%.*s", len < sizeof text ? (int)len : (int)sizeof text - 1, body);
	char *title = strcasestr(text, "<title>");
	char *end = title ? strcasestr(title, "</title>") : NULL;
	if (!end)
		return;
	*end = '\0';
	append_text(failure, title + strlen("<title>"), secret);
}

static bool looks_like_html(const struct response *response, const char *body, size_t len)
{
	while (len > 0 && isspace((unsigned char)*body)) {
		body++;
		len--;
	}
	return response->is_html || (len > 0 && *body == '<');
}

/* The server's own text out of an error body of any form. */
static void append_body(struct failure *failure, const struct response *response, const char *body, size_t len,
	const char *secret)
{
	cJSON *root = json_parse(body, len, JSON_TRAILING_IGNORED);
	const cJSON *error = json_get(root, "error");
	if (!error)
		error = root;
	if (error) {
		append_text(failure, error_text(error), secret);
		take_code(failure, error);
	} else if (looks_like_html(response, body, len)) {
		append_title(failure, body, len, secret);
	} else if (len > 0) {
		failure_append(failure, ": ", 2, NULL);
		failure_append(failure, body, len < 200 ? len : 200, secret);
	}
	cJSON_Delete(root);
}

void api_error_from_status(struct failure *failure, const struct response *response, const char *body, size_t len,
	const char *secret)
{
	size_t row = status_row(response->status);
	failure_set(failure, STATUSES[row].kind, "%s (%d)", STATUSES[row].words, response->status);
	if (response->location[0] && response->status / 100 == 3) {
		failure_append(failure, " to ", 4, NULL);
		failure_append(failure, response->location, strlen(response->location), secret);
	} else {
		append_body(failure, response, body, len, secret);
	}
	if (is_quota(failure->code))
		failure->kind = FAILURE_QUOTA;
	append_advice(failure, STATUSES[row].advice);
}
