#include "lua_event.h"

#include <string.h>

#include <lauxlib.h>

#include "lua_json.h"

static const char *const TYPE_NAMES[] = {
	[EVENT_TEXT] = "text",
	[EVENT_REASONING] = "reasoning",
	[EVENT_REFUSAL] = "refusal",
	[EVENT_TOOL_CALL] = "tool_call",
	[EVENT_HEADERS] = "headers",
	[EVENT_DONE] = "done",
	[EVENT_ERROR] = "error",
};

/* The set_ functions set a field of the table on top. */

static void set_text(lua_State *L, int marks, const char *field, const char *bytes, size_t len)
{
	lua_json_push_text(L, marks, bytes, len);
	lua_setfield(L, -2, field);
}

/* Nothing is set where "" means that the server sent none. */
static void set_known_string(lua_State *L, int marks, const char *field, const char *string)
{
	if (*string)
		set_text(L, marks, field, string, strlen(string));
}

/* Nothing is set where -1 means that it is not known. */
static void set_known_number(lua_State *L, const char *field, double number)
{
	if (number < 0)
		return;
	lua_json_push_number(L, number);
	lua_setfield(L, -2, field);
}

static void set_known_json(lua_State *L, int marks, const char *field, const cJSON *value)
{
	if (!value)
		return;
	lua_json_push(L, marks, value);
	lua_setfield(L, -2, field);
}

static bool is_known(const struct rate_limit *limit)
{
	return limit->limit >= 0 || limit->remaining >= 0 || limit->reset_s >= 0;
}

static void set_limit(lua_State *L, const char *field, const struct rate_limit *limit)
{
	if (!is_known(limit))
		return;
	lua_createtable(L, 0, 3);
	set_known_number(L, "limit", (double)limit->limit);
	set_known_number(L, "remaining", (double)limit->remaining);
	set_known_number(L, "reset_s", limit->reset_s);
	lua_setfield(L, -2, field);
}

static void set_rate_limit(lua_State *L, const struct response *response)
{
	if (!is_known(&response->requests) && !is_known(&response->tokens) && response->retry_after_s < 0)
		return;
	lua_createtable(L, 0, 3);
	set_limit(L, "requests", &response->requests);
	set_limit(L, "tokens", &response->tokens);
	set_known_number(L, "retry_after_s", response->retry_after_s);
	lua_setfield(L, -2, "rate_limit");
}

static void set_response(lua_State *L, int marks, const struct response *response)
{
	lua_createtable(L, 0, 8);
	set_known_number(L, "status", response->status);
	set_known_string(L, marks, "http_version", response->http_version);
	set_known_number(L, "date", response->date);
	set_known_string(L, marks, "request_id", response->request_id);
	set_known_number(L, "cost_micro_usd", (double)response->cost_micro_usd);
	set_rate_limit(L, response);
	set_known_number(L, "retry_after_s", response->retry_after_s);
	if (response->should_retry >= 0) {
		lua_pushboolean(L, response->should_retry);
		lua_setfield(L, -2, "should_retry");
	}
	lua_setfield(L, -2, "response");
}

static void set_timing(lua_State *L, const struct timing *timing)
{
	lua_createtable(L, 0, 7);
	set_known_number(L, "dns_ms", timing->dns_ms);
	set_known_number(L, "connect_ms", timing->connect_ms);
	set_known_number(L, "tls_ms", timing->tls_ms);
	set_known_number(L, "first_byte_ms", timing->first_byte_ms);
	set_known_number(L, "first_delta_ms", timing->first_delta_ms);
	set_known_number(L, "total_ms", timing->total_ms);
	lua_pushboolean(L, timing->reused);
	lua_setfield(L, -2, "reused");
	lua_setfield(L, -2, "timing");
}

static void set_tool_call(lua_State *L, int marks, const struct tool_call *call)
{
	set_text(L, marks, "call_id", call->id, strlen(call->id));
	set_text(L, marks, "name", call->name, strlen(call->name));
	set_text(L, marks, "arguments", buf_string(&call->arguments), call->arguments.len);
	set_known_json(L, marks, "args", call->args);
}

static void set_failure(lua_State *L, int marks, const struct failure *failure)
{
	lua_pushstring(L, failure_kind_name(failure->kind));
	lua_setfield(L, -2, "kind");
	set_text(L, marks, "message", failure->message, strlen(failure->message));
	set_known_string(L, marks, "code", failure->code);
	set_known_string(L, marks, "param", failure->param);
}

static void set_outcome(lua_State *L, int marks, const struct outcome *outcome)
{
	if (outcome->failure.kind != FAILURE_NONE)
		set_failure(L, marks, &outcome->failure);
	set_known_string(L, marks, "finish_reason", outcome->finish_reason);
	set_known_string(L, marks, "model", outcome->model);
	set_known_json(L, marks, "usage", outcome->usage);
	set_known_json(L, marks, "models", outcome->models);
	set_response(L, marks, &outcome->response);
	set_timing(L, &outcome->timing);
}

void lua_event_push(lua_State *L, int marks, const struct event *event)
{
	luaL_checkstack(L, 8, "event");
	lua_createtable(L, 0, 8);
	lua_json_push_number(L, (double)event->request);
	lua_setfield(L, -2, "id");
	lua_pushstring(L, TYPE_NAMES[event->type]);
	lua_setfield(L, -2, "type");
	switch (event->type) {
	case EVENT_TEXT:
	case EVENT_REASONING:
	case EVENT_REFUSAL:
		set_text(L, marks, "text", buf_string(&event->as.text), event->as.text.len);
		break;
	case EVENT_TOOL_CALL:
		set_tool_call(L, marks, &event->as.call);
		break;
	case EVENT_HEADERS:
		set_response(L, marks, &event->as.headers.response);
		set_timing(L, &event->as.headers.timing);
		break;
	case EVENT_DONE:
	case EVENT_ERROR:
		set_outcome(L, marks, event->as.outcome);
		break;
	}
}
