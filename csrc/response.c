#include "response.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "failure.h"

/* A reset from here on is a moment since 1970, below it a number of seconds: no window lasts 30 years. */
#define EPOCH_FROM 1e9

/* A moment from here on is in milliseconds: in seconds it would lie 3,000 years ahead. */
#define EPOCH_MS_FROM 1e11

/* Longer numbers mean nothing to anyone. */
#define DIGITS_MAX 18

/* Of a line no more is read: what tells us something is short. */
#define LINE_MAX_READ 512

void response_clear(struct response *response)
{
	const struct rate_limit unknown = {.limit = -1, .remaining = -1, .reset_s = -1};
	*response = (struct response){
		.date = -1,
		.cost_micro_usd = -1,
		.requests = unknown,
		.tokens = unknown,
		.retry_after_s = -1,
		.should_retry = -1,
	};
}

/* A non-negative decimal number, as in "1" or "0.25"; -1 when there is none. *end is set behind it. */
static double read_number(const char *s, const char **end)
{
	double value = 0, unit = 1;
	const char *at = s;
	for (; isdigit((unsigned char)*at); at++)
		value = value * 10 + (*at - '0');
	*end = at;
	if (at == s || at - s > DIGITS_MAX)
		return -1;
	if (*at == '.' && isdigit((unsigned char)at[1]))
		for (at++; isdigit((unsigned char)*at); at++)
			value += (*at - '0') * (unit /= 10);
	*end = at;
	return value;
}

static int64_t read_integer(const char *s)
{
	int64_t value = 0;
	size_t digits = strspn(s, "0123456789");
	if (digits == 0 || digits > DIGITS_MAX || s[digits] != '\0')
		return -1;
	for (; *s; s++)
		value = value * 10 + (*s - '0');
	return value;
}

/* The seconds a unit of a Go duration has, as in "1h2m3.5s" or "120ms"; 0 for no unit. */
static double read_unit(const char **s)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {{"ms", 1e-3}, {"us", 1e-6}, {"\xC2\xB5s", 1e-6}, {"ns", 1e-9}, {"h", 3600}, {"m", 60}, {"s", 1}};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t len = strlen(units[i].name);
		if (strncmp(*s, units[i].name, len) == 0) {
			*s += len;
			return units[i].seconds;
		}
	}
	return 0;
}

static double read_duration(const char *s)
{
	double total = 0;
	do {
		double value = read_number(s, &s);
		double unit = value < 0 ? 0 : read_unit(&s);
		if (unit == 0)
			return -1;
		total += value * unit;
	} while (*s);
	return total;
}

static double positive(double seconds)
{
	return seconds > 0 ? seconds : 0;
}

/* "6m0s", "120ms", plain seconds, or a moment since 1970; -1 for anything else. */
static double read_reset(const char *s, double now)
{
	const char *end;
	double value = read_number(s, &end);
	if (value < 0)
		return -1;
	if (*end != '\0')
		return read_duration(s);
	if (value < EPOCH_FROM)
		return value;
	return positive((value < EPOCH_MS_FROM ? value : value / 1e3) - now);
}

/* The number at `*s` with at most `digits` digits; -1 when there is none. Leaves *s behind it. */
static int read_digits(const char **s, int digits)
{
	int value = -1;
	for (; digits > 0 && isdigit((unsigned char)**s); digits--, (*s)++)
		value = (value < 0 ? 0 : value * 10) + (**s - '0');
	return value;
}

static int read_month(const char **s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (int i = 0; i < 12; i++) {
		if (strncmp(*s, months + (ptrdiff_t)i * 3, 3) == 0) {
			*s += 3;
			return i;
		}
	}
	return -1;
}

static int read_year(const char **s)
{
	const char *begin = *s;
	int year = read_digits(s, 4);
	if (*s - begin != 2)
		return year;
	return year + (year < 70 ? 2000 : 1900); /* RFC 850 has two digits */
}

