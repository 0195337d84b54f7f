#include "practice_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char PRACTICE_THOUGHTS[] = "The user wants to see how reasoning streams. No model is behind me, so I will say "
				 "something short and honest, then answer. ";

static const char WELCOME[] =
	"# Hello from the practice server\n\n"
	"This answer streams from a small server **on your own machine**. No model is behind it, nothing left this "
	"computer, and the cost you see is play money.\n\n"
	"To talk to BeansAI, leave the editor, set your key and start again:\n\n"
	"```sh\nexport BEANS_API_KEY=sk-beans-...\n```\n\n"
	"Any other OpenAI-compatible server works too: set the option `base_url` (see `:help beans-options`).\n\n"
	"Until then, try this:\n\n"
	"- write a second message below and send it with `<CR>`\n"
	"- stop an answer in the middle with `<C-c>`\n"
	"- ask for an answer anew with `gr`\n"
	"- ask for *code*, and yank it with `gy`\n"
	"- press `g?` for all keys\n";

static const char CODE[] =
	"Here is a small function, as an example of a code block:\n\n"
	"```lua\n--- The n-th Fibonacci number.\n---@param n integer\n---@return integer\n"
	"local function fibonacci(n)\n  local a, b = 0, 1\n  for _ = 1, n do\n    a, b = b, a + b\n  end\n"
	"  return a\nend\n```\n\n"
	"It runs in linear time and constant space. Put the cursor inside the block and press `gy` to yank it.\n";

static const char EXPLAIN[] =
	"## What happens when you press enter\n\n"
	"1. The chat's text becomes a list of messages; what stands in the buffer is what is sent.\n"
	"2. A thread of its own sends it over a connection that stays warm.\n"
	"3. Pieces of the answer come back as an event stream, and are put into this buffer some thirty times a "
	"second.\n\n"
	"> The editor never waits for the network. Try it: scroll, edit or split the window while I write.\n\n"
	"Unicode arrives whole, too: naïve café, 日本語, 🫘.\n";

/* Goes on with code of most languages. */
static const char COMPLETION[] = "return result";

/* What is written where nothing stands. */
static const char GENERATED[] = "```\nwritten by the practice server\n```\n";

static bool mentions(const char *asked, const char *const *words)
{
	for (; *words; words++)
		if (strcasestr(asked, *words))
			return true;
	return false;
}

/* The first fenced block in the text, without its fences. *len is its length. NULL: there is none. */
static const char *fenced(const char *text, size_t *len)
{
	const char *fence = strstr(text, "```");
	const char *begin = fence ? strchr(fence, '\n') : NULL;
	const char *end = begin ? strstr(++begin, "```") : NULL;
	*len = end ? (size_t)(end - begin) : 0;
	return end ? begin : NULL;
}

/* The text that a rewrite is about: what is fenced below the words that say so, or anywhere. */
static const char *subject(const char *asked, size_t *len)
{
	const char *said = strstr(asked, "\nThe text, ");
	return fenced(said ? said : asked, len);
}

/* How a comment begins in the language of a fenced block; the fence stands before the code. */
static const char *comment_mark(const char *code)
{
	const char *info = code - 1;
	while (info[-1] != '`')
		info--;
	if (strncmp(info, "lua", 3) == 0 || strncmp(info, "sql", 3) == 0)
		return "-- ";
	return strncmp(info, "py", 2) == 0 || strncmp(info, "sh", 2) == 0 || strncmp(info, "vim", 3) == 0 ? "# "
													  : "// ";
}

/* A rewrite: the code that was sent, with the first letter of each comment raised, or with a comment where there is
 * none, so that the change is seen. */
static char *rewritten(const char *code, size_t len)
{
	char *text = NULL;
	bool has_comment = false;
	int indent = (int)strspn(code, " \t");
	if (asprintf(&text, "```\n%.*s```\n", (int)len, code) < 0)
		return NULL;
	for (char *at = text; *at; at++) {
		bool comment = strncmp(at, "-- ", 3) == 0 || strncmp(at, "// ", 3) == 0 || strncmp(at, "# ", 2) == 0;
		char *letter = at + (at[0] == '#' ? 2 : 3);
		if (comment) {
			has_comment = true;
			*letter = (char)toupper((unsigned char)*letter);
		}
	}
	if (has_comment)
		return text;
	free(text);
	const char *form = "```\n%.*s%sthe practice server was here\n%.*s```\n";
	return asprintf(&text, form, indent, code, comment_mark(code), (int)len, code) < 0 ? NULL : text;
}

static char *follow_up(const char *asked, int messages)
{
	char *text = NULL;
	int n = asprintf(&text,
		"This is answer to message %d of our conversation: the whole of it, %d messages, came along with your "
		"question.\n\nYou wrote:\n\n> %.200s\n\nA real model would know what to say to that. I only know that "
		"it "
		"has **%zu characters**, and that you can edit any message above and send again.\n",
		messages, messages, asked, strlen(asked));
	for (char *at = n > 0 ? strstr(text, "\n> ") + 3 : NULL; at && *at && strncmp(at, "\n\nA real", 8) != 0; at++)
		if (*at == '\n')
			*at = ' '; /* the quote is one line */
	return n > 0 ? text : NULL;
}

static bool wants_completion(const char *instructions, const char *asked)
{
	static const char *const complete_words[] = {"complet", NULL};
	static const char *const cursor_words[] = {"cursor", NULL};
	return (mentions(instructions, complete_words) || mentions(asked, complete_words)) &&
	       (mentions(instructions, cursor_words) || mentions(asked, cursor_words));
}

char *practice_text(const char *instructions, const char *before, const char *asked, int messages, int from_user)
{
	static const char *const code_words[] = {"code", "function", "write", "example", NULL};
	static const char *const explain_words[] = {"explain", "how ", "why", "what", NULL};
	static const char *const rewrite_words[] = {"rewrite", "refactor", "fix", "change", NULL};
	static const char *const title_words[] = {"a title", NULL};
	size_t len;
	const char *block = subject(asked, &len);
	if (mentions(instructions, title_words))
		return strdup("A first chat with Beans");
	if (block && (mentions(instructions, rewrite_words) || mentions(asked, rewrite_words)))
		return rewritten(block, len);
	if (mentions(instructions, rewrite_words)) {
		block = fenced(before, &len);
		return block ? rewritten(block, len) : strdup(GENERATED);
	}
	if (wants_completion(instructions, asked))
		return strdup(COMPLETION);
	if (from_user <= 1)
		return strdup(WELCOME);
	if (mentions(asked, code_words))
		return strdup(CODE);
	if (mentions(asked, explain_words))
		return strdup(EXPLAIN);
	return follow_up(asked, messages);
}
