#include "engine.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "event_queue.h"
#include "transport.h"
#include "wakeup.h"

/* A request that has not had its terminal event yet. */
struct live {
	struct live *next;
	struct request *request; /* main thread until it is in the inbox, then network thread */
	uint64_t id;             /* immutable */
	bool cancelled;          /* protected by the inbox lock */
	struct live *next_fresh; /* network thread, while it takes in new ones */
};

struct engine {
	/* immutable */
	struct wakeup wakeup;
	struct event_queue *queue;
	/* main thread */
	uint64_t last_id;
	bool thread_started;
	pthread_t thread;
	/* protected by `inbox` */
	pthread_mutex_t inbox;
	struct live *live; /* all that were accepted and have not ended, the newest first */
	size_t fresh;      /* how many of them the thread has not seen: the first ones */
	bool shutting_down;
	bool cancels; /* some `cancelled` was set since the thread looked */
	bool resumes; /* a full lane was drained since the thread looked */
	/* made by the thread, freed by the main thread after the join: so it can always be woken */
	_Atomic(struct transport *) transport;
};

struct engine *engine_new(void)
{
	struct engine *engine = calloc(1, sizeof *engine);
	if (!engine)
		return NULL;
	if (!wakeup_init(&engine->wakeup)) {
		free(engine);
		return NULL;
	}
	engine->queue = event_queue_new(&engine->wakeup);
	if (!engine->queue) {
		wakeup_close(&engine->wakeup);
		free(engine);
		return NULL;
	}
	pthread_mutex_init(&engine->inbox, NULL);
	return engine;
}

/* ---- the network thread ---------------------------------------------------------------------------------------- */

/* What the thread finds in the inbox. Work is done after unlocking: nothing foreign is called under the lock. */
struct orders {
	struct live *live;
	size_t fresh;
	bool shutting_down, cancels, resumes;
};

static struct orders take_orders(struct engine *engine)
{
	pthread_mutex_lock(&engine->inbox);
	struct orders orders = {
		.live = engine->live,
		.fresh = engine->fresh,
		.shutting_down = engine->shutting_down,
		.cancels = engine->cancels,
		.resumes = engine->resumes,
	};
	engine->fresh = 0;
	engine->cancels = engine->resumes = false;
	pthread_mutex_unlock(&engine->inbox);
	return orders;
}

static bool is_cancelled(struct engine *engine, const struct live *live)
{
	pthread_mutex_lock(&engine->inbox);
	bool cancelled = live->cancelled;
	pthread_mutex_unlock(&engine->inbox);
	return cancelled;
}

/* New requests stand first in the list, the newest before all; they are started in the order in which they came. */
static void start_fresh(struct transport *transport, const struct orders *orders)
{
	struct live *oldest = NULL, *live = orders->live;
	for (size_t i = 0; live && i < orders->fresh; i++, live = live->next) {
		live->next_fresh = oldest;
		oldest = live;
	}
	for (live = oldest; live; live = live->next_fresh) {
		if (request_ended(live->request))
			continue;
		if (transport)
			request_start(live->request, transport);
		else
			request_abort(live->request, FAILURE_NO_MEMORY);
	}
}

static void follow_orders(struct engine *engine, struct transport *transport, const struct orders *orders)
{
	for (struct live *live = orders->live; live; live = live->next) {
		if (orders->shutting_down)
			request_abort(live->request, FAILURE_SHUTDOWN);
		else if (orders->cancels && is_cancelled(engine, live))
			request_abort(live->request, FAILURE_CANCELLED);
		else if (orders->resumes)
			request_resume(live->request);
	}
	start_fresh(transport, orders);
}

/* Takes ended requests out of the list, and frees them. `next` of a live request changes only here and under the lock;
 * new ones are put before the first. */
static void bury_ended(struct engine *engine)
{
	struct live *ended = NULL;
	pthread_mutex_lock(&engine->inbox);
	for (struct live **at = &engine->live; *at;) {
		struct live *live = *at;
		if (request_ended(live->request)) {
			*at = live->next;
			live->next = ended;
			ended = live;
		} else {
			at = &live->next;
		}
	}
	pthread_mutex_unlock(&engine->inbox);
	while (ended) {
		struct live *next = ended->next;
		request_free(ended->request);
		free(ended);
		ended = next;
	}
}

/* Without a transport (memory or descriptors ran out) nobody can wake us. What is asked for meanwhile is refused. */
static void pause_a_little(void)
{
	const struct timespec pause = {.tv_nsec = 10L * 1000 * 1000};
	nanosleep(&pause, NULL);
}

static void *run(void *context)
{
	struct engine *engine = context;
	struct transport *transport = NULL;
	for (;;) {
		if (!transport) { /* before the orders are taken: who gives one later can wake us */
			transport = transport_new();
			atomic_store(&engine->transport, transport);
		}
		struct orders orders = take_orders(engine);
		follow_orders(engine, transport, &orders);
		bury_ended(engine);
		if (orders.shutting_down)
			return NULL;
		if (transport)
			transport_turn(transport);
		else
			pause_a_little();
	}
}

