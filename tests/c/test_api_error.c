#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "api_error.h"

#define SECRET "sk-beans-0123456789"

/* A status, header and body, and what is made of them: kind, message, code, param. */
static const struct {
	int status;
	enum failure_kind kind;
	const char *header;
	const char *body;
	const char *message;
	const char *code;
	const char *param;
} STATUSES[] = {
	/* the forms of a body */
	{400, FAILURE_HTTP, "",
		"{\"error\":{\"message\":\"bad\",\"type\":\"invalid_request_error\",\"code\":null,\"param\":null}}",
		"the server did not accept the request (400): bad. Check model and params.", "", ""},
	{400, FAILURE_HTTP, "",
		"{\"error\":{\"message\":\"Unsupported "
		"parameter.\",\"code\":\"unsupported_parameter\",\"param\":\"temperature\"}}",
		"the server did not accept the request (400): Unsupported parameter. Check model and params.",
		"unsupported_parameter", "temperature"},
	{500, FAILURE_HTTP, "", "{\"error\":\"overloaded\"}", "the server failed (500): overloaded. Try again later.",
		"", ""},
	{500, FAILURE_HTTP, "", "{\"error\":\"overloaded\",\"code\":\"busy\"}",
		"the server failed (500): overloaded. Try again later.", "busy", ""},
	{500, FAILURE_HTTP, "", "{\"message\":\"oh no!\",\"code\":17}",
		"the server failed (500): oh no! Try again later.", "17", ""},
	{500, FAILURE_HTTP, "", "{\"error\":null,\"message\":\"oh no\"}",
		"the server failed (500): oh no. Try again later.", "", ""},
	{404, FAILURE_HTTP, "", "{\"detail\":\"Not Found\"}",
		"not found on the server (404): Not Found. Check model (:Beans models) and base_url.", "", ""},
	{500, FAILURE_HTTP, "", "{\"error\":{\"type\":\"server_error\"}}",
		"the server failed (500): server_error. Try again later.", "", ""},
	{500, FAILURE_HTTP, "", "{\"error\":{\"message\":\"no slot\",\"code\":503}}",
		"the server failed (500): no slot. Try again later.", "503", ""},
	{500, FAILURE_HTTP, "", "{}", "the server failed (500). Try again later.", "", ""},
	{500, FAILURE_HTTP, "", "[]", "the server failed (500): []. Try again later.", "", ""},
	{502, FAILURE_HTTP, "", "\"quoted\"", "the server failed (502): quoted. Try again later.", "", ""},
	{502, FAILURE_HTTP, "", "", "the server failed (502). Try again later.", "", ""},
	{502, FAILURE_HTTP, "", " \r\n", "the server failed (502). Try again later.", "", ""},
	{404, FAILURE_HTTP, "", "404 page not found\n",
		"not found on the server (404): 404 page not found. Check model (:Beans models) and base_url.", "", ""},
	{500, FAILURE_HTTP, "", "{\"error\":{\"message\":\"cut off in the mi",
		"the server failed (500): {\"error\":{\"message\":\"cut off in the mi. Try again later.", "", ""},
	/* pages */
	{502, FAILURE_HTTP, "Content-Type: text/html",
		"<html><head><title>502 Bad\n Gateway</title></head><body><h1>nginx</h1></body></html>",
		"the server failed (502): 502 Bad Gateway. Try again later.", "", ""},
	{403, FAILURE_AUTH, "", "\n<!DOCTYPE html><HTML><TITLE>Log in</TITLE>",
		"the key may not do this (403): Log in. Check what the key is allowed to do.", "", ""},
	{502, FAILURE_HTTP, "", "<html><body>no title</body></html>", "the server failed (502). Try again later.", "",
		""},
	{502, FAILURE_HTTP, "Content-Type: text/html", "words", "the server failed (502). Try again later.", "", ""},
	{502, FAILURE_HTTP, "", "{\"error\":{\"message\":\"<html><title>Down</title><p>long page\"}}",
		"the server failed (502): Down. Try again later.", "", ""},
	/* kinds */
	{401, FAILURE_AUTH, "",
		"{\"error\":{\"message\":\"Incorrect API key provided: " SECRET ".\",\"code\":\"invalid_api_key\"}}",
		"the server did not take the key (401): Incorrect API key provided: ***. Check api_key or "
		"BEANS_API_KEY.",
		"invalid_api_key", ""},
	{403, FAILURE_AUTH, "", "", "the key may not do this (403). Check what the key is allowed to do.", "", ""},
	{402, FAILURE_QUOTA, "", "", "the account has no credit left (402). Top it up, or use another key.", "", ""},
	{429, FAILURE_RATE_LIMIT, "", "{\"error\":{\"message\":\"slow down\",\"code\":\"rate_limit_exceeded\"}}",
		"too many requests (429): slow down. Wait a moment, then try again.", "rate_limit_exceeded", ""},
	{429, FAILURE_QUOTA, "", "{\"error\":{\"message\":\"pay\",\"code\":\"insufficient_quota\"}}",
		"the account has no credit left (429): pay. Top it up, or use another key.", "insufficient_quota", ""},
	{429, FAILURE_QUOTA, "", "{\"error\":{\"message\":\"pay\",\"type\":\"insufficient_quota\",\"code\":null}}",
		"the account has no credit left (429): pay. Top it up, or use another key.", "", ""},
	{408, FAILURE_HTTP, "", "", "the server waited too long for the request (408). Try again.", "", ""},
	{413, FAILURE_HTTP, "", "", "the request is too large for the server (413). Send less.", "", ""},
	{418, FAILURE_HTTP, "", "", "the server answered with an unexpected status (418). Check base_url.", "", ""},
	{599, FAILURE_HTTP, "", "", "the server failed (599). Try again later.", "", ""},
	{999, FAILURE_HTTP, "", "", "the server answered with an unexpected status (999). Check base_url.", "", ""},
	/* redirects */
	{302, FAILURE_HTTP, "Location: https://login.example/?next=v1", "<html><title>Found</title>",
		"the server redirects (302) to https://login.example/?next=v1. Redirects are not followed: set "
		"base_url to "
		"the right address.",
		"", ""},
	{307, FAILURE_HTTP, "Location: https://x.example/?key=" SECRET, "",
		"the server redirects (307) to https://x.example/?key=***. Redirects are not followed: set base_url to "
		"the "
		"right address.",
		"", ""},
	{301, FAILURE_HTTP, "", "",
		"the server redirects (301). Redirects are not followed: set base_url to the right address.", "", ""},
	/* text that attacks the screen or the log */
	{500, FAILURE_HTTP, "",
		"{\"error\":{\"message\":\"a\\u001b[31m\\n\\ud83d\\u0000b\",\"code\":\"" SECRET "\\u0007\"}}",
		"the server failed (500): a [31m b. Try again later.", "***", ""},
};

