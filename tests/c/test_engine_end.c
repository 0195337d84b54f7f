/* How requests and the engine end: cancel in each state, shutdown, and what is left behind (nothing). */

#include <dlfcn.h>
#include <fcntl.h>
#include <math.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "rig.h"

/* ---- a resolver that hangs --------------------------------------------------------------------------------------- */

static atomic_int lookups;
static atomic_bool lookups_released;

/* Stands in front of the C library's for libcurl too: a name that begins with "hanging" is not found until the test
 * allows it. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the C library's names are reserved */
__attribute__((visibility("default"))) int getaddrinfo(
	const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	typedef int (*resolver)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	union {
		void *symbol;
		resolver call;
	} real = {.symbol = dlsym(RTLD_NEXT, "getaddrinfo")};
	const struct timespec pause = {.tv_nsec = 1000L * 1000};
	if (!node || strncmp(node, "hanging", 7) != 0)
		return real.call(node, service, hints, result);
	atomic_fetch_add(&lookups, 1);
	for (int i = 0; i < 30000 && !atomic_load(&lookups_released); i++)
		nanosleep(&pause, NULL);
	atomic_fetch_sub(&lookups, 1);
	return EAI_AGAIN;
}

static void wait_for_lookups(int count)
{
	const struct timespec pause = {.tv_nsec = 1000L * 1000};
	for (int i = 0; i < 20000 && atomic_load(&lookups) != count; i++)
		nanosleep(&pause, NULL);
	assert_int_equal(atomic_load(&lookups), count);
}

static struct exchange *ask_hanging_for(struct rig *rig, long connect_timeout_ms)
{
	char url[256];
	struct request_spec spec = rig_spec(rig, "", url, sizeof url);
	spec.url = "http://hanging.invalid/v1";
	spec.connect_timeout_ms = connect_timeout_ms;
	atomic_store(&lookups_released, false);
	struct exchange *chat = rig_ask_spec(rig, &spec);
	wait_for_lookups(1);
	return chat;
}

static struct exchange *ask_hanging(struct rig *rig)
{
	return ask_hanging_for(rig, 10000);
}

static void release_lookups(void)
{
	atomic_store(&lookups_released, true);
	wait_for_lookups(0);
}

/* ---- cancel ------------------------------------------------------------------------------------------------------ */

/* A wakeup that the thread missed would cost it the rest of a turn of a second. */
#define PROMPT_MS 500

/* Waits until curl has no timer left (the last is that of a connection's second address), so that nothing but a wakeup
   ends the thread's turn soon. */
static void let_thread_rest(void)
{
	usleep(300 * 1000);
}

static void assert_prompt(const char *what, double since_ms)
{
	double took_ms = rig_now_ms() - since_ms;
	print_message("# %s after %.2f ms\n", what, took_ms);
	assert_true(took_ms < PROMPT_MS);
}

static void assert_cancels(struct rig *rig, const struct exchange *chat, const char *text)
{
	double start = rig_now_ms();
	engine_cancel(rig->engine, chat->id);
	rig_wait_end(rig, chat);
	assert_prompt("cancelled", start);
	assert_failed(chat, FAILURE_CANCELLED, text, "cancelled");
}

static void cancels_at_once(void **state)
{
	struct rig *rig = *state;
	assert_cancels(rig, rig_ask(rig, "c-silent"), "");
}

static void cancels_a_name_lookup(void **state)
{
	assert_cancels(*state, ask_hanging(*state), "");
	assert_int_equal(atomic_load(&lookups), 1); /* it hangs still, and nobody waited for it */
	release_lookups();
}

static void cancels_while_waiting_for_the_header(void **state)
{
	struct rig *rig = *state;
	const struct exchange *chat = rig_ask(rig, "c-silent");
	assert_true(server_wait_recorded(&rig->server, "c-silent"));
	let_thread_rest();
	assert_cancels(rig, chat, "");
	assert_true(server_wait_recorded(&rig->server, "aborted"));
}

static void cancels_in_mid_stream(void **state)
{
	struct rig *rig = *state;
	const struct exchange *chat = rig_ask(rig, "c-stalling");
	rig_wait_text(rig, chat);
	let_thread_rest();
	assert_cancels(rig, chat, "Hello");
	assert_int_equal(chat->outcome.response.status, 200);
	assert_true(server_wait_recorded(&rig->server, "aborted")); /* the server knows it, and stops */
}

