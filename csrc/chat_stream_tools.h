#ifndef BEANS_CHAT_STREAM_TOOLS_H
#define BEANS_CHAT_STREAM_TOOLS_H

#include "chat_stream.h"

/* The part of the decoder that puts tool calls together, and what both parts share. For chat_stream.c alone. */

/* U+FFFD takes three bytes where one malformed byte stood. */
#define CLEAN_MAX (3 * CHAT_ANSWER_MAX + 16)

/* Takes the pieces of a chunk. In a whole message each element is a call of its own, in a stream it may continue one.
 */
void chat_stream_take_tools(struct chat_stream *chat, const cJSON *pieces, bool whole);

/* Gives the calls to the sink, in order. Does nothing where the decoder has failed. */
void chat_stream_hand_out_tools(struct chat_stream *chat);

/* Gives the memory of the calls back. */
void chat_stream_free_tools(struct chat_stream *chat);

/* Ends the answer with a failure. */
void chat_stream_fail(struct chat_stream *chat, enum failure_kind kind, const char *message);

/* Ends it because there is no memory. */
void chat_stream_no_memory(struct chat_stream *chat);

/* Ends it because it is longer than CHAT_ANSWER_MAX. */
void chat_stream_too_large(struct chat_stream *chat);

/* Whether it has ended so. */
bool chat_stream_failed(const struct chat_stream *chat);

/* Counts bytes of the answer. Returns how many of them are within the limit; where those are fewer, it ends there. */
size_t chat_stream_within_limit(struct chat_stream *chat, size_t len);

/* Whether there is nothing but white space. */
bool chat_stream_is_blank(const char *data, size_t len);

#endif
