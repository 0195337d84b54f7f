#ifndef REPLAY_PRACTICE_TEXT_H
#define REPLAY_PRACTICE_TEXT_H

/* What the practice server says. */

/* What its thinking model thinks first. */
extern const char PRACTICE_THOUGHTS[];

/* An answer to the last message of a conversation of `messages` messages, `from_user` of them the user's. The caller
 * frees it; NULL: no memory. */
char *practice_text(const char *asked, int messages, int from_user);

#endif
