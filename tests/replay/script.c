#include "script.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LINE_MAX_LEN 65536
#define STALL_MS 120000

/* ---- finding --------------------------------------------------------------------------------------------------- */

static char *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	long size = ftell(file);
	rewind(file);
	if (size >= 0)
		text = malloc((size_t)size + 1);
	if (text) {
		*len = fread(text, 1, (size_t)size, file);
		text[*len] = '\0';
	}
	fclose(file);
	return text;
}

/* How often NAME was asked for, this time included. */
static unsigned count_request(const char *name)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct {
		char name[128];
		unsigned count;
	} names[512];
	unsigned count = 1;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!names[i].name[0])
			snprintf(names[i].name, sizeof names[i].name, "%s", name);
		if (strcmp(names[i].name, name) == 0) {
			count = ++names[i].count;
			break;
		}
	}
	pthread_mutex_unlock(&lock);
	return count;
}

char *script_find(const char *folder, const char *path)
{
	char name[128], file[4096];
	size_t len;
	if (sscanf(path, "/s/%127[A-Za-z0-9._-]", name) != 1 || !folder)
		return NULL;
	snprintf(file, sizeof file, "%s/%s.%u.script", folder, name, count_request(name));
	char *script = read_file(file, &len);
	if (script)
		return script;
	snprintf(file, sizeof file, "%s/%s.script", folder, name);
	return read_file(file, &len);
}

bool script_is_early(const char *script)
{
	return strncmp(script, "early", 5) == 0;
}

/* ---- strings --------------------------------------------------------------------------------------------------- */

struct run {
	const char *folder;
	struct reply *reply;
	double pace_ms;
	unsigned long counter; /* of the innermost `repeat` */
	char text[LINE_MAX_LEN * 2];
	size_t text_len;
};

static long long monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void put_text(struct run *run, const char *bytes, size_t len)
{
	if (run->text_len + len < sizeof run->text) {
		memcpy(run->text + run->text_len, bytes, len);
		run->text_len += len;
		run->text[run->text_len] = '\0';
	}
}

static void put_format(struct run *run, char what)
{
	char number[32];
	int n = what == 'd' ? snprintf(number, sizeof number, "%lu", run->counter)
			    : snprintf(number, sizeof number, "%lld", monotonic_us());
	put_text(run, number, (size_t)n);
}

static char escaped(const char **s)
{
	char c = *++*s;
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'x': {
		char hex[3] = "";
		memccpy(hex, *s + 1, '\0', 2);
		*s += strlen(hex);
		return (char)strtoul(hex, NULL, 16);
	}
	default:
		return c;
	}
}

/* Reads a quoted string into run->text. */
static void read_string(struct run *run, const char *s)
{
	run->text_len = 0;
	run->text[0] = '\0';
	s += strcspn(s, "\"");
	while (*s && *++s && *s != '"') {
		if (*s == '\\') {
			char c = escaped(&s);
			put_text(run, &c, 1);
		} else if (*s == '%' && (s[1] == 'd' || s[1] == 't')) {
			put_format(run, *++s);
		} else {
			put_text(run, s, 1);
		}
	}
}

/* ---- commands -------------------------------------------------------------------------------------------------- */

static void sleep_ms(double ms)
{
	const struct timespec time = {(time_t)(ms / 1e3), (long)((ms - 1e3 * (double)(time_t)(ms / 1e3)) * 1e6)};
	nanosleep(&time, NULL);
}

static void wait_ms(struct run *run, double ms)
{
	reply_flush(run->reply);
	sleep_ms(ms);
}

static void send_body(struct run *run, const char *bytes, size_t len)
{
	reply_body(run->reply, bytes, len);
	if (run->pace_ms > 0)
		wait_ms(run, run->pace_ms);
}

static void send_record(struct run *run, const char *json)
{
	char *record;
	int len = asprintf(&record, "data: %s\n\n", json);
	if (len > 0)
		send_body(run, record, (size_t)len);
	free(record);
}

#define CHUNK_HEAD "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"model\":\"replay-1\",\"choices\":["

static void run_delta(struct run *run, const char *rest)
{
	char *json;
	char content[LINE_MAX_LEN * 2];
	size_t n = 0;
	read_string(run, rest);
	for (size_t i = 0; i < run->text_len && n < sizeof content - 8; i++) {
		unsigned char c = (unsigned char)run->text[i];
		if (c == '"' || c == '\\' || c < 0x20)
			n += (size_t)snprintf(content + n, sizeof content - n, "\\u%04x", c);
		else
			content[n++] = (char)c;
	}
	content[n] = '\0';
	if (asprintf(&json, CHUNK_HEAD "{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null}]}",
		    content) > 0)
		send_record(run, json);
	free(json);
}

static void run_finish(struct run *run, const char *rest)
{
	char *json;
	if (asprintf(&json, CHUNK_HEAD "{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}", rest) > 0)
		send_record(run, json);
	free(json);
}

static void run_usage(struct run *run, const char *rest)
{
	unsigned prompt = 0, completion = 0;
	char *json;
	sscanf(rest, "%u %u", &prompt, &completion);
	if (asprintf(&json,
		    CHUNK_HEAD "],\"usage\":{\"prompt_tokens\":%u,\"completion_tokens\":%u,\"total_tokens\":%u}}",
		    prompt, completion, prompt + completion) > 0)
		send_record(run, json);
	free(json);
}

