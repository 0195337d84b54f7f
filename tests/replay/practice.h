#ifndef REPLAY_PRACTICE_H
#define REPLAY_PRACTICE_H

#include "reply.h"

/* The practice server: an OpenAI-compatible server without a model behind it, for people who have no key yet. */
void practice_answer(const struct http_request *request, struct reply *reply);

#endif
