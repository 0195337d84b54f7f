#ifndef BEANS_EVENT_QUEUE_H
#define BEANS_EVENT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "wakeup.h"

/*
 * Events on their way from the network thread to Lua. Each request has a lane. Text that waits in a lane is merged, so
 * a drain finds at most one piece of each kind in a row however fast the tokens come, and a lane that holds too much
 * says so, that its transfer be paused. The terminal event of a lane is reserved when the lane is opened: nothing can
 * swallow it. The wakeup is signalled once when the queue turns from empty to non-empty.
 *
 * One lock protects the whole queue; nothing foreign is called under it. The network thread fills lanes, the main
 * thread opens lanes and takes events.
 */
struct event_queue;
struct event_lane;

/* Text that may wait in a lane before its transfer is paused: seconds of the fastest model, some ms of drawing. */
#define EVENT_LANE_MAX ((size_t)256 * 1024)

enum lane_result {
	LANE_OK,
	LANE_FULL, /* taken, but pause: more than EVENT_LANE_MAX waits */
	LANE_NO_MEMORY,
};

/* Main thread. `wakeup` is *borrowed until* event_queue_free. NULL: no memory. */
struct event_queue *event_queue_new(const struct wakeup *wakeup);

/* Main thread, when no other thread uses the queue or a lane any more. Frees waiting events and open lanes. */
void event_queue_free(struct event_queue *queue);

/* Main thread. A lane for the request `id`, with its terminal event reserved. NULL: no memory. */
struct event_lane *event_lane_open(struct event_queue *queue, uint64_t id);

/* Main thread. Takes back a lane in which nothing was ever put. */
void event_lane_abandon(struct event_lane *lane);

/* Network thread. Appends text (*copies*). */
enum lane_result event_lane_text(struct event_lane *lane, enum event_type type, const char *bytes, size_t len);

/* Network thread. Appends an event (*takes ownership*); its `request` is set here. Cannot fail. */
void event_lane_push(struct event_lane *lane, struct event *event);

/* Network thread. Bytes of text that wait in the lane. */
size_t event_lane_backlog(struct event_lane *lane);

/*
 * Network thread. Appends the terminal event: EVENT_DONE when outcome->failure.kind is FAILURE_NONE, else EVENT_ERROR.
 * Copies `outcome` into the reserved event (*taking ownership* of usage and models). Cannot fail. The lane is no longer
 * the caller's.
 */
void event_lane_finish(struct event_lane *lane, const struct outcome *outcome);

/*
 * Main thread. Takes at most `max` events (0: all) in order; NULL when there are none. Clears the wakeup, and signals
 * it again when it leaves some behind.
 * `*resume` becomes true when a lane that had said LANE_FULL is empty again, so that its transfer can go on.
 */
struct event *event_queue_take(struct event_queue *queue, size_t max, bool *resume);

#endif
