#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api_error.h"
#include "model_list.h"
#include "sse.h"
#include "wipe.h"

/* A whole JSON answer: the text it may hold, and room for what JSON adds to it. */
#define WHOLE_MAX (CHAT_ANSWER_MAX + SSE_MAX)
/* A list of models: the largest known has some hundred KiB. */
#define MODELS_MAX ((size_t)16 * 1024 * 1024)

/* How the body of the response is read. */
enum body_mode {
	BODY_UNDECIDED, /* 2xx, and the content type does not say event stream: the first bytes will tell */
	BODY_STREAM,
	BODY_WHOLE,
	BODY_ERROR, /* a status outside 2xx */
};

struct request {
	struct request_spec spec; /* its strings are ours */
	struct event_lane *lane;
	struct transfer *transfer; /* NULL before the start and after the end */
	struct response response;
	enum body_mode mode;
	struct buf body; /* what is read as a whole, and what is not decided yet */
	size_t body_bytes;
	struct sse sse;
	struct chat_stream chat;
	struct failure failure; /* why we stopped the transfer; FAILURE_NONE: we did not, or the decoder knows */
	double first_delta_ms;  /* since the transfer was started; -1 as long as there is none */
	struct timing timing;   /* as far as it is known before the end */
	bool lingering;         /* a finish reason came, and the deadline for the usage is set */
	bool lane_full;
	bool ended;
};

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- events ---------------------------------------------------------------------------------------------------- */

static bool on_text(void *context, enum event_type type, const char *bytes, size_t len)
{
	struct request *request = context;
	if (request->first_delta_ms < 0)
		request->first_delta_ms = transfer_elapsed_ms(request->transfer);
	enum lane_result result = event_lane_text(request->lane, type, bytes, len);
	request->lane_full = request->lane_full || result == LANE_FULL;
	return result != LANE_NO_MEMORY;
}

static bool on_tool_call(void *context, struct tool_call *call)
{
	struct request *request = context;
	struct event *event = calloc(1, sizeof *event);
	if (!event) {
		tool_call_free(call);
		return false;
	}
	event->type = EVENT_TOOL_CALL;
	event->as.call = *call;
	event_lane_push(request->lane, event);
	return true;
}

/* The terminal event. Takes what the decoder knows. */
static void finish(struct request *request, const struct failure *failure, const struct timing *timing, cJSON *models)
{
	struct outcome outcome = {
		.failure = *failure,
		.response = request->response,
		.timing = *timing,
		.usage = request->chat.usage,
		.models = models,
	};
	request->chat.usage = NULL;
	outcome.timing.first_delta_ms = request->first_delta_ms;
	snprintf(outcome.finish_reason, sizeof outcome.finish_reason, "%s", request->chat.finish_reason);
	snprintf(outcome.model, sizeof outcome.model, "%s", request->chat.model);
	request->transfer = NULL;
	request->ended = true;
	event_lane_finish(request->lane, &outcome);
}

/* ---- reading the response -------------------------------------------------------------------------------------- */

static void on_header(void *context, const char *line, size_t len)
{
	struct request *request = context;
	response_line(&request->response, line, len, now_s());
}

static enum body_mode first_mode(const struct request *request)
{
	if (request->response.status / 100 != 2)
		return BODY_ERROR;
	if (request->spec.type == REQUEST_MODELS || request->response.is_html)
		return BODY_WHOLE;
	return request->response.is_event_stream ? BODY_STREAM : BODY_UNDECIDED;
}

static size_t body_max(const struct request *request)
{
	if (request->mode == BODY_ERROR)
		return API_ERROR_BODY_MAX;
	return request->spec.type == REQUEST_MODELS ? MODELS_MAX : WHOLE_MAX;
}

static void on_header_end(void *context, const struct timing *timing)
{
	struct request *request = context;
	request->timing = *timing;
	request->mode = first_mode(request);
	request->body.max = body_max(request);
	if (request->mode == BODY_ERROR)
		transfer_set_deadline(request->transfer, request->spec.idle_timeout_ms);
	struct event *event = calloc(1, sizeof *event);
	if (!event)
		return; /* the terminal event tells the same again */
	event->type = EVENT_HEADERS;
	event->as.headers.response = request->response;
	event->as.headers.timing = *timing;
	event_lane_push(request->lane, event);
}