static void tells_what_failed_by_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof STATUSES / sizeof *STATUSES; i++) {
		struct failure failure;
		struct response response;
		response_clear(&response);
		response_line(&response, STATUSES[i].header, strlen(STATUSES[i].header), 0);
		response.status = STATUSES[i].status;
		api_error_from_status(&failure, &response, STATUSES[i].body, strlen(STATUSES[i].body), SECRET);
		assert_string_equal(failure.message, STATUSES[i].message);
		assert_string_equal(failure_kind_name(failure.kind), failure_kind_name(STATUSES[i].kind));
		assert_string_equal(failure.code, STATUSES[i].code);
		assert_string_equal(failure.param, STATUSES[i].param);
	}
}

/* The `error` member of a 200 answer. */
static const struct {
	const char *error;
	enum failure_kind kind;
	const char *message;
	const char *code;
} OBJECTS[] = {
	{"\"overloaded\"", FAILURE_HTTP, "the server reported an error: overloaded. Try again, or with another model.",
		""},
	{"{\"message\":\"overloaded\",\"code\":502}", FAILURE_HTTP,
		"the server reported an error: overloaded. Try again, or with another model.", "502"},
	{"{\"message\":\"pay\",\"code\":\"insufficient_quota\"}", FAILURE_QUOTA,
		"the account has no credit left: pay. Top it up, or use another key.", "insufficient_quota"},
	{"{\"message\":\"who?\",\"code\":401}", FAILURE_HTTP,
		"the server reported an error: who? Try again, or with another model.", "401"},
	{"{\"message\":\"slow\",\"code\":429}", FAILURE_HTTP,
		"the server reported an error: slow. Try again, or with another model.", "429"},
	{"{\"message\":\"key " SECRET " unknown\"}", FAILURE_HTTP,
		"the server reported an error: key *** unknown. Try again, or with another model.", ""},
	{"{}", FAILURE_HTTP, "the server reported an error. Try again, or with another model.", ""},
	{"{\"message\":{\"deep\":1},\"code\":[1]}", FAILURE_HTTP,
		"the server reported an error. Try again, or with another model.", ""},
};

static void tells_what_failed_by_object(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof OBJECTS / sizeof *OBJECTS; i++) {
		struct failure failure;
		cJSON *error = json_parse(OBJECTS[i].error, strlen(OBJECTS[i].error), JSON_TRAILING_REFUSED);
		assert_non_null(error);
		assert_true(api_error_is(error));
		api_error_from_object(&failure, error, SECRET);
		assert_string_equal(failure.message, OBJECTS[i].message);
		assert_string_equal(failure_kind_name(failure.kind), failure_kind_name(OBJECTS[i].kind));
		assert_string_equal(failure.code, OBJECTS[i].code);
		cJSON_Delete(error);
	}
}

static void knows_what_is_no_error(void **state)
{
	(void)state;
	static const char *const values[] = {"null", "\"\"", "false", "0", "[]"};
	assert_false(api_error_is(NULL));
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		cJSON *value = json_parse(values[i], strlen(values[i]), JSON_TRAILING_REFUSED);
		assert_non_null(value);
		assert_false(api_error_is(value));
		cJSON_Delete(value);
	}
}

/* However long the server's text is, the advice is still there, and no half of a key at the cut. */
static void leaves_room_for_the_advice(void **state)
{
	(void)state;
	struct response response;
	struct buf body;
	buf_init(&body, API_ERROR_BODY_MAX);
	response_clear(&response);
	response.status = 500;
	for (size_t before = 0; before < 2000; before += 7) {
		struct failure failure;
		buf_clear(&body);
		for (size_t i = 0; i < before; i++)
			assert_int_equal(buf_append_string(&body, "x"), BUF_OK);
		assert_int_equal(buf_append_string(&body, SECRET), BUF_OK);
		api_error_from_status(&failure, &response, body.data, body.len, SECRET);
		assert_non_null(strstr(failure.message, ". Try again later."));
		assert_null(strstr(failure.message, "sk"));
	}
	buf_free(&body);
}

int main(void)
{
	struct suite suite = {0};
	SUITE_ADD(&suite, tells_what_failed_by_status);
	SUITE_ADD(&suite, tells_what_failed_by_object);
	SUITE_ADD(&suite, knows_what_is_no_error);
	SUITE_ADD(&suite, leaves_room_for_the_advice);
	return suite_run("api_error", &suite);
}
