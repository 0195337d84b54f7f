#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "event_queue.h"

struct fixture {
	struct wakeup wakeup;
	struct event_queue *queue;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	if (!fixture || !wakeup_init(&fixture->wakeup))
		return -1;
	fixture->queue = event_queue_new(&fixture->wakeup);
	*state = fixture;
	return fixture->queue ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	event_queue_free(fixture->queue);
	wakeup_close(&fixture->wakeup);
	free(fixture);
	return 0;
}

static bool is_readable(const struct fixture *fixture)
{
	struct pollfd fd = {.fd = fixture->wakeup.read_fd, .events = POLLIN};
	return poll(&fd, 1, 0) == 1;
}

static struct event_lane *open_lane(const struct fixture *fixture, uint64_t id)
{
	struct event_lane *lane = event_lane_open(fixture->queue, id);
	assert_non_null(lane);
	return lane;
}

static enum lane_result say(struct event_lane *lane, enum event_type type, const char *text)
{
	return event_lane_text(lane, type, text, strlen(text));
}

static void end(struct event_lane *lane, enum failure_kind kind)
{
	struct outcome outcome = {.finish_reason = "stop"};
	failure_set(&outcome.failure, kind, "%s", "");
	event_lane_finish(lane, &outcome);
}

static void push(struct event_lane *lane, enum event_type type)
{
	struct event *event = calloc(1, sizeof *event);
	assert_non_null(event);
	event->type = type;
	event_lane_push(lane, event);
}

/* The waiting events as a string: "1T(text) 1D 2E …"; and whether lanes may go on. */
static const char *take(const struct fixture *fixture, size_t max, bool *resume)
{
	static const char letters[] = {[EVENT_TEXT] = 'T',
		[EVENT_REASONING] = 'R',
		[EVENT_REFUSAL] = 'F',
		[EVENT_TOOL_CALL] = 'C',
		[EVENT_HEADERS] = 'H',
		[EVENT_DONE] = 'D',
		[EVENT_ERROR] = 'E'};
	static char text[1024];
	size_t len = 0;
	struct event *events = event_queue_take(fixture->queue, max, resume);
	text[0] = '\0';
	for (const struct event *event = events; event; event = event->next) {
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%u%c", len ? " " : "",
			(unsigned)event->request, letters[event->type]);
		if (event->type <= EVENT_REFUSAL)
			len += (size_t)snprintf(text + len, sizeof text - len, "(%s)", buf_string(&event->as.text));
	}
	event_free(events);
	return text;
}

static void assert_takes(const struct fixture *fixture, size_t max, const char *expected)
{
	bool resume;
	assert_string_equal(take(fixture, max, &resume), expected);
	assert_false(resume);
}

static void is_empty_at_first(void **state)
{
	const struct fixture *fixture = *state;
	assert_false(is_readable(fixture));
	assert_takes(fixture, 0, "");
	open_lane(fixture, 1);
	assert_false(is_readable(fixture));
	assert_takes(fixture, 0, "");
}

static void keeps_the_order_of_a_request(void **state)
{
	const struct fixture *fixture = *state;
	struct event_lane *lane = open_lane(fixture, 7);
	push(lane, EVENT_HEADERS);
	assert_int_equal(say(lane, EVENT_TEXT, "a"), LANE_OK);
	push(lane, EVENT_TOOL_CALL);
	end(lane, FAILURE_NONE);
	assert_takes(fixture, 0, "7H 7T(a) 7C 7D");
	assert_takes(fixture, 0, "");
}

static void merges_text_that_waits(void **state)
{
	const struct fixture *fixture = *state;
	struct event_lane *lane = open_lane(fixture, 1), *other = open_lane(fixture, 2);
	say(lane, EVENT_TEXT, "Hel");
	say(other, EVENT_TEXT, "x");
	say(lane, EVENT_TEXT, "lo");
	say(lane, EVENT_REASONING, "hm");
	say(lane, EVENT_REASONING, "m");
	say(lane, EVENT_TEXT, "!");
	say(lane, EVENT_REFUSAL, "no");
	assert_takes(fixture, 0, "1T(Hello) 1R(hmm) 1T(!) 1F(no) 2T(x)");
	say(lane, EVENT_REFUSAL, "pe"); /* what was taken is not touched any more */
	assert_takes(fixture, 0, "1F(pe)");
}