static bool on_record(void *context, const char *type, const char *data, size_t len)
{
	struct request *request = context;
	enum chat_status status = chat_stream_record(&request->chat, type, data, len);
	if (status == CHAT_FINISHED && !request->lingering) {
		request->lingering = true;
		transfer_set_deadline(request->transfer, REQUEST_LINGER_MS);
	}
	return status == CHAT_OPEN || status == CHAT_FINISHED;
}

static enum transfer_flow stop_with(struct request *request, enum failure_kind kind, const char *message)
{
	failure_set(&request->failure, kind, "%s", message);
	return TRANSFER_STOP;
}

static enum transfer_flow read_stream(struct request *request, const char *bytes, size_t len)
{
	switch (sse_feed(&request->sse, bytes, len)) {
	case SSE_OK:
		return TRANSFER_CONTINUE;
	case SSE_STOPPED:
		return TRANSFER_STOP;
	case SSE_TOO_LARGE:
		return stop_with(request, FAILURE_TOO_LARGE,
			"the server sent a line longer than 16 MiB; what came before is kept");
	default:
		return stop_with(request, FAILURE_NO_MEMORY, "out of memory while reading the answer");
	}
}

static enum transfer_flow collect(struct request *request, const char *bytes, size_t len)
{
	size_t room = request->body.max - request->body.len;
	enum buf_result result = buf_append(&request->body, bytes, len < room ? len : room);
	if (result == BUF_NO_MEMORY)
		return stop_with(request, FAILURE_NO_MEMORY, "out of memory while reading the answer");
	if (len <= room)
		return TRANSFER_CONTINUE;
	if (request->mode == BODY_ERROR)
		return TRANSFER_STOP; /* enough to see what the server says */
	return stop_with(request, FAILURE_TOO_LARGE, "the server's answer is longer than we take in one piece");
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Whether the bytes begin as an event stream does: a server may forget the content type. */
static enum body_mode guess_mode(const char *bytes, size_t len)
{
	static const char *const beginnings[] = {":", "data:", "event:", "id:", "retry:"};
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	while (len > 0 && is_blank(*bytes)) {
		bytes++;
		len--;
	}
	enum body_mode mode = len > 0 ? BODY_WHOLE : BODY_UNDECIDED;
	for (size_t i = 0; len > 0 && i < sizeof beginnings / sizeof *beginnings; i++) {
		size_t want = strlen(beginnings[i]);
		if (memcmp(bytes, beginnings[i], len < want ? len : want) == 0)
			mode = len < want ? BODY_UNDECIDED : BODY_STREAM;
	}
	return mode;
}

static enum transfer_flow decide(struct request *request, const char *bytes, size_t len)
{
	enum transfer_flow flow = collect(request, bytes, len);
	if (flow != TRANSFER_CONTINUE)
		return flow;
	request->mode = guess_mode(buf_string(&request->body), request->body.len);
	if (request->mode == BODY_STREAM) {
		flow = read_stream(request, request->body.data, request->body.len);
		buf_free(&request->body);
	}
	return flow;
}

static enum transfer_flow on_body(void *context, const char *bytes, size_t len)
{
	struct request *request = context;
	if (request->response.is_encoded)
		return TRANSFER_STOP; /* nothing is unpacked: a few bytes may stand for any number */
	if (request->lane_full)
		return TRANSFER_PAUSE;
	request->body_bytes += len;
	switch (request->mode) {
	case BODY_STREAM:
		return read_stream(request, bytes, len);
	case BODY_UNDECIDED:
		return decide(request, bytes, len);
	default:
		return collect(request, bytes, len);
	}
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

/* A proxy that refuses to connect us speaks for itself, not for the service: its 403 does not mean our key. */
static void proxy_failure(struct failure *failure, int status)
{
	failure_set(failure, FAILURE_HTTP, "the proxy refused the connection (%d)%s", status,
		status == 407 ? ": it wants a login. Set proxy to http://name:password@host:port" : ". Check proxy.");
}

static bool is_html(const struct request *request)
{
	const char *body = buf_string(&request->body);
	return request->response.is_html || body[strspn(body, " \t\r\n")] == '<';
}

/* What is wrong with a 2xx answer, whatever the decoder would make of it; FAILURE_NONE: nothing. */
static void check_answer(struct request *request, const struct transfer_end *end, struct failure *failure)
{
	if (request->failure.kind != FAILURE_NONE)
		*failure = request->failure;
	else if (request->response.is_encoded)
		failure_set(failure, FAILURE_PROTOCOL,
			"the server's answer is compressed, which nobody asked for: check base_url and proxy");
	else if (is_html(request))
		failure_set(failure, FAILURE_PROTOCOL,
			"the server answered with an HTML page, maybe a proxy's login page: check base_url and proxy");
	else if (request->body_bytes == 0 && end->ending == TRANSFER_ENDED_WELL)
		failure_set(failure, FAILURE_PROTOCOL, "the server's answer is empty: check base_url");
}

/* The transfer broke off in the body: a time-out stays one, a broken connection means a cut answer. */
static void cut_failure(const struct transfer_end *end, struct failure *failure)
{
	*failure = *end->failure;
	if (failure->kind != FAILURE_NETWORK)
		return;
	failure_set(failure, FAILURE_TRUNCATED, "the answer was cut off, what came is kept: ");
	failure_append(failure, end->failure->message, strlen(end->failure->message), NULL);
}

static void end_chat(struct request *request, const struct transfer_end *end, struct failure *failure)
{
	bool whole = request->mode != BODY_STREAM;
	bool badly = end->ending == TRANSFER_ENDED_BADLY;
	if (failure->kind == FAILURE_NONE && whole && badly) {
		cut_failure(end, failure);
		return;
	}
	if (failure->kind == FAILURE_NONE && whole)
		chat_stream_answer(&request->chat, buf_string(&request->body), request->body.len);
	/* Hands out what was held back, also after a failure. */
	bool done = chat_stream_end(&request->chat) == CHAT_DONE;
	if (failure->kind != FAILURE_NONE || done)
		return;
	if (request->chat.failure.kind == FAILURE_TRUNCATED && badly)
		cut_failure(end, failure);
	else
		*failure = request->chat.failure;
}

static cJSON *end_models(struct request *request, const struct transfer_end *end, struct failure *failure)
{
	if (failure->kind == FAILURE_NONE && end->ending == TRANSFER_ENDED_BADLY)
		cut_failure(end, failure);
	if (failure->kind != FAILURE_NONE)
		return NULL;
	return model_list_parse(buf_string(&request->body), request->body.len, request->spec.key, failure);
}

/* No final response came, or its header never ended; libcurl may take even that for a good end. */
static void no_answer(const struct request *request, const struct transfer_end *end, struct failure *failure)
{
	*failure = *end->failure;
	if (request->response.status == 101)
		failure_set(failure, FAILURE_PROTOCOL,
			"the server speaks another protocol than HTTP (101): check base_url");
	else if (failure->kind == FAILURE_NONE)
		failure_set(failure, FAILURE_NETWORK, "the connection was closed before the answer: try again");
}

static void on_end(void *context, const struct transfer_end *end)
{
	struct request *request = context;
	struct failure failure = {.kind = FAILURE_NONE};
	cJSON *models = NULL;
	int status = request->response.status;
	if (end->proxy_status && status == 0) {
		request->response.status = end->proxy_status;
		proxy_failure(&failure, end->proxy_status);
	} else if (status >= 300) {
		/* The status alone decides, even if the body was cut or stalled. */
		api_error_from_status(
			&failure, &request->response, buf_string(&request->body), request->body.len, request->spec.key);
	} else if (status < 200 || end->timing.first_byte_ms < 0) {
		no_answer(request, end, &failure);
	} else {
		check_answer(request, end, &failure);
		if (request->spec.type == REQUEST_MODELS)
			models = end_models(request, end, &failure);
		else
			end_chat(request, end, &failure);
	}
	finish(request, &failure, &end->timing, models);
}

/* ---- life ------------------------------------------------------------------------------------------------------ */

/* Copies the strings of a spec in place; false when memory ran out (what was copied is freed by free_spec). */
static bool own_spec(struct request_spec *spec, const struct request_spec *from)
{
	*spec = *from;
	spec->url = spec->key = spec->proxy = spec->ca_file = spec->body = NULL;
	const struct {
		const char **to;
		const char *text;
	} strings[] = {{&spec->url, from->url}, {&spec->key, from->key}, {&spec->proxy, from->proxy},
		{&spec->ca_file, from->ca_file}};
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		if (!strings[i].text)
			continue;
		*strings[i].to = strdup(strings[i].text);
		if (!*strings[i].to)
			return false;
	}
	if (from->body) {
		char *body = malloc(from->body_len + 1);
		if (!body)
			return false;
		memcpy(body, from->body, from->body_len);
		body[from->body_len] = '\0';
		spec->body = body;
	}
	return true;
}

static void free_spec(struct request_spec *spec)
{
	if (spec->key)
		wipe((char *)spec->key, strlen(spec->key));
	free((char *)spec->url);
	free((char *)spec->key);
	free((char *)spec->proxy);
	free((char *)spec->ca_file);
	free((char *)spec->body);
}

struct request *request_new(const struct request_spec *spec, struct event_lane *lane)
{
	struct request *request = calloc(1, sizeof *request);
	if (!request)
		return NULL;
	if (!own_spec(&request->spec, spec)) {
		free_spec(&request->spec);
		free(request);
		return NULL;
	}
	const struct chat_sink sink = {.context = request, .text = on_text, .tool_call = on_tool_call};
	request->lane = lane;
	request->first_delta_ms = -1;
	request->timing = TIMING_UNKNOWN;
	response_clear(&request->response);
	buf_init(&request->body, WHOLE_MAX);
	sse_init(&request->sse, on_record, request);
	chat_stream_init(&request->chat, &sink, spec->format, request->spec.key);
	return request;
}

void request_start(struct request *request, struct transport *transport)
{
	const struct transfer_sink sink = {
		.context = request,
		.header = on_header,
		.header_end = on_header_end,
		.body = on_body,
		.end = on_end,
	};
	const struct request_spec *spec = &request->spec;
	const struct transfer_spec transfer = {
		.url = spec->url,
		.key = spec->key,
		.body = spec->body,
		.body_len = spec->body_len,
		.proxy = spec->proxy,
		.ca_file = spec->ca_file,
		.fresh = spec->fresh,
		.connect_timeout_ms = spec->connect_timeout_ms,
		.first_byte_timeout_ms = spec->first_byte_timeout_ms,
		.idle_timeout_ms = spec->idle_timeout_ms,
	};
	struct failure failure;
	request->transfer = transfer_start(transport, &transfer, &sink, &failure);
	if (!request->transfer)
		finish(request, &failure, &request->timing, NULL);
}

void request_resume(struct request *request)
{
	if (request->ended || !request->lane_full || event_lane_backlog(request->lane) > EVENT_LANE_MAX)
		return;
	request->lane_full = false;
	transfer_resume(request->transfer);
}

void request_abort(struct request *request, enum failure_kind kind)
{
	struct failure failure;
	if (request->ended)
		return;
	if (request->transfer) {
		request->timing.total_ms = transfer_elapsed_ms(request->transfer);
		transfer_stop(request->transfer);
	}
	switch (kind) {
	case FAILURE_CANCELLED:
		failure_set(&failure, kind, "cancelled");
		break;
	case FAILURE_SHUTDOWN:
		failure_set(&failure, kind, "ended because the editor quits");
		break;
	default:
		failure_set(&failure, kind, "out of memory: the request could not be started");
	}
	finish(request, &failure, &request->timing, NULL);
}

bool request_ended(const struct request *request)
{
	return request->ended;
}

void request_free(struct request *request)
{
	free_spec(&request->spec);
	buf_free(&request->body);
	sse_free(&request->sse);
	chat_stream_free(&request->chat);
	free(request);
}
