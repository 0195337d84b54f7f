#ifndef REPLAY_RECORD_H
#define REPLAY_RECORD_H

#include "http.h"

/* Writes down what clients send, when `--record DIR` was given. Thread-safe. */

/* Sets the folder; NULL: nothing is recorded. */
void record_open(const char *path);

/* Records a request whose body was read, and returns its number (1, 2, …). */
unsigned record_request(const struct connection *connection, const struct http_request *request);

/* Records that the client left before the answer to request `number` was complete. */
void record_aborted(unsigned number);

#endif