static void cancels_one_and_not_the_others(void **state)
{
	struct rig *rig = *state;
	const struct exchange *other = rig_ask(rig, "c-stalling"), *chat = rig_ask(rig, "c-stalling");
	rig_wait_text(rig, other);
	rig_wait_text(rig, chat);
	assert_cancels(rig, chat, "Hello");
	assert_int_equal(other->terminals, 0);
	assert_done(rig_run(rig, "c-hello"), "Hello");
	assert_int_equal(other->terminals, 0);
}

static void ignores_who_has_ended_or_never_was(void **state)
{
	struct rig *rig = *state;
	engine_cancel(rig->engine, 1);
	const struct exchange *chat = rig_run(rig, "c-hello");
	engine_cancel(rig->engine, chat->id);
	engine_cancel(rig->engine, 0);
	engine_cancel(rig->engine, UINT64_MAX);
	assert_done(rig_run(rig, "c-hello"), "Hello"); /* the same event stream shows no second end */
	assert_done(chat, "Hello");
}

static void never_uses_an_id_again(void **state)
{
	struct rig *rig = *state;
	uint64_t last = 0;
	for (int i = 0; i < 20; i++) {
		const struct exchange *chat = rig_run(rig, i % 2 ? "c-hello" : "c-404");
		assert_true(chat->id > last);
		last = chat->id;
	}
}

static void times_out_in_a_name_lookup(void **state)
{
	struct rig *rig = *state;
	const struct exchange *chat = ask_hanging_for(rig, 200);
	assert_done(rig_run(rig, "c-hello"), "Hello"); /* others are not held up */
	rig_wait_end(rig, chat);
	assert_failed(chat, FAILURE_TIMEOUT, "", "connect_timeout_ms");
	assert_int_equal(atomic_load(&lookups), 1); /* it hangs still */
	assert_done(rig_run(rig, "c-hello"), "Hello");
	release_lookups();
}

/* ---- shutdown ---------------------------------------------------------------------------------------------------- */

static void shut_down(struct rig *rig)
{
	double start = rig_now_ms();
	engine_shutdown(rig->engine);
	assert_prompt("shutdown", start);
	rig_drain(rig, 0);
}

static void shuts_down_ten_streams(void **state)
{
	struct rig *rig = *state;
	for (int i = 0; i < 10; i++)
		rig_ask(rig, "c-stalling");
	for (size_t i = 0; i < 10; i++)
		rig_wait_text(rig, rig->exchanges[i]);
	let_thread_rest();
	shut_down(rig);
	for (size_t i = 0; i < 10; i++)
		assert_failed(rig->exchanges[i], FAILURE_SHUTDOWN, "Hello", "quits");
}

static void shuts_down_a_hanging_lookup(void **state)
{
	struct rig *rig = *state;
	const struct exchange *chat = ask_hanging(rig);
	shut_down(rig);
	assert_int_equal(atomic_load(&lookups), 1);
	assert_failed(chat, FAILURE_SHUTDOWN, "", "quits");
	release_lookups();
}

/* The thread may be anywhere on its way into being. */
static void shuts_down_right_after_a_request(void **state)
{
	struct rig *rig = *state;
	double longest = 0;
	for (int i = 0; i < 50; i++) {
		const struct exchange *chat = rig_ask(rig, "c-stalling");
		double start = rig_now_ms();
		engine_shutdown(rig->engine);
		longest = fmax(longest, rig_now_ms() - start);
		rig_drain(rig, 0);
		assert_int_equal(chat->terminals, 1);
		assert_int_equal(chat->outcome.failure.kind, FAILURE_SHUTDOWN);
		engine_free(rig->engine);
		rig->engine = engine_new();
		assert_non_null(rig->engine);
		rig->exchanges[i]->id = UINT64_MAX - (uint64_t)i; /* the new engine counts from 1 */
	}
	print_message("# the longest took %.2f ms\n", longest);
	assert_true(longest < PROMPT_MS);
}

static void refuses_after_shutdown(void **state)
{
	struct rig *rig = *state;
	char url[256];
	struct failure failure;
	struct request_spec spec = rig_spec(rig, "c-hello", url, sizeof url);
	assert_done(rig_run(rig, "c-hello"), "Hello");
	shut_down(rig);
	shut_down(rig); /* once more does nothing */
	assert_int_equal(engine_request(rig->engine, &spec, &failure), 0);
	assert_int_equal(failure.kind, FAILURE_SHUTDOWN);
	engine_cancel(rig->engine, 1);
	assert_int_equal(rig_drain(rig, 0), 0);
}

