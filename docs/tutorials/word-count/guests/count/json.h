/* Just enough JSON to read an agent's input: find a member, read an integer or a short string. */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>
#include <stdint.h>

/* A place inside a JSON text: from `at` up to, but without, `end`. */
struct json {
    const char *at;
    const char *end;
};

/* The value of the member `name` of the object that starts at `object`. Fails if there is none. */
struct json json_member(struct json object, const char *name);

/* The integer, zero or more, that starts here. Fails on anything else and past 2^53. */
int64_t json_integer(struct json value);

/* Copies the string that starts here, with a closing NUL, into `to`. Fails if it does not fit in `size` bytes. */
void json_string(struct json value, char *to, size_t size);

#endif
