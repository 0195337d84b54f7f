#include "fail_alloc.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

/* What the C library itself calls. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void __libc_free(void *block);

#define INTERPOSED __attribute__((visibility("default")))

static atomic_ulong allocations, failing_from;
static atomic_bool for_good_now, has_failed;
static atomic_long live;

void fail_alloc_start(unsigned long nth, bool for_good)
{
	atomic_store(&allocations, 0);
	atomic_store(&has_failed, false);
	atomic_store(&for_good_now, for_good);
	atomic_store(&failing_from, nth);
}

bool fail_alloc_stop(void)
{
	atomic_store(&failing_from, 0);
	return atomic_load(&has_failed);
}

long fail_alloc_live(void)
{
	return atomic_load(&live);
}

static bool fails(void)
{
	unsigned long from = atomic_load(&failing_from);
	if (from == 0)
		return false;
	unsigned long number = atomic_fetch_add(&allocations, 1) + 1;
	if (number != from && !(number > from && atomic_load(&for_good_now)))
		return false;
	atomic_store(&has_failed, true);
	errno = ENOMEM;
	return true;
}

static void *counted(void *block)
{
	if (block)
		atomic_fetch_add(&live, 1);
	return block;
}

INTERPOSED void *malloc(size_t size)
{
	return fails() ? NULL : counted(__libc_malloc(size));
}

INTERPOSED void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : counted(__libc_calloc(count, size));
}

INTERPOSED void *realloc(void *block, size_t size)
{
	if (fails())
		return NULL;
	void *moved = __libc_realloc(block, size);
	return block ? moved : counted(moved);
}

INTERPOSED void free(void *block)
{
	if (block)
		atomic_fetch_sub(&live, 1);
	__libc_free(block);
}
