/*
 * A soak: requests by the hundred with random faults, cancelled at random moments, engines shut down in the middle and
 * made anew in the same process. BEANS_SOAK_SECONDS (15) tells how long, BEANS_SOAK_SEED repeats a run.
 */

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "rig.h"

/* What a script must end in when nobody cancels: FAILURE_NONE is a whole answer. */
struct behaviour {
	const char *script;
	enum failure_kind kind;
	const char *text; /* of a whole answer, or what had arrived */
};

static const struct behaviour behaviours[] = {
	{"c-hello", FAILURE_NONE, "Hello"},
	{"c-too-long", FAILURE_NONE, "Hello"},
	{"c-hello", FAILURE_NONE, "Hello"},
	{"c-cut-early-fin", FAILURE_NETWORK, ""},
	{"c-cut-early-rst", FAILURE_NETWORK, ""},
	{"c-cut-head-fin", FAILURE_NETWORK, ""},
	{"c-cut-head-end", FAILURE_TRUNCATED, ""},
	{"c-cut-late-fin", FAILURE_TRUNCATED, "Hello"},
	{"c-cut-late-rst", FAILURE_TRUNCATED, "Hello"},
	{"c-ended-early", FAILURE_TRUNCATED, "Hello"},
	{"c-bad-chunk", FAILURE_TRUNCATED, "Hello"},
	{"c-too-short", FAILURE_TRUNCATED, "Hello"},
	{"c-empty", FAILURE_PROTOCOL, ""},
	{"c-html", FAILURE_PROTOCOL, ""},
	{"c-compressed", FAILURE_PROTOCOL, ""},
	{"c-bad-json", FAILURE_PROTOCOL, "Hello"},
	{"c-ssh", FAILURE_PROTOCOL, ""},
	{"c-401", FAILURE_AUTH, ""},
	{"c-429", FAILURE_RATE_LIMIT, ""},
	{"c-500-cut", FAILURE_HTTP, ""},
	{"c-redirect", FAILURE_HTTP, ""},
	{"c-stream-error", FAILURE_HTTP, "Hello"},
	{"c-endless-header", FAILURE_TOO_LARGE, ""},
	{"c-endless-line", FAILURE_TOO_LARGE, "Hello"},
};
#define BEHAVIOURS (sizeof behaviours / sizeof *behaviours)
#define AT_ONCE 24

static struct {
	unsigned long requests, faults, cancels, shutdowns, engines;
} counts;

static unsigned seed;

static unsigned chance(unsigned below)
{
	return (unsigned)rand_r(&seed) % below;
}

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name); // NOLINT(concurrency-mt-unsafe): nobody changes the environment
	return text && *text ? strtoul(text, NULL, 10) : otherwise;
}

static size_t entries_of(const char *folder)
{
	size_t count = 0;
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	while (readdir(dir)) // NOLINT(concurrency-mt-unsafe): a stream of our own
		count++;
	closedir(dir);
	return count;
}

/* A request that was neither cancelled nor cut by a shutdown ends as its script says, with what had arrived. */
static void check(const struct exchange *exchange, const struct behaviour *behaviour, bool cancelled, bool shut)
{
	enum failure_kind kind = exchange->outcome.failure.kind;
	assert_int_equal(exchange->terminals, 1);
	assert_int_equal(exchange->ending == EVENT_DONE, kind == FAILURE_NONE);
	counts.faults += behaviour->kind != FAILURE_NONE;
	if ((cancelled && kind == FAILURE_CANCELLED) || (shut && kind == FAILURE_SHUTDOWN))
		return;
	if (kind != behaviour->kind)
		print_message("# %s ended with %s: %s\n", behaviour->script, failure_kind_name(kind),
			exchange->outcome.failure.message);
	assert_int_equal(kind, behaviour->kind);
	/* A reset throws away what the client has not read yet. */
	if (strstr(behaviour->script, "rst") && exchange->text.len == 0)
		return;
	assert_int_equal(exchange->text.len, strlen(behaviour->text));
	assert_memory_equal(exchange->text.data, behaviour->text, exchange->text.len);
}

/* Waits for a moment, draining as an editor does. */
static void idle(struct rig *rig)
{
	const struct timespec moment = {.tv_nsec = 1000L * chance(3000)};
	nanosleep(&moment, NULL);
	rig_drain(rig, chance(4));
}

static void forget(struct rig *rig)
{
	for (size_t i = 0; i < rig->count; i++) {
		buf_free(&rig->exchanges[i]->text);
		cJSON_Delete(rig->exchanges[i]->outcome.usage);
		cJSON_Delete(rig->exchanges[i]->outcome.models);
		free(rig->exchanges[i]);
	}
	rig->count = 0;
}

/* One engine: some requests at once, some cancelled, and an end that may come before theirs. */
static void one_engine(struct rig *rig)
{
	const struct behaviour *asked[RIG_EXCHANGES];
	bool cancelled[RIG_EXCHANGES] = {false};
	bool shut = chance(4) == 0;
	size_t count = 1 + chance(AT_ONCE);
	rig->engine = engine_new();
	assert_non_null(rig->engine);
	for (size_t i = 0; i < count; i++) {
		asked[i] = &behaviours[chance(BEHAVIOURS)];
		rig_ask(rig, asked[i]->script);
		idle(rig);
		size_t victim = chance((unsigned)count * 3);
		if (victim <= i) {
			engine_cancel(rig->engine, rig->exchanges[victim]->id);
			cancelled[victim] = true;
			counts.cancels++;
		}
	}
	if (shut)
		engine_shutdown(rig->engine);
	rig_wait_all(rig);
	for (size_t i = 0; i < count; i++)
		check(rig->exchanges[i], asked[i], cancelled[i], shut);
	engine_free(rig->engine);
	rig->engine = NULL;
	forget(rig);
	counts.requests += count;
	counts.shutdowns += shut;
	counts.engines++;
}

static void survives_anything(void **state)
{
	struct rig *rig = *state;
	double end = rig_now_ms() + 1e3 * (double)setting("BEANS_SOAK_SECONDS", 15);
	engine_free(rig->engine);
	rig->engine = NULL;
	one_engine(rig); /* what libraries keep open for good is open after this */
	size_t descriptors = entries_of("/proc/self/fd"), threads = entries_of("/proc/self/task");
	while (rig_now_ms() < end) {
		one_engine(rig);
		assert_int_equal(entries_of("/proc/self/fd"), descriptors);
		assert_int_equal(entries_of("/proc/self/task"), threads);
	}
	print_message("# %lu requests, %lu faults, %lu cancels, %lu engines, %lu of them shut down in the middle\n",
		counts.requests, counts.faults, counts.cancels, counts.engines, counts.shutdowns);
}

int main(void)
{
	seed = (unsigned)setting("BEANS_SOAK_SEED", (unsigned long)time(NULL));
	print_message("# BEANS_SOAK_SEED=%u\n", seed);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(survives_anything, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests_name("engine_soak", tests, NULL, NULL);
}
