#ifndef TEST_SOAK_H
#define TEST_SOAK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What the soaks share: how long and with which luck, and what they count. BEANS_SOAK_SECONDS tells how long,
 * BEANS_SOAK_SEED repeats a run; TSan takes so much time that fewer requests are enough there.
 */

#if defined(__SANITIZE_THREAD__)
#define SOAK_REQUESTS_MIN 200UL
#else
#define SOAK_REQUESTS_MIN 1000UL
#endif

struct soak {
	unsigned long requests;
	unsigned long faults;  /* requests that ended in an error, other than by a cancel or a shutdown */
	unsigned long cancels; /* asked for */
	unsigned long rounds;
	unsigned long shutdowns;  /* while requests ran */
	unsigned long violations; /* of what has to be so */
};

extern struct soak soak;

/* Takes the settings, prints the seed. */
void soak_begin(void);

/* False when the time is over and the requests are enough; the first violation ends it too. */
bool soak_goes_on(void);

/* Prints what was counted, fails the test when anything was violated. */
void soak_end(void);

/* 0 to below - 1, at random. */
unsigned soak_chance(unsigned below);

/* Counts a violation and prints what it was. */
void soak_violation(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How many descriptors and threads this process has. */
struct soak_holdings {
	size_t descriptors, threads;
};

struct soak_holdings soak_holdings(void);

/* A violation, unless they are as they were. */
void soak_compare(struct soak_holdings before);

#endif
