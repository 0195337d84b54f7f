#include "soak.h"

#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "rig.h"

#define SECONDS 15

struct soak soak;

static unsigned seed;
static double end_ms;

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name); // NOLINT(concurrency-mt-unsafe): nobody changes the environment
	return text && *text ? strtoul(text, NULL, 10) : otherwise;
}

static void *do_nothing(void *context)
{
	return context;
}

void soak_begin(void)
{
	pthread_t thread; /* TSan starts one of its own with the first of a program */
	assert_int_equal(pthread_create(&thread, NULL, do_nothing, NULL), 0);
	pthread_join(thread, NULL);
	seed = (unsigned)setting("BEANS_SOAK_SEED", (unsigned long)time(NULL));
	end_ms = rig_now_ms() + 1e3 * (double)setting("BEANS_SOAK_SECONDS", SECONDS);
	print_message("# BEANS_SOAK_SEED=%u\n", seed);
}

bool soak_goes_on(void)
{
	return soak.violations == 0 && (rig_now_ms() < end_ms || soak.requests < SOAK_REQUESTS_MIN);
}

void soak_end(void)
{
	print_message(
		"# %lu requests, %lu faults, %lu cancels, %lu violations; %lu rounds, %lu shut down in the middle\n",
		soak.requests, soak.faults, soak.cancels, soak.violations, soak.rounds, soak.shutdowns);
	assert_int_equal(soak.violations, 0);
	assert_true(soak.requests >= SOAK_REQUESTS_MIN);
}

unsigned soak_chance(unsigned below)
{
	return (unsigned)rand_r(&seed) % below;
}

void soak_violation(const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	print_message("# violation: %s\n", text);
	soak.violations++;
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

struct soak_holdings soak_holdings(void)
{
	return (struct soak_holdings){entries_of("/proc/self/fd"), entries_of("/proc/self/task")};
}

void soak_compare(struct soak_holdings before)
{
	const struct timespec pause = {.tv_nsec = 1000L * 1000};
	struct soak_holdings now = soak_holdings();
	/* The system may list a thread for a moment after it was joined. */
	for (int i = 0; i < 1000 && now.threads != before.threads; i++) {
		nanosleep(&pause, NULL);
		now = soak_holdings();
	}
	if (now.descriptors != before.descriptors || now.threads != before.threads)
		soak_violation("%zu descriptors and %zu threads, were %zu and %zu", now.descriptors, now.threads,
			before.descriptors, before.threads);
}