static void run_file(struct run *run, const char *rest)
{
	char name[1024], path[4096];
	size_t split = 0, len = 0;
	if (sscanf(rest, "%1023s split %zu", name, &split) < 1)
		return;
	snprintf(path, sizeof path, "%s/%s", run->folder, name);
	char *bytes = read_file(path, &len);
	if (!bytes)
		bytes = read_file(name, &len);
	for (size_t at = 0; bytes && at < len;) {
		size_t n = split && split < len - at ? split : len - at;
		send_body(run, bytes + at, n);
		if (split)
			reply_flush(run->reply);
		at += n;
	}
	free(bytes);
}

static void run_framing(struct reply *reply, const char *rest)
{
	reply->framing = FRAMING_CHUNKED;
	if (strcmp(rest, "close") == 0)
		reply->framing = FRAMING_CLOSE;
	else if (sscanf(rest, "length %zu", &reply->length) == 1)
		reply->framing = FRAMING_LENGTH;
}

static void run_status(struct reply *reply, const char *rest)
{
	snprintf(reply->reason, sizeof reply->reason, "Whatever");
	sscanf(rest, "%d %63[^\n]", &reply->status, reply->reason);
}

static void run_interim(struct run *run, const char *rest)
{
	char line[64];
	int n = snprintf(line, sizeof line, "HTTP/1.1 %d Interim\r\nX-Interim: yes\r\n\r\n", atoi(rest));
	http_write(run->reply->connection, line, (size_t)n);
}

static void run_line(struct run *run, const char *name, const char *rest)
{
	struct reply *reply = run->reply;
	if (strcmp(name, "status") == 0)
		run_status(reply, rest);
	else if (strcmp(name, "header") == 0)
		reply_header(reply, rest);
	else if (strcmp(name, "trailer") == 0)
		reply_trailer(reply, rest);
	else if (strcmp(name, "framing") == 0)
		run_framing(reply, rest);
	else if (strcmp(name, "interim") == 0)
		run_interim(run, rest);
	else if (strcmp(name, "head") == 0)
		reply_head(reply);
	else if (strcmp(name, "send") == 0) {
		read_string(run, rest);
		send_body(run, run->text, run->text_len);
	} else if (strcmp(name, "raw") == 0) {
		read_string(run, rest);
		reply_raw(reply, run->text, run->text_len);
	} else if (strcmp(name, "event") == 0) {
		read_string(run, rest);
		char *json = strdup(run->text);
		send_record(run, json ? json : "");
		free(json);
	} else if (strcmp(name, "delta") == 0)
		run_delta(run, rest);
	else if (strcmp(name, "finish") == 0)
		run_finish(run, rest);
	else if (strcmp(name, "usage") == 0)
		run_usage(run, rest);
	else if (strcmp(name, "done") == 0)
		send_record(run, "[DONE]");
	else if (strcmp(name, "file") == 0)
		run_file(run, rest);
	else if (strcmp(name, "delay") == 0)
		wait_ms(run, atof(rest));
	else if (strcmp(name, "pace") == 0)
		run->pace_ms = 1e3 / atof(rest);
	else if (strcmp(name, "stall") == 0) {
		reply_flush(reply);
		http_wait_closed(reply->connection, STALL_MS);
		reply_cut(reply, false);
	} else if (strcmp(name, "cut") == 0)
		reply_cut(reply, strcmp(rest, "rst") == 0);
	else if (strcmp(name, "close") == 0)
		reply->ends_connection = true;
	else if (strcmp(name, "early") != 0)
		fprintf(stderr, "replay: no such command: %s %s\n", name, rest);
}

/* Runs the lines from `at` to the `end` of a repeat, or of the script. Returns what comes behind. */
static const char *run_lines(struct run *run, const char *at, bool live)
{
	char line[LINE_MAX_LEN], name[32];
	while (*at && !run->reply->broken) {
		size_t len = strcspn(at, "\n");
		snprintf(line, sizeof line, "%.*s", (int)len, at);
		at += len + (at[len] == '\n');
		int used = 0;
		if (sscanf(line, " %31s %n", name, &used) < 1 || name[0] == '#')
			continue;
		if (strcmp(name, "end") == 0)
			return at;
		if (strcmp(name, "repeat") == 0) {
			unsigned long times = live ? strtoul(line + used, NULL, 10) : 0, outer = run->counter;
			const char *body = at;
			at = run_lines(run, body, false);
			for (unsigned long i = 0; i < times && !run->reply->broken; i++) {
				run->counter = i;
				run_lines(run, body, true);
			}
			run->counter = outer;
		} else if (live) {
			run_line(run, name, line + used);
		}
	}
	return at;
}

void script_run(const char *script, const char *folder, struct reply *reply)
{
	struct run *run = calloc(1, sizeof *run);
	if (!run)
		return;
	run->folder = folder;
	run->reply = reply;
	run_lines(run, script, true);
	free(run);
	if (!reply->broken)
		reply_end(reply);
}