/* ---- the main thread ------------------------------------------------------------------------------------------- */

/* The editor's signals are for its main thread: ours is born with all of them blocked. */
static bool start_thread(struct engine *engine)
{
	sigset_t all, before;
	if (engine->thread_started)
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	engine->thread_started = pthread_create(&engine->thread, NULL, run, engine) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return engine->thread_started;
}

static void wake(struct engine *engine)
{
	struct transport *transport = atomic_load(&engine->transport);
	if (transport)
		transport_wakeup(transport);
}

/* Printable and without blanks: what may stand in a header or an address without ending it. */
static bool is_one_word(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7F)
			return false;
	return true;
}

static bool is_http(const char *url)
{
	return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

static bool check_spec(const struct request_spec *spec, struct failure *failure)
{
	if (!spec->url || !is_http(spec->url) || !is_one_word(spec->url)) {
		failure_set(failure, FAILURE_CONFIG, "this is no http:// or https:// address: ");
		if (spec->url)
			failure_append(failure, spec->url, strlen(spec->url), spec->key);
		failure_append(failure, ". Check base_url.", 17, NULL);
		return false;
	}
	if (spec->key && !is_one_word(spec->key)) {
		failure_set(failure, FAILURE_CONFIG,
			"the key holds a blank, a line break or another control character: check api_key or "
			"BEANS_API_KEY");
		return false;
	}
	if (spec->connect_timeout_ms <= 0 || spec->first_byte_timeout_ms <= 0 || spec->idle_timeout_ms <= 0) {
		failure_set(failure, FAILURE_CONFIG, "time-outs must be above 0 ms");
		return false;
	}
	return true;
}

static struct live *live_new(struct engine *engine, const struct request_spec *spec, uint64_t id)
{
	struct live *live = calloc(1, sizeof *live);
	struct event_lane *lane = event_lane_open(engine->queue, id);
	struct request *request = lane ? request_new(spec, lane) : NULL;
	if (!live || !request) {
		if (request)
			request_free(request);
		if (lane)
			event_lane_abandon(lane);
		free(live);
		return NULL;
	}
	live->id = id;
	live->request = request;
	return live;
}

static void post(struct engine *engine, struct live *live)
{
	pthread_mutex_lock(&engine->inbox);
	live->next = engine->live;
	engine->live = live;
	engine->fresh++;
	pthread_mutex_unlock(&engine->inbox);
	wake(engine);
}

uint64_t engine_request(struct engine *engine, const struct request_spec *spec, struct failure *failure)
{
	if (engine->shutting_down) { /* only the main thread sets it */
		failure_set(failure, FAILURE_SHUTDOWN, "not sent: the editor quits");
		return 0;
	}
	if (!check_spec(spec, failure))
		return 0;
	if (!start_thread(engine)) {
		failure_set(failure, FAILURE_NO_MEMORY, "the system has no room for another thread: free some memory");
		return 0;
	}
	struct live *live = live_new(engine, spec, engine->last_id + 1);
	if (!live) {
		failure_set(failure, FAILURE_NO_MEMORY, "out of memory: the request was not sent");
		return 0;
	}
	uint64_t id = ++engine->last_id;
	post(engine, live);
	return id;
}

void engine_cancel(struct engine *engine, uint64_t id)
{
	pthread_mutex_lock(&engine->inbox);
	for (struct live *live = engine->live; live; live = live->next) {
		if (live->id == id) {
			live->cancelled = true;
			engine->cancels = true;
		}
	}
	pthread_mutex_unlock(&engine->inbox);
	wake(engine);
}

int engine_wakeup_fd(const struct engine *engine)
{
	return engine->wakeup.read_fd;
}

struct event *engine_poll(struct engine *engine, size_t max)
{
	bool resume;
	struct event *events = event_queue_take(engine->queue, max, &resume);
	if (resume) {
		pthread_mutex_lock(&engine->inbox);
		engine->resumes = true;
		pthread_mutex_unlock(&engine->inbox);
		wake(engine);
	}
	return events;
}

void engine_shutdown(struct engine *engine)
{
	pthread_mutex_lock(&engine->inbox);
	engine->shutting_down = true;
	pthread_mutex_unlock(&engine->inbox);
	wake(engine);
	if (!engine->thread_started)
		return;
	pthread_join(engine->thread, NULL);
	engine->thread_started = false;
	struct transport *transport = atomic_exchange(&engine->transport, NULL);
	if (transport)
		transport_free(transport);
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	engine_shutdown(engine);
	event_queue_free(engine->queue);
	wakeup_close(&engine->wakeup);
	pthread_mutex_destroy(&engine->inbox);
	free(engine);
}