/*
 * Reads `s` after a pattern: d day, m month, y year, h n s hour, minute, second, w a word, a blank for one or more, any
 * other character for itself. Not strptime, which reads the names of months in the language of the editor.
 */
static bool match_date(const char *s, const char *pattern, struct tm *tm)
{
	for (; *pattern; pattern++) {
		int value = 0;
		switch (*pattern) {
		case 'd':
			value = tm->tm_mday = read_digits(&s, 2);
			break;
		case 'm':
			value = tm->tm_mon = read_month(&s);
			break;
		case 'y':
			value = tm->tm_year = read_year(&s) - 1900;
			break;
		case 'h':
			value = tm->tm_hour = read_digits(&s, 2);
			break;
		case 'n':
			value = tm->tm_min = read_digits(&s, 2);
			break;
		case 's':
			value = tm->tm_sec = read_digits(&s, 2);
			break;
		case 'w':
			value = isalpha((unsigned char)*s) ? 0 : -1;
			s += strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
			break;
		default:
			value = *s == *pattern ? 0 : -1;
			s += *pattern == ' ' ? strspn(s, " ") : 1;
		}
		if (value < 0)
			return false;
	}
	return *s == '\0';
}

static bool is_moment(const struct tm *tm)
{
	return tm->tm_mday >= 1 && tm->tm_mday <= 31 && tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

/* An HTTP date in any of its three forms (RFC 9110, 5.6.7) as seconds since 1970; -1 when it is none. */
static double read_date(const char *s)
{
	static const char *const patterns[] = {"w, d m y h:n:s GMT", "w, d-m-y h:n:s GMT", "w m d h:n:s y"};
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		struct tm tm = {0};
		if (match_date(s, patterns[i], &tm) && is_moment(&tm))
			return positive((double)timegm(&tm));
	}
	return -1;
}

/* Retry-After: seconds or a date. */
static double read_retry_after(const char *s, double now)
{
	const char *end;
	double value = read_number(s, &end);
	if (value >= 0 && *end == '\0')
		return value;
	double date = read_date(s);
	return date < 0 ? -1 : positive(date - now);
}

/* Of several headers that may carry the id, the first of this list counts. */
static void take_request_id(struct response *response, const char *value, int rank)
{
	if (*value == '\0' || (response->request_id_rank && rank >= response->request_id_rank))
		return;
	response->request_id_rank = rank;
	failure_copy_line(response->request_id, sizeof response->request_id, value, strlen(value), NULL);
}

/* `limit` of the kind that the header `name` speaks of, `*part` what follows; NULL when it is no rate limit. */
static struct rate_limit *rate_limit_of(struct response *response, const char *name, const char **part, bool *plain)
{
	static const char *const prefixes[] = {"x-ratelimit-", "ratelimit-"};
	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(prefixes[i]);
		if (strncasecmp(name, prefixes[i], len) != 0)
			continue;
		*part = name + len;
		const char *suffix = strchr(*part, '-');
		*plain = !suffix;
		if (!suffix || strcasecmp(suffix, "-requests") == 0)
			return &response->requests;
		return strcasecmp(suffix, "-tokens") == 0 ? &response->tokens : NULL;
	}
	return NULL;
}

static bool part_is(const char *part, const char *name)
{
	size_t len = strlen(name);
	return strncasecmp(part, name, len) == 0 && (part[len] == '\0' || part[len] == '-');
}

/* A header that names its kind beats a plain one, whichever comes first: what is known is not overwritten by it. */
static void set_integer(int64_t *field, int64_t value, bool plain)
{
	if (value >= 0 && !(plain && *field >= 0))
		*field = value;
}

static bool take_rate_limit(struct response *response, const char *name, const char *value, double now)
{
	const char *part;
	bool plain;
	struct rate_limit *limit = rate_limit_of(response, name, &part, &plain);
	if (!limit)
		return false;
	if (part_is(part, "limit"))
		set_integer(&limit->limit, read_integer(value), plain);
	else if (part_is(part, "remaining"))
		set_integer(&limit->remaining, read_integer(value), plain);
	else if (part_is(part, "reset")) {
		double reset = read_reset(value, now);
		if (reset >= 0 && !(plain && limit->reset_s >= 0))
			limit->reset_s = reset;
	}
	return true;
}