static void tells_how_it_ended(void **state)
{
	const struct fixture *fixture = *state;
	bool resume;
	struct outcome outcome = {.finish_reason = "length", .usage = cJSON_CreateObject()};
	failure_set(&outcome.failure, FAILURE_TRUNCATED, "cut");
	event_lane_finish(open_lane(fixture, 3), &outcome);
	end(open_lane(fixture, 4), FAILURE_NONE);
	struct event *events = event_queue_take(fixture->queue, 0, &resume);
	assert_int_equal(events->type, EVENT_ERROR);
	assert_int_equal(events->request, 3);
	assert_int_equal(events->as.outcome->failure.kind, FAILURE_TRUNCATED);
	assert_string_equal(events->as.outcome->finish_reason, "length");
	assert_ptr_equal(events->as.outcome->usage, outcome.usage);
	assert_int_equal(events->next->type, EVENT_DONE);
	assert_null(events->next->next);
	event_free(events);
}

static void wakes_once_when_it_is_no_longer_empty(void **state)
{
	const struct fixture *fixture = *state;
	struct event_lane *lane = open_lane(fixture, 1);
	say(lane, EVENT_TEXT, "a");
	assert_true(is_readable(fixture));
	wakeup_clear(&fixture->wakeup);
	say(lane, EVENT_TEXT, "b");
	push(lane, EVENT_TOOL_CALL);
	end(lane, FAILURE_NONE);
	assert_false(is_readable(fixture)); /* who was told and has not drained is not told again */
	assert_takes(fixture, 0, "1T(ab) 1C 1D");
	end(open_lane(fixture, 2), FAILURE_NONE);
	assert_true(is_readable(fixture));
	assert_takes(fixture, 0, "2D");
	assert_false(is_readable(fixture));
}

static void wakes_again_for_what_it_leaves_behind(void **state)
{
	const struct fixture *fixture = *state;
	struct event_lane *lane = open_lane(fixture, 1);
	say(lane, EVENT_TEXT, "a");
	say(lane, EVENT_REASONING, "b");
	end(lane, FAILURE_NONE);
	assert_takes(fixture, 1, "1T(a)");
	assert_true(is_readable(fixture));
	assert_takes(fixture, 1, "1R(b)");
	assert_true(is_readable(fixture));
	assert_takes(fixture, 1, "1D");
	assert_false(is_readable(fixture));
	assert_takes(fixture, 1, "");
}

static void says_when_a_lane_is_full(void **state)
{
	const struct fixture *fixture = *state;
	bool resume;
	struct event_lane *lane = open_lane(fixture, 1), *other = open_lane(fixture, 2);
	char *text = calloc(1, EVENT_LANE_MAX + 1);
	assert_non_null(text);
	assert_int_equal(event_lane_text(lane, EVENT_TEXT, text, EVENT_LANE_MAX), LANE_OK);
	assert_int_equal(event_lane_backlog(lane), EVENT_LANE_MAX);
	event_free(event_queue_take(fixture->queue, 0, &resume));
	assert_false(resume); /* it never said that it was full */
	assert_int_equal(event_lane_backlog(lane), 0);

	assert_int_equal(event_lane_text(lane, EVENT_TEXT, text, EVENT_LANE_MAX), LANE_OK);
	assert_int_equal(event_lane_text(lane, EVENT_REASONING, text, 1), LANE_FULL);
	assert_int_equal(say(other, EVENT_TEXT, "x"), LANE_OK); /* each lane has room of its own */
	event_free(event_queue_take(fixture->queue, 1, &resume));
	assert_false(resume); /* not empty yet */
	event_free(event_queue_take(fixture->queue, 1, &resume));
	assert_true(resume);
	assert_takes(fixture, 0, "2T(x)");
	free(text);
}

