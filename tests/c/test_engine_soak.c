/*
 * A soak: requests by the hundred with random faults, cancelled at random moments, servers that die, engines that are
 * shut down in the middle and made anew in the same process. See soak.h.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "listener.h"
#include "rig.h"
#include "soak.h"

/* Whom a request goes to. */
enum place {
	PLACE_SERVER,
	PLACE_MORTAL, /* a server that is killed now and then */
	PLACE_DEAF,   /* takes no connection */
	PLACE_NOBODY, /* refuses */
};

/* Which time-out is short: 100 to 300 ms. */
enum impatience { PATIENT, IMPATIENT_CONNECT, IMPATIENT_HEADER, IMPATIENT_IDLE };

/* What must come of a request when nobody cancels: FAILURE_NONE is a whole answer. */
struct behaviour {
	const char *script;
	enum failure_kind kind;
	const char *text; /* of a whole answer, or what had arrived; NULL: 1 MiB of x */
	enum place place;
	enum impatience impatience;
};

static const struct behaviour behaviours[] = {
	{"c-hello", FAILURE_NONE, "Hello", PLACE_SERVER, PATIENT},
	{"c-too-long", FAILURE_NONE, "Hello", PLACE_SERVER, PATIENT},
	{"c-hello", FAILURE_NONE, "Hello", PLACE_SERVER, PATIENT},
	{"c-cut-early-fin", FAILURE_NETWORK, "", PLACE_SERVER, PATIENT},
	{"c-cut-early-rst", FAILURE_NETWORK, "", PLACE_SERVER, PATIENT},
	{"c-cut-head-fin", FAILURE_NETWORK, "", PLACE_SERVER, PATIENT},
	{"c-cut-head-end", FAILURE_TRUNCATED, "", PLACE_SERVER, PATIENT},
	{"c-cut-late-fin", FAILURE_TRUNCATED, "Hello", PLACE_SERVER, PATIENT},
	{"c-cut-late-rst", FAILURE_TRUNCATED, "Hello", PLACE_SERVER, PATIENT},
	{"c-ended-early", FAILURE_TRUNCATED, "Hello", PLACE_SERVER, PATIENT},
	{"c-bad-chunk", FAILURE_TRUNCATED, "Hello", PLACE_SERVER, PATIENT},
	{"c-too-short", FAILURE_TRUNCATED, "Hello", PLACE_SERVER, PATIENT},
	{"c-empty", FAILURE_PROTOCOL, "", PLACE_SERVER, PATIENT},
	{"c-html", FAILURE_PROTOCOL, "", PLACE_SERVER, PATIENT},
	{"c-compressed", FAILURE_PROTOCOL, "", PLACE_SERVER, PATIENT},
	{"c-bad-json", FAILURE_PROTOCOL, "Hello", PLACE_SERVER, PATIENT},
	{"c-ssh", FAILURE_PROTOCOL, "", PLACE_SERVER, PATIENT},
	{"c-401", FAILURE_AUTH, "", PLACE_SERVER, PATIENT},
	{"c-429", FAILURE_RATE_LIMIT, "", PLACE_SERVER, PATIENT},
	{"c-500-cut", FAILURE_HTTP, "", PLACE_SERVER, PATIENT},
	{"c-redirect", FAILURE_HTTP, "", PLACE_SERVER, PATIENT},
	{"c-stream-error", FAILURE_HTTP, "Hello", PLACE_SERVER, PATIENT},
	{"c-stalling", FAILURE_TIMEOUT, "Hello", PLACE_SERVER, IMPATIENT_IDLE},
	{"c-silent", FAILURE_TIMEOUT, "", PLACE_SERVER, IMPATIENT_HEADER},
	{"c-slow-header", FAILURE_TIMEOUT, "", PLACE_SERVER, IMPATIENT_HEADER},
	{"c-stalled-error", FAILURE_HTTP, "", PLACE_SERVER, IMPATIENT_IDLE},
	{"c-dripping-error", FAILURE_HTTP, "", PLACE_SERVER, IMPATIENT_IDLE},
	{"c-hello", FAILURE_TIMEOUT, "", PLACE_DEAF, IMPATIENT_CONNECT},
	{"c-hello", FAILURE_NETWORK, "", PLACE_NOBODY, PATIENT},
	{"c-hello", FAILURE_NONE, "Hello", PLACE_MORTAL, PATIENT},
	{"c-stalling", FAILURE_TIMEOUT, "Hello", PLACE_MORTAL, IMPATIENT_IDLE},
	/* the heavy ones */
	{"c-burst", FAILURE_NONE, NULL, PLACE_SERVER, PATIENT},
	{"c-endless-header", FAILURE_TOO_LARGE, "", PLACE_SERVER, PATIENT},
	{"c-endless-line", FAILURE_TOO_LARGE, "Hello", PLACE_SERVER, PATIENT},
};
#define BEHAVIOURS (sizeof behaviours / sizeof *behaviours)
#define HEAVY 3
#define AT_ONCE 24
#define BURST ((size_t)1024 * 1024)

/* One request of a round. */
struct asked {
	const struct behaviour *behaviour;
	bool cancelled;
};

struct soak_rig {
	struct rig *rig;
	struct server mortal;
	struct deaf deaf;
};

static const struct behaviour *choose(void)
{
	return &behaviours[soak_chance(soak_chance(4) == 0 ? BEHAVIOURS : BEHAVIOURS - HEAVY)];
}

