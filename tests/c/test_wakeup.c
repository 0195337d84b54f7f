#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "wakeup.h"

static bool is_readable(const struct wakeup *wakeup)
{
	struct pollfd fd = {.fd = wakeup->read_fd, .events = POLLIN};
	return poll(&fd, 1, 0) == 1;
}

static int setup(void **state)
{
	static struct wakeup wakeup;
	*state = &wakeup;
	return wakeup_init(&wakeup) ? 0 : -1;
}

static int teardown(void **state)
{
	wakeup_close(*state);
	return 0;
}

static void is_silent_at_first(void **state)
{
	assert_false(is_readable(*state));
	wakeup_clear(*state); /* does not block */
	assert_false(is_readable(*state));
}

static void stays_readable_until_cleared(void **state)
{
	wakeup_signal(*state);
	assert_true(is_readable(*state));
	assert_true(is_readable(*state));
	wakeup_clear(*state);
	assert_false(is_readable(*state));
}

static void makes_one_of_many(void **state)
{
	for (int i = 0; i < 100000; i++) /* more than a pipe would hold: it must not block */
		wakeup_signal(*state);
	wakeup_clear(*state);
	assert_false(is_readable(*state));
	wakeup_signal(*state);
	assert_true(is_readable(*state));
}

static void is_not_inherited(void **state)
{
	const struct wakeup *wakeup = *state;
	assert_int_equal(fcntl(wakeup->read_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(wakeup->write_fd, F_GETFD), FD_CLOEXEC);
}

static void says_when_there_is_no_descriptor(void **state)
{
	struct rlimit before, none;
	struct wakeup wakeup;
	(void)state;
	getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	bool made = wakeup_init(&wakeup);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_false(made);
}

#define wakeup_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		wakeup_test(is_silent_at_first),
		wakeup_test(stays_readable_until_cleared),
		wakeup_test(makes_one_of_many),
		wakeup_test(is_not_inherited),
		cmocka_unit_test(says_when_there_is_no_descriptor),
	};
	return cmocka_run_group_tests_name("wakeup", tests, NULL, NULL);
}