static void shuts_down_what_never_began(void **state)
{
	struct rig *rig = *state;
	shut_down(rig);
	assert_int_equal(rig_drain(rig, 0), 0);
	engine_free(NULL);
}

static void frees_what_was_never_polled(void **state)
{
	struct rig *rig = *state;
	for (int i = 0; i < 5; i++)
		rig_ask(rig, "c-tools");
	assert_true(server_wait_recorded(&rig->server, "0005"));
}

/* ---- what is left behind ----------------------------------------------------------------------------------------- */

static int count_threads(void)
{
	static const char name[] = "\nThreads:";
	char text[4096];
	FILE *file = fopen("/proc/self/status", "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	assert_int_equal(fclose(file), 0);
	const char *line = strstr(text, name);
	assert_non_null(line);
	return (int)strtol(line + strlen(name), NULL, 10);
}

static int count_descriptors(void)
{
	int count = 0;
	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Marks which descriptors below 256 are open. */
static void note_descriptors(bool open[256])
{
	for (int fd = 0; fd < 256; fd++)
		open[fd] = fcntl(fd, F_GETFD) >= 0;
}

static int assert_close_on_exec(const bool before[256])
{
	int fresh = 0;
	for (int fd = 0; fd < 256; fd++) {
		int flags = before[fd] ? -1 : fcntl(fd, F_GETFD);
		if (flags >= 0 && !(flags & FD_CLOEXEC))
			fail_msg("descriptor %d would reach child processes", fd);
		fresh += flags >= 0;
	}
	return fresh;
}

static void keeps_descriptors_from_children(void **state)
{
	struct rig *rig = *state;
	bool before[256];
	/* Holes between descriptors that others have opened: theirs must stay as they are. */
	int first = dup(STDERR_FILENO), hole = dup(STDERR_FILENO), second = dup(STDERR_FILENO);
	close(hole);
	note_descriptors(before);
	rig_wait_text(rig, rig_ask(rig, "c-stalling"));
	ask_hanging(rig);
	rig_run(rig, "c-404"); /* by now the thread has seen what the lookup opened */
	assert_true(assert_close_on_exec(before) >= 3);
	assert_int_equal(fcntl(first, F_GETFD), 0);
	assert_int_equal(fcntl(second, F_GETFD), 0);
	release_lookups();
	close(first);
	close(second);
}

static void leaves_no_thread_and_no_descriptor(void **state)
{
	struct rig *rig = *state;
	engine_free(rig->engine);
	int descriptors = count_descriptors(), threads = count_threads();
	for (int i = 0; i < 3; i++) {
		rig->engine = engine_new();
		rig_run(rig, "c-hello");
		rig_wait_text(rig, rig_ask(rig, "c-stalling"));
		rig_ask(rig, "c-silent");
		assert_int_equal(count_threads(), threads + 1);
		engine_free(rig->engine);
		assert_int_equal(count_descriptors(), descriptors);
		assert_int_equal(count_threads(), threads);
		for (size_t at = 0; at < rig->count; at++)
			rig->exchanges[at]->id = UINT64_MAX - at; /* the next engine counts from 1 */
	}
	rig->engine = NULL;
}

static void starts_nothing_before_the_first_request(void **state)
{
	struct rig *rig = *state;
	int threads = count_threads();
	struct engine *other = engine_new();
	assert_non_null(other);
	assert_int_equal(count_threads(), threads);
	engine_free(other);
	rig_drain(rig, 0);
}

#define engine_test(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		engine_test(cancels_at_once),
		engine_test(cancels_a_name_lookup),
		engine_test(times_out_in_a_name_lookup),
		engine_test(cancels_while_waiting_for_the_header),
		engine_test(cancels_in_mid_stream),
		engine_test(cancels_one_and_not_the_others),
		engine_test(ignores_who_has_ended_or_never_was),
		engine_test(never_uses_an_id_again),
		engine_test(shuts_down_ten_streams),
		engine_test(shuts_down_a_hanging_lookup),
		engine_test(shuts_down_right_after_a_request),
		engine_test(refuses_after_shutdown),
		engine_test(shuts_down_what_never_began),
		engine_test(frees_what_was_never_polled),
		engine_test(keeps_descriptors_from_children),
		engine_test(leaves_no_thread_and_no_descriptor),
		engine_test(starts_nothing_before_the_first_request),
	};
	return cmocka_run_group_tests_name("engine_end", tests, NULL, NULL);
}
