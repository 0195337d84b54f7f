#include "response.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* A reset from here on is a moment since 1970, below it a number of seconds: no window lasts 30 years. */
#define EPOCH_FROM 1e9

/* Longer values are no numbers and no dates. */
#define VALUE_MAX 256

void response_clear(struct response *response)
{
	const struct rate_limit unknown = {.limit = -1, .remaining = -1, .reset_s = -1};
	*response = (struct response){
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
	if (*at == '.' && isdigit((unsigned char)at[1]))
		for (at++; isdigit((unsigned char)*at); at++)
			value += (*at - '0') * (unit /= 10);
	*end = at;
	return at == s ? -1 : value;
}

static int64_t read_integer(const char *s)
{
	int64_t value = 0;
	size_t digits = strspn(s, "0123456789");
	if (digits == 0 || digits > 18 || s[digits] != '\0')
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
	return value < EPOCH_FROM ? value : positive(value - now);
}

static int read_month(const char *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (int i = 0; i < 12; i++)
		if (strncmp(s, months + (ptrdiff_t)i * 3, 3) == 0)
			return i;
	return -1;
}

/* The words of a date, cut at blanks, commas, colons and hyphens. */
static int split_date(char *text, char *words[], int max)
{
	int count = 0;
	char *rest = NULL;
	for (char *word = strtok_r(text, " ,:-", &rest); word && count < max; word = strtok_r(NULL, " ,:-", &rest))
		words[count++] = word;
	return count;
}

/* An HTTP date in any of its three forms (RFC 9110, 5.6.7) as seconds since 1970; -1 when it is none. */
static double read_date(const char *s)
{
	char text[VALUE_MAX];
	char *w[10];
	struct tm tm = {0};
	snprintf(text, sizeof text, "%s", s);
	int count = split_date(text, w, 10);
	/* asctime() has the day after the month and the year last: Sun Nov  6 08:49:37 1994 */
	bool asctime_form = count == 7 && read_month(w[1]) >= 0;
	if (!asctime_form && count != 8)
		return -1;
	tm.tm_mon = read_month(asctime_form ? w[1] : w[2]);
	tm.tm_mday = atoi(asctime_form ? w[2] : w[1]);
	int year = atoi(asctime_form ? w[6] : w[3]);
	const int time_at = asctime_form ? 3 : 4;
	tm.tm_hour = atoi(w[time_at]);
	tm.tm_min = atoi(w[time_at + 1]);
	tm.tm_sec = atoi(w[time_at + 2]);
	if (year < 100)
		year += year < 70 ? 2000 : 1900; /* RFC 850 has two digits */
	tm.tm_year = year - 1900;
	if (tm.tm_mon < 0 || tm.tm_mday < 1 || tm.tm_mday > 31 || year < 1970)
		return -1;
	return (double)timegm(&tm);
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
	snprintf(response->request_id, sizeof response->request_id, "%s", value);
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

static void take_header(struct response *response, const char *name, const char *value, double now)
{
	static const char *const ids[] = {"x-request-id", "request-id", "x-trace-id", "cf-ray"};
	for (int i = 0; i < 4; i++)
		if (strcasecmp(name, ids[i]) == 0)
			take_request_id(response, value, i + 1);
	if (take_rate_limit(response, name, value, now))
		return;
	if (strcasecmp(name, "content-type") == 0) {
		response->is_event_stream = strncasecmp(value, "text/event-stream", 17) == 0;
		response->is_html = strncasecmp(value, "text/html", 9) == 0;
	} else if (strcasecmp(name, "x-request-cost-micro-usd") == 0) {
		int64_t cost = read_integer(value);
		if (cost >= 0)
			response->cost_micro_usd = cost;
	} else if (strcasecmp(name, "location") == 0) {
		snprintf(response->location, sizeof response->location, "%s", value);
	} else if (strcasecmp(name, "retry-after-ms") == 0) {
		const char *end;
		double ms = read_number(value, &end);
		if (ms >= 0 && *end == '\0')
			response->retry_after_s = ms / 1000;
		response->has_retry_after_ms = response->has_retry_after_ms || ms >= 0;
	} else if (strcasecmp(name, "retry-after") == 0 && !response->has_retry_after_ms) {
		double seconds = read_retry_after(value, now);
		if (seconds >= 0)
			response->retry_after_s = seconds;
	} else if (strcasecmp(name, "x-should-retry") == 0) {
		response->should_retry = strcasecmp(value, "true") == 0 ? 1 : strcasecmp(value, "false") == 0 ? 0 : -1;
	}
}

/* "HTTP/1.1 200 OK", "HTTP/2 200": begins a new response. */
static bool take_status(struct response *response, const char *line)
{
	if (strncmp(line, "HTTP/", 5) != 0)
		return false;
	const char *space = strchr(line, ' ');
	response_clear(response);
	response->status = space ? atoi(space) : 0;
	return true;
}

void response_line(struct response *response, const char *line, size_t len, double now)
{
	char text[VALUE_MAX * 2];
	if (len >= sizeof text)
		len = sizeof text - 1; /* what we read is short; the rest of a long one tells us nothing */
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
