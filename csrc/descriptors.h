#ifndef BEANS_DESCRIPTORS_H
#define BEANS_DESCRIPTORS_H

#include <stdbool.h>

/*
 * Keeps what a library opens for itself from the editor's child processes, where the library has no option for it:
 *
 *	descriptors_note(&before);
 *	… calls that may open something …
 *	descriptors_close_on_exec(&before);
 *
 * Looks at the lowest free descriptor and those after it, because the system gives out the lowest that is free.
 */
#define DESCRIPTORS_WATCHED 64

struct descriptors {
	int first;
	bool open[DESCRIPTORS_WATCHED];
};

/* Notes which descriptors are open. */
void descriptors_note(struct descriptors *before);

/* Marks all that were opened since as close-on-exec, and touches no others. */
void descriptors_close_on_exec(const struct descriptors *before);

#endif
