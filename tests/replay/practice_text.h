#ifndef REPLAY_PRACTICE_TEXT_H
#define REPLAY_PRACTICE_TEXT_H

/* What the practice server says. */

/* What its thinking model thinks first. */
extern const char PRACTICE_THOUGHTS[];

/* An answer to the last message of a conversation of `messages` messages, `from_user` of them the user's, under the
 * instructions of a system prompt: a rewrite where a fenced block is to be changed, code alone where something is to be
 * completed at the cursor. `before` is the message before it, or "". The caller frees it; NULL: no memory. */
char *practice_text(const char *instructions, const char *before, const char *asked, int messages, int from_user);

#endif
