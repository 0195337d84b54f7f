#ifndef BEANS_ENGINE_H
#define BEANS_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "request.h"

/*
 * The network thread and its two doors: an inbox of requests and cancels, a queue of events. All functions belong to
 * the main thread and none of them waits, except engine_shutdown, which joins the thread (it is asked to drop
 * everything first, and waits for no server).
 */
struct engine;

/* Starts nothing: the thread begins with the first request. NULL: no memory or no descriptor. */
struct engine *engine_new(void);

/*
 * Accepts a request (*copies* the spec) and returns its id, > 0 and never reused; its terminal event will come. 0 with
 * `failure` set when it can't be accepted: after shutdown, no memory, no thread, or a spec that can't be sent.
 */
uint64_t engine_request(struct engine *engine, const struct request_spec *spec, struct failure *failure);

/* Asks to end a request; its terminal event (`cancelled`, or what came first) follows. Needs no memory. An unknown id
 * is ignored. */
void engine_cancel(struct engine *engine, uint64_t id);

/* Readable when events wait. Valid until engine_free. */
int engine_wakeup_fd(const struct engine *engine);

/* Takes at most `max` waiting events (0: all); NULL: none. The caller owns them: event_free. */
struct event *engine_poll(struct engine *engine, size_t max);

/* Ends every request with `shutdown`, joins the thread. Events can still be polled. May be called again. */
void engine_shutdown(struct engine *engine);

/* Shuts down, frees everything. NULL is fine. */
void engine_free(struct engine *engine);

#endif
