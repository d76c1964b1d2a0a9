/* How often each word occurs. A word is a run of ASCII letters, in lower case. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

struct words;

struct words *words_new(void);

/* Counts every word of the text. The text must outlive `words`, and is changed to lower case. */
void words_count(struct words *words, char *text, size_t length);

/* The counts as one JSON object, sorted by word. */
char *words_json(struct words *words, size_t *length);

#endif