/* Whether a Content-Type names `type`, whatever parameters follow. */
static bool type_is(const char *value, const char *type)
{
	size_t len = strlen(type);
	return strncasecmp(value, type, len) == 0 && strchr("; \t", value[len]);
}

/* The exact one: it beats Retry-After, whichever comes first. */
static void take_retry_after_ms(struct response *response, const char *value)
{
	const char *end;
	double ms = read_number(value, &end);
	if (ms < 0 || *end != '\0')
		return;
	response->retry_after_s = ms / 1e3;
	response->has_retry_after_ms = true;
}

static void take_retry_after(struct response *response, const char *value, double now)
{
	double seconds = read_retry_after(value, now);
	if (seconds >= 0 && !response->has_retry_after_ms)
		response->retry_after_s = seconds;
}

static void take_header(struct response *response, const char *name, const char *value, double now)
{
	static const char *const ids[] = {"x-request-id", "request-id", "x-trace-id", "cf-ray"};
	for (int i = 0; i < 4; i++)
		if (strcasecmp(name, ids[i]) == 0)
			take_request_id(response, value, i + 1);
	if (take_rate_limit(response, name, value, now))
		return;
	if (strcasecmp(name, "content-type") == 0) {
		response->is_event_stream = type_is(value, "text/event-stream");
		response->is_html = type_is(value, "text/html");
	} else if (strcasecmp(name, "content-encoding") == 0) {
		response->is_encoded = *value != '\0' && strcasecmp(value, "identity") != 0;
	} else if (strcasecmp(name, "x-request-cost-micro-usd") == 0) {
		int64_t cost = read_integer(value);
		if (cost >= 0)
			response->cost_micro_usd = cost;
	} else if (strcasecmp(name, "location") == 0) {
		failure_copy_line(response->location, sizeof response->location, value, strlen(value), NULL);
	} else if (strcasecmp(name, "date") == 0) {
		response->date = read_date(value);
	} else if (strcasecmp(name, "retry-after-ms") == 0) {
		take_retry_after_ms(response, value);
	} else if (strcasecmp(name, "retry-after") == 0) {
		take_retry_after(response, value, now);
	} else if (strcasecmp(name, "x-should-retry") == 0) {
		response->should_retry = strcasecmp(value, "true") == 0 ? 1 : strcasecmp(value, "false") == 0 ? 0 : -1;
	}
}

static void take_version(struct response *response, const char *version)
{
	size_t len = strspn(version, "0123456789.");
	if (len < sizeof response->http_version)
		memcpy(response->http_version, version, len); /* it is all zeros */
}

/* "HTTP/1.1 200 OK", "HTTP/2 200": begins a new response. */
static bool take_status(struct response *response, const char *line)
{
	if (strncmp(line, "HTTP/", 5) != 0)
		return false;
	const char *code = line + strcspn(line, " ");
	code += strspn(code, " ");
	response_clear(response);
	int status = read_digits(&code, 3);
	response->status = status > 0 ? status : 0;
	take_version(response, line + strlen("HTTP/"));
	return true;
}

void response_line(struct response *response, const char *line, size_t len, double now)
{
	char text[LINE_MAX_READ];
	if (len >= sizeof text)
		len = sizeof text - 1;
	memcpy(text, line, len);
	text[len] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (take_status(response, text))
		return;
	char *colon = strchr(text, ':');
	if (!colon)
		return;
	*colon = '\0';
	char *value = colon + 1 + strspn(colon + 1, " \t");
	size_t end = strlen(value);
	while (end > 0 && (value[end - 1] == ' ' || value[end - 1] == '\t'))
		value[--end] = '\0';
	take_header(response, text, value, now);
}
