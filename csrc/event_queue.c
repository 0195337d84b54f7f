#include "event_queue.h"

#include <pthread.h>
#include <stdlib.h>

/*
 * Lanes that hold events stand in the queue's ready list in the order in which they turned non-empty. A lane lives
 * until its terminal event is taken; then it is freed by event_queue_take.
 */
struct event_lane {
	struct event_queue *queue;
	uint64_t id;
	struct event *terminal; /* reserved; NULL once it stands in the list */
	/* protected by the queue's lock */
	struct event *first, *last;
	size_t text_bytes;
	bool was_full;
	bool finished; /* the terminal event is in the list: nobody fills this lane any more */
	bool ready;    /* in the ready list */
	struct event_lane *next_ready;
	struct event_lane *next, *prev; /* all lanes, so that nothing leaks at the end */
};

struct event_queue {
	const struct wakeup *wakeup;
	pthread_mutex_t lock;
	/* protected by the lock */
	struct event_lane *lanes;
	struct event_lane *ready_first, *ready_last;
};

struct event_queue *event_queue_new(const struct wakeup *wakeup)
{
	struct event_queue *queue = calloc(1, sizeof *queue);
	if (!queue)
		return NULL;
	queue->wakeup = wakeup;
	pthread_mutex_init(&queue->lock, NULL);
	return queue;
}

static struct event *terminal_new(uint64_t id)
{
	struct event *event = calloc(1, sizeof *event);
	struct outcome *outcome = calloc(1, sizeof *outcome);
	if (!event || !outcome) {
		free(event);
		free(outcome);
		return NULL;
	}
	event->request = id;
	event->type = EVENT_ERROR;
	event->as.outcome = outcome;
	return event;
}

struct event_lane *event_lane_open(struct event_queue *queue, uint64_t id)
{
	struct event_lane *lane = calloc(1, sizeof *lane);
	struct event *terminal = terminal_new(id);
	if (!lane || !terminal) {
		free(lane);
		event_free(terminal);
		return NULL;
	}
	lane->queue = queue;
	lane->id = id;
	lane->terminal = terminal;
	pthread_mutex_lock(&queue->lock);
	lane->next = queue->lanes;
	if (queue->lanes)
		queue->lanes->prev = lane;
	queue->lanes = lane;
	pthread_mutex_unlock(&queue->lock);
	return lane;
}

/* Under the lock. */
static void unlink_lane(struct event_lane *lane)
{
	if (lane->prev)
		lane->prev->next = lane->next;
	else
		lane->queue->lanes = lane->next;
	if (lane->next)
		lane->next->prev = lane->prev;
}

static void lane_free(struct event_lane *lane)
{
	event_free(lane->first);
	event_free(lane->terminal);
	free(lane);
}

void event_lane_abandon(struct event_lane *lane)
{
	struct event_queue *queue = lane->queue;
	pthread_mutex_lock(&queue->lock);
	unlink_lane(lane);
	pthread_mutex_unlock(&queue->lock);
	lane_free(lane);
}

