#ifndef TEST_RIG_H
#define TEST_RIG_H

#include <stdbool.h>
#include <stddef.h>

#include "engine.h"
#include "server.h"

/* An engine, a replay server, and what came of each request: everything that a test of the engine needs. Each event is
 * checked against the protocol as it comes: known request, nothing after the terminal event. */

/* One request and what came of it so far. */
struct exchange {
	uint64_t id;
	struct buf text;
	size_t pieces, reasonings, calls, headers, terminals;
	char call[256];         /* the last tool call: id name arguments */
	enum event_type ending; /* of the terminal event */
	struct outcome outcome;
};

#define RIG_EXCHANGES 512

struct rig {
	struct server server;
	struct engine *engine;
	struct exchange *exchanges[RIG_EXCHANGES];
	size_t count;
};

#define RIG_KEY "sk-beans-secret"
#define RIG_BODY "{\"model\":\"m\",\"messages\":[]}"

/* For cmocka: setup and teardown; *state is the rig. */
int rig_setup(void **state);
int rig_teardown(void **state);

/* A chat request to a script, with short time-outs. `url` is where its address is kept. */
struct request_spec rig_spec(const struct rig *rig, const char *script, char *url, size_t size);

/* Sends a request; fails the test when it is refused. The exchange lives as long as the rig. */
struct exchange *rig_ask_spec(struct rig *rig, const struct request_spec *spec);
struct exchange *rig_ask(struct rig *rig, const char *script);

/* Takes the events that wait, at most `max` (0: all). Returns how many there were. */
size_t rig_drain(struct rig *rig, size_t max);

/* Each waits for 20 s at most, then fails the test: until the exchange has ended, has text, has a header; until all
 * have ended. */
void rig_wait_end(struct rig *rig, const struct exchange *exchange);
void rig_wait_text(struct rig *rig, const struct exchange *exchange);
void rig_wait_headers(struct rig *rig, const struct exchange *exchange);
void rig_wait_all(struct rig *rig);

/* Asks and waits for the end. */
struct exchange *rig_run(struct rig *rig, const char *script);

/* Checks of what came of it. */
void assert_done(const struct exchange *exchange, const char *text);
void assert_failed(const struct exchange *exchange, enum failure_kind kind, const char *text, const char *message);

/* Milliseconds of the monotonic clock. */
double rig_now_ms(void);

#endif
