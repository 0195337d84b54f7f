#ifndef TEST_FAIL_ALLOC_H
#define TEST_FAIL_ALLOC_H

#include <stdbool.h>

/*
 * Makes allocations fail on purpose, in this program and in every library that it uses: who links this has its malloc.
 * Plain builds only, because the sanitizers bring a malloc of their own.
 */

/* From now on the `nth` allocation (1: the next one) of all threads together fails, and with `for_good` each one after
 * it too. */
void fail_alloc_start(unsigned long nth, bool for_good);

/* Allocations succeed again. Returns whether any had failed. */
bool fail_alloc_stop(void);

/* Blocks that are allocated now. */
long fail_alloc_live(void);

#endif