void event_queue_free(struct event_queue *queue)
{
	for (struct event_lane *lane = queue->lanes, *next; lane; lane = next) {
		next = lane->next;
		lane_free(lane);
	}
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

/* Under the lock. Says whether the queue turned non-empty, so that the caller signals after unlocking. */
static bool make_ready(struct event_lane *lane)
{
	struct event_queue *queue = lane->queue;
	bool was_empty = !queue->ready_first;
	if (lane->ready)
		return false;
	lane->ready = true;
	lane->next_ready = NULL;
	if (was_empty)
		queue->ready_first = lane;
	else
		queue->ready_last->next_ready = lane;
	queue->ready_last = lane;
	return was_empty;
}

/* Under the lock. */
static bool append(struct event_lane *lane, struct event *event)
{
	event->next = NULL;
	event->request = lane->id;
	if (lane->last)
		lane->last->next = event;
	else
		lane->first = event;
	lane->last = event;
	return make_ready(lane);
}

static struct event *text_new(enum event_type type)
{
	struct event *event = calloc(1, sizeof *event);
	if (event) {
		event->type = type;
		buf_init(&event->as.text, SIZE_MAX / 2);
	}
	return event;
}

enum lane_result event_lane_text(struct event_lane *lane, enum event_type type, const char *bytes, size_t len)
{
	struct event_queue *queue = lane->queue;
	bool signal = false, full = false;
	enum buf_result result = BUF_NO_MEMORY;
	pthread_mutex_lock(&queue->lock);
	bool merge = lane->last && lane->last->type == type;
	struct event *event = merge ? lane->last : text_new(type);
	if (event)
		result = buf_append(&event->as.text, bytes, len);
	if (result == BUF_OK) {
		lane->text_bytes += len;
		full = lane->text_bytes > EVENT_LANE_MAX;
		lane->was_full = lane->was_full || full;
		signal = !merge && append(lane, event);
	} else if (!merge) {
		event_free(event);
	}
	pthread_mutex_unlock(&queue->lock);
	if (signal)
		wakeup_signal(queue->wakeup);
	return result != BUF_OK ? LANE_NO_MEMORY : full ? LANE_FULL : LANE_OK;
}

void event_lane_push(struct event_lane *lane, struct event *event)
{
	struct event_queue *queue = lane->queue;
	pthread_mutex_lock(&queue->lock);
	bool signal = append(lane, event);
	pthread_mutex_unlock(&queue->lock);
	if (signal)
		wakeup_signal(queue->wakeup);
}

size_t event_lane_backlog(struct event_lane *lane)
{
	pthread_mutex_lock(&lane->queue->lock);
	size_t bytes = lane->text_bytes;
	pthread_mutex_unlock(&lane->queue->lock);
	return bytes;
}

void event_lane_finish(struct event_lane *lane, const struct outcome *outcome)
{
	struct event_queue *queue = lane->queue;
	struct event *terminal = lane->terminal;
	*terminal->as.outcome = *outcome;
	terminal->type = outcome->failure.kind == FAILURE_NONE ? EVENT_DONE : EVENT_ERROR;
	pthread_mutex_lock(&queue->lock);
	lane->terminal = NULL;
	lane->finished = true;
	bool signal = append(lane, terminal);
	pthread_mutex_unlock(&queue->lock);
	if (signal)
		wakeup_signal(queue->wakeup);
}

/* Under the lock. Takes the first event of the first ready lane. */
static struct event *pop_event(struct event_lane *lane)
{
	struct event *event = lane->first;
	lane->first = event->next;
	event->next = NULL;
	if (!lane->first)
		lane->last = NULL;
	if (event->type == EVENT_TEXT || event->type == EVENT_REASONING || event->type == EVENT_REFUSAL)
		lane->text_bytes -= event->as.text.len;
	return event;
}

/* Under the lock. An emptied lane leaves the ready list; a finished one is the caller's to free. */
static struct event_lane *retire_empty(struct event_queue *queue, bool *resume)
{
	struct event_lane *lane = queue->ready_first;
	queue->ready_first = lane->next_ready;
	lane->ready = false;
	*resume = *resume || (lane->was_full && !lane->finished);
	lane->was_full = false;
	if (!lane->finished)
		return NULL;
	unlink_lane(lane);
	return lane;
}

struct event *event_queue_take(struct event_queue *queue, size_t max, bool *resume)
{
	struct event *first = NULL, **end = &first;
	struct event_lane *done = NULL;
	*resume = false;
	wakeup_clear(queue->wakeup); /* before looking: what comes later signals again */
	pthread_mutex_lock(&queue->lock);
	for (size_t taken = 0; queue->ready_first && (max == 0 || taken < max); taken++) {
		*end = pop_event(queue->ready_first);
		end = &(*end)->next;
		if (queue->ready_first->first)
			continue;
		struct event_lane *lane = retire_empty(queue, resume);
		if (lane) {
			lane->next_ready = done;
			done = lane;
		}
	}
	bool more = queue->ready_first != NULL;
	pthread_mutex_unlock(&queue->lock);
	if (more)
		wakeup_signal(queue->wakeup);
	while (done) {
		struct event_lane *next = done->next_ready;
		lane_free(done);
		done = next;
	}
	return first;
}