static void ask(struct soak_rig *soaked, const struct behaviour *behaviour)
{
	char url[256];
	const long impatient = 100 + (long)soak_chance(200);
	struct request_spec spec = rig_spec(soaked->rig, behaviour->script, url, sizeof url);
	if (behaviour->place == PLACE_MORTAL)
		server_url(&soaked->mortal, behaviour->script, url, sizeof url);
	else if (behaviour->place == PLACE_DEAF)
		snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", soaked->deaf.port);
	else if (behaviour->place == PLACE_NOBODY)
		snprintf(url, sizeof url, "http://127.0.0.1:1/v1");
	if (behaviour->impatience == IMPATIENT_CONNECT)
		spec.connect_timeout_ms = impatient;
	else if (behaviour->impatience == IMPATIENT_HEADER)
		spec.first_byte_timeout_ms = impatient;
	else if (behaviour->impatience == IMPATIENT_IDLE)
		spec.idle_timeout_ms = impatient;
	rig_ask_spec(soaked->rig, &spec);
}

static bool text_fits(const struct exchange *exchange, const struct behaviour *behaviour)
{
	if (!behaviour->text)
		return exchange->text.len == BURST && strspn(buf_string(&exchange->text), "x") == BURST;
	if (strcmp(buf_string(&exchange->text), behaviour->text) == 0)
		return true;
	/* A reset throws away what the client has not read yet; so does the death of a server. On a machine that is
	 * busy, text may come after the time-out. */
	bool may_be_lost = strstr(behaviour->script, "rst") || behaviour->place == PLACE_MORTAL ||
			   behaviour->impatience == IMPATIENT_IDLE;
	return may_be_lost && exchange->text.len == 0;
}

static bool kind_fits(enum failure_kind kind, const struct behaviour *behaviour)
{
	bool dead = behaviour->place == PLACE_MORTAL && (kind == FAILURE_NETWORK || kind == FAILURE_TRUNCATED);
	return kind == behaviour->kind || dead;
}

/* A request that was neither cancelled nor cut by a shutdown ends as its behaviour says, with what had arrived. */
static void check(const struct exchange *exchange, const struct asked *asked, bool shut)
{
	const struct behaviour *behaviour = asked->behaviour;
	const struct failure *failure = &exchange->outcome.failure;
	if (exchange->terminals != 1 || (exchange->ending == EVENT_DONE) != (failure->kind == FAILURE_NONE))
		soak_violation("%s: %zu terminal events, the last %d", behaviour->script, exchange->terminals,
			exchange->ending);
	if ((asked->cancelled && failure->kind == FAILURE_CANCELLED) || (shut && failure->kind == FAILURE_SHUTDOWN))
		return;
	soak.faults += failure->kind != FAILURE_NONE;
	if (!kind_fits(failure->kind, behaviour))
		soak_violation("%s ended with '%s': %s", behaviour->script, failure_kind_name(failure->kind),
			failure->message);
	else if (!text_fits(exchange, behaviour))
		soak_violation("%s: other text, %zu bytes: %.20s", behaviour->script, exchange->text.len,
			buf_string(&exchange->text));
}

/* Waits for a moment, draining as an editor does; sometimes it is busy with something else for longer. */
static void idle(struct rig *rig)
{
	const struct timespec moment = {.tv_nsec = 1000L * soak_chance(soak_chance(16) == 0 ? 60000 : 3000)};
	nanosleep(&moment, NULL);
	rig_drain(rig, soak_chance(4));
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

static void ask_all(struct soak_rig *soaked, struct asked *asked, size_t count)
{
	const struct rig *rig = soaked->rig;
	const size_t death = soak_chance(3) == 0 ? soak_chance((unsigned)count) : count;
	for (size_t i = 0; i < count; i++) {
		asked[i] = (struct asked){.behaviour = choose()};
		ask(soaked, asked[i].behaviour);
		idle(soaked->rig);
		size_t victim = soak_chance((unsigned)count * 3);
		if (victim <= i) {
			// NOLINTNEXTLINE(clang-analyzer-unix.Malloc): all that are listed are there
			engine_cancel(rig->engine, rig->exchanges[victim]->id);
			asked[victim].cancelled = true;
			soak.cancels++;
		}
		if (i == death)
			server_kill(&soaked->mortal);
	}
}

/* One engine: some requests at once, some cancelled, and an end that may come before theirs. */
static void one_engine(struct soak_rig *soaked)
{
	struct rig *rig = soaked->rig;
	struct asked asked[AT_ONCE];
	bool shut = soak_chance(4) == 0;
	size_t count = 1 + soak_chance(AT_ONCE);
	rig->engine = engine_new();
	assert_non_null(rig->engine);
	ask_all(soaked, asked, count);
	if (shut)
		engine_shutdown(rig->engine);
	rig_wait_all(rig);
	for (size_t i = 0; i < count; i++)
		check(rig->exchanges[i], &asked[i], shut);
	engine_free(rig->engine);
	rig->engine = NULL;
	forget(rig);
	if (!soaked->mortal.pid)
		server_revive(&soaked->mortal);
	soak.requests += count;
	soak.shutdowns += shut;
	soak.rounds++;
}

static void survives_anything(void **state)
{
	struct soak_rig soaked = {.rig = *state};
	engine_free(soaked.rig->engine);
	soaked.rig->engine = NULL;
	server_start(&soaked.mortal);
	deaf_open(&soaked.deaf);
	soak_begin();
	one_engine(&soaked); /* what libraries keep open for good is open after this */
	const struct soak_holdings before = soak_holdings();
	while (soak_goes_on()) {
		one_engine(&soaked);
		soak_compare(before);
	}
	deaf_close(&soaked.deaf);
	server_stop(&soaked.mortal);
	soak_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(survives_anything, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests_name("engine_soak", tests, NULL, NULL);
}
