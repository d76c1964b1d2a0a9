#include "words.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

struct word {
    const char *text; /* NULL in a free slot */
    uint32_t length;
    uint32_t count;
};

/* A hash table with open addressing, at most half full. */
struct words {
    struct word *slots;
    size_t size; /* a power of two */
    size_t used;
};

static uint32_t hash(const char *text, size_t length) {
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++) {
        h = (h ^ (uint8_t)text[i]) * 16777619u;
    }
    return h;
}

static struct word *free_slots(size_t size) {
    struct word *slots = take(size * sizeof *slots);
    memset(slots, 0, size * sizeof *slots);
    return slots;
}

static struct word *find(struct words *words, const char *text, size_t length) {
    size_t i = hash(text, length) & (words->size - 1);
    while (words->slots[i].text
           && (words->slots[i].length != length || memcmp(words->slots[i].text, text, length) != 0)) {
        i = (i + 1) & (words->size - 1);
    }
    return &words->slots[i];
}

static void grow(struct words *words) {
    struct words larger = {free_slots(words->size * 2), words->size * 2, words->used};
    for (size_t i = 0; i < words->size; i++) {
        struct word w = words->slots[i];
        if (w.text) {
            *find(&larger, w.text, w.length) = w;
        }
    }
    free(words->slots);
    *words = larger;
}

static void add(struct words *words, const char *text, size_t length) {
    struct word *word = find(words, text, length);
    if (!word->text) {
        *word = (struct word){text, (uint32_t)length, 0};
        words->used++;
    }
    word->count++;
    if (words->used * 2 > words->size) {
        grow(words);
    }
}

struct words *words_new(void) {
    struct words *words = take(sizeof *words);
    *words = (struct words){free_slots(1024), 1024, 0};
    return words;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void words_count(struct words *words, char *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        size_t start = i;
        while (i < length && is_letter(text[i])) {
            text[i++] |= 'a' - 'A';
        }
        if (i > start) {
            add(words, text + start, i - start);
        } else {
            i++;
        }
    }
}

static int by_text(const void *a, const void *b) {
    const struct word *x = a, *y = b;
    uint32_t common = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->text, y->text, common);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static char *put_number(char *to, uint32_t number) {
    char digits[10];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    while (n) {
        *to++ = digits[--n];
    }
    return to;
}

char *words_json(struct words *words, size_t *length) {
    struct word *sorted = take(words->used * sizeof *sorted);
    size_t n = 0, room = 2;
    for (size_t i = 0; i < words->size; i++) {
        if (words->slots[i].text) {
            sorted[n++] = words->slots[i];
            room += words->slots[i].length + sizeof "\"\":4294967295,";
        }
    }
    qsort(sorted, n, sizeof *sorted, by_text);
    char *json = take(room), *to = json;
    *to++ = '{';
    for (size_t i = 0; i < n; i++) {
        if (i) {
            *to++ = ',';
        }
        *to++ = '"';
        memcpy(to, sorted[i].text, sorted[i].length);
        to += sorted[i].length;
        *to++ = '"';
        *to++ = ':';
        to = put_number(to, sorted[i].count);
    }
    *to++ = '}';
    *length = (size_t)(to - json);
    return json;
}