static void does_not_resume_what_has_ended(void **state)
{
	const struct fixture *fixture = *state;
	bool resume;
	struct event_lane *lane = open_lane(fixture, 1);
	char *text = calloc(1, EVENT_LANE_MAX + 1);
	assert_non_null(text);
	assert_int_equal(event_lane_text(lane, EVENT_TEXT, text, EVENT_LANE_MAX + 1), LANE_FULL);
	end(lane, FAILURE_CANCELLED);
	event_free(event_queue_take(fixture->queue, 0, &resume));
	assert_false(resume);
	free(text);
}

static void takes_a_lane_back(void **state)
{
	const struct fixture *fixture = *state;
	struct event_lane *first = open_lane(fixture, 1), *second = open_lane(fixture, 2),
			  *third = open_lane(fixture, 3);
	event_lane_abandon(second);
	event_lane_abandon(third);
	end(first, FAILURE_NONE);
	assert_takes(fixture, 0, "1D");
	event_lane_abandon(open_lane(fixture, 4));
	assert_takes(fixture, 0, "");
}

/* The sanitizer sees whether all of it is freed. */
static void frees_what_was_never_taken(void **state)
{
	const struct fixture *fixture = *state;
	struct event_lane *lane = open_lane(fixture, 1);
	struct outcome outcome = {.usage = cJSON_CreateObject(), .models = cJSON_CreateArray()};
	say(lane, EVENT_TEXT, "a");
	event_lane_finish(lane, &outcome);
	say(open_lane(fixture, 2), EVENT_TEXT, "b");
	open_lane(fixture, 3);
	assert_true(is_readable(fixture));
}

/* ---- two threads ------------------------------------------------------------------------------------------------- */

#define LANES 5
#define PIECES 20000

static void *fill_lanes(void *context)
{
	struct event_lane **lanes = context;
	for (int i = 0; i < PIECES; i++) {
		char text[16];
		snprintf(text, sizeof text, "%d,", i);
		say(lanes[i % LANES], i % 7 ? EVENT_TEXT : EVENT_REASONING, text);
	}
	for (int i = 0; i < LANES; i++)
		end(lanes[i], FAILURE_NONE);
	return NULL;
}

/* Checks that the numbers of one lane come one after the other, LANES apart. */
static void assert_numbers(const char *text, int *next)
{
	for (; *text; text = strchr(text, ',') + 1) {
		assert_int_equal(strtol(text, NULL, 10), *next);
		*next += LANES;
	}
}

static void loses_nothing_between_two_threads(void **state)
{
	const struct fixture *fixture = *state;
	struct event_lane *lanes[LANES];
	struct pollfd fd = {.fd = fixture->wakeup.read_fd, .events = POLLIN};
	int next[LANES], ended = 0;
	pthread_t thread;
	bool resume;
	for (int i = 0; i < LANES; i++) {
		lanes[i] = open_lane(fixture, (uint64_t)i);
		next[i] = i;
	}
	assert_int_equal(pthread_create(&thread, NULL, fill_lanes, lanes), 0);
	while (ended < LANES && poll(&fd, 1, 20000) == 1) {
		struct event *events = event_queue_take(fixture->queue, 3, &resume);
		for (struct event *event = events; event; event = event->next) {
			ended += event->type == EVENT_DONE;
			if (event->type != EVENT_DONE)
				assert_numbers(buf_string(&event->as.text), &next[event->request]);
		}
		event_free(events);
	}
	pthread_join(thread, NULL);
	assert_int_equal(ended, LANES);
	for (int i = 0; i < LANES; i++)
		assert_int_equal(next[i], PIECES + i);
	assert_takes(fixture, 0, "");
}

#define queue_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		queue_test(is_empty_at_first),
		queue_test(keeps_the_order_of_a_request),
		queue_test(merges_text_that_waits),
		queue_test(tells_how_it_ended),
		queue_test(wakes_once_when_it_is_no_longer_empty),
		queue_test(wakes_again_for_what_it_leaves_behind),
		queue_test(says_when_a_lane_is_full),
		queue_test(does_not_resume_what_has_ended),
		queue_test(takes_a_lane_back),
		queue_test(frees_what_was_never_taken),
		queue_test(loses_nothing_between_two_threads),
	};
	return cmocka_run_group_tests_name("event_queue", tests, NULL, NULL);
}
