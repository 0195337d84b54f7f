#include "api_error.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Characters of the server's own text: all but what our words around it need. */
#define TEXT_CHARS 800
/* Characters of a body that is neither JSON nor HTML: enough to recognise it. */
#define EXCERPT_CHARS 200
/* Where in a page of HTML its title stands, if anywhere. */
#define TITLE_WITHIN 4096
#define TITLE_CHARS 120

/* How a message begins and ends, by status; between them stands the server's own text. */
struct words {
	int from, to;
	enum failure_kind kind;
	const char *what;
	const char *advice;
};

static const struct words STATUSES[] = {
	{300, 399, FAILURE_HTTP, "the server redirects",
		"Redirects are not followed: set base_url to the right address."},
	{400, 400, FAILURE_HTTP, "the server did not accept the request", "Check model and params."},
	{401, 401, FAILURE_AUTH, "the server did not take the key", "Check api_key or BEANS_API_KEY."},
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

static const struct words *words_for(int status)
{
	const struct words *words = STATUSES;
	while (status < words->from || status > words->to)
		words++;
	return words;
}

/* A code or parameter may be a string or a number. */
static void copy_scalar(char *to, size_t size, const cJSON *value, const char *secret)
{
	char digits[32];
	const char *text = cJSON_GetStringValue(value);
	if (cJSON_IsNumber(value)) {
		(void)snprintf(digits, sizeof digits, "%.15g", value->valuedouble);
		text = digits;
	}
	if (text)
		failure_copy_line(to, size, text, strlen(text), secret);
}

static void take_code(struct failure *failure, const cJSON *error, const char *secret)
{
	copy_scalar(failure->code, sizeof failure->code, json_get(error, "code"), secret);
	copy_scalar(failure->param, sizeof failure->param, json_get(error, "param"), secret);
}

/* Some servers tell the code as the type. */
static bool is_quota(const cJSON *error)
{
	const char *code = json_get_string(error, "code");
	const char *type = json_get_string(error, "type");
	return (code && strcmp(code, "insufficient_quota") == 0) || (type && strcmp(type, "insufficient_quota") == 0);
}

/* What the server says in its own words: the `message` of an error object, or the error itself when it is a text; ""
 * when it says nothing. */
static const char *error_text(const cJSON *error)
{
	static const char *const members[] = {"message", "detail", "type"};
	const char *text = cJSON_GetStringValue(error);
	for (size_t i = 0; !text && i < sizeof members / sizeof *members; i++)
		text = json_get_string(error, members[i]);
	return text ? text : "";
}

static void append_text(struct failure *failure, size_t chars, const char *text, size_t len, const char *secret)
{
	failure_append(failure, ": ", 2, NULL);
	failure_append_some(failure, chars, text, len, secret);
}

static bool is_page(const char *text, size_t len)
{
	size_t at = 0;
	while (at < len && isspace((unsigned char)text[at]))
		at++;
	return at < len && text[at] == '<';
}

/* Of a page of HTML only its title is worth a line. */
static void append_title(struct failure *failure, const char *page, size_t len, const char *secret)
{
	char text[TITLE_WITHIN];
	if (len >= sizeof text)
		len = sizeof text - 1;
	memcpy(text, page, len);
	text[len] = '\0';
	char *title = strcasestr(text, "<title>");
	char *end = title ? strcasestr(title, "</title>") : NULL;
	if (!end)
		return;
	title += strlen("<title>");
	append_text(failure, TITLE_CHARS, title, (size_t)(end - title), secret);
}

/* The server's own text; a page only by its title. */
static void append_words(struct failure *failure, size_t chars, const char *text, size_t len, const char *secret)
{
	if (is_page(text, len))
		append_title(failure, text, len, secret);
	else if (len > 0)
		append_text(failure, chars, text, len, secret);
}

/* What to do about it, as a sentence of its own. */
static void append_advice(struct failure *failure, const char *advice)
{
	size_t len = strlen(failure->message);
	while (len > 0 && strchr(" :", failure->message[len - 1]))
		failure->message[--len] = '\0';
	bool ended = len > 0 && strchr(".!?", failure->message[len - 1]);
	failure_append(failure, ended ? " " : ". ", ended ? 1 : 2, NULL);
	failure_append(failure, advice, strlen(advice), NULL);
}

bool api_error_is(const cJSON *error)
{
	return cJSON_IsObject(error) || (cJSON_IsString(error) && *error->valuestring);
}

/* An error that no status tells of. */
static void from_words(struct failure *failure, bool quota, const char *text, size_t len, const char *secret)
{
	const struct words *no_credit = words_for(402);
	failure_set(failure, quota ? FAILURE_QUOTA : FAILURE_HTTP, "%s",
		quota ? no_credit->what : "the server reported an error");
	append_words(failure, TEXT_CHARS, text, len, secret);
	append_advice(failure, quota ? no_credit->advice : "Try again, or with another model.");
}

void api_error_from_text(struct failure *failure, const char *text, size_t len, const char *secret)
{
	from_words(failure, false, text, len, secret);
}

void api_error_from_object(struct failure *failure, const cJSON *error, const char *secret)
{
	const char *text = error_text(error);
	from_words(failure, is_quota(error), text, strlen(text), secret);
	take_code(failure, error, secret);
}

/* The object or text that tells of the error, in any of the forms a body has; NULL: it is none of them. */
static const cJSON *error_in(const cJSON *root)
{
	const cJSON *error = json_get(root, "error");
	if (api_error_is(error))
		return error;
	return api_error_is(root) ? root : NULL;
}

void api_error_from_status(
	struct failure *failure, const struct response *response, const char *body, size_t len, const char *secret)
{
	cJSON *root = json_parse(body, len, JSON_TRAILING_IGNORED);
	const cJSON *error = error_in(root);
	const struct words *words = words_for(response->status);
	if (is_quota(error))
		words = words_for(402);
	failure_set(failure, words->kind, "%s (%d)", words->what, response->status);
	if (response->status / 100 == 3 && response->location[0]) {
		failure_append(failure, " to ", 4, NULL);
		failure_append(failure, response->location, strlen(response->location), secret);
	} else if (error) {
		append_words(failure, TEXT_CHARS, error_text(error), strlen(error_text(error)), secret);
	} else if (response->is_html) {
		append_title(failure, body, len, secret);
	} else {
		append_words(failure, EXCERPT_CHARS, body, len, secret);
	}
	take_code(failure, cJSON_IsString(error) ? root : error, secret);
	append_advice(failure, words->advice);
	cJSON_Delete(root);
}
