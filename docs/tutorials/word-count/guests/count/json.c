#include "json.h"

#include <stdbool.h>
#include <string.h>

#include "agent.h"

static struct json skip_space(struct json p) {
    while (p.at < p.end && (*p.at == ' ' || *p.at == '\t' || *p.at == '\n' || *p.at == '\r')) {
        p.at++;
    }
    return p;
}

static char peek(struct json p) {
    if (p.at >= p.end) {
        fail("the input JSON ends too early");
    }
    return *p.at;
}

/* Past `c` and the space around it. */
static struct json expect(struct json p, char c) {
    p = skip_space(p);
    if (peek(p) != c) {
        fail("unexpected character in the input JSON");
    }
    p.at++;
    return skip_space(p);
}

static struct json skip_string(struct json p) {
    p.at++;
    while (peek(p) != '"') {
        p.at += *p.at == '\\' ? 2 : 1;
    }
    p.at++;
    return p;
}

/* Past one value of any kind. Brackets are counted, not matched: the host hands over valid JSON. */
static struct json skip_value(struct json p) {
    int depth = 0;
    p = skip_space(p);
    do {
        char c = peek(p);
        if (c == '"') {
            p = skip_string(p);
        } else {
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            p.at++;
        }
    } while (depth > 0);
    while (p.at < p.end && !strchr(",}] \t\r\n", *p.at)) {
        p.at++;
    }
    return skip_space(p);
}

static bool is_name(struct json string, const char *name) {
    size_t length = strlen(name);
    return (size_t)(string.end - string.at) > length + 1 && memcmp(string.at + 1, name, length) == 0
        && string.at[length + 1] == '"';
}

struct json json_member(struct json object, const char *name) {
    struct json p = expect(object, '{');
    while (peek(p) == '"') {
        struct json key = p;
        p = expect(skip_string(p), ':');
        if (is_name(key, name)) {
            return p;
        }
        p = skip_value(p);
        if (peek(p) == ',') {
            p = expect(p, ',');
        }
    }
    fail("the input JSON lacks a member: it needs file, chunk.start and chunk.end");
}

int64_t json_integer(struct json value) {
    const int64_t most = INT64_C(1) << 53;
    int64_t number = 0;
    struct json p = value;
    while (p.at < p.end && *p.at >= '0' && *p.at <= '9') {
        number = number * 10 + (*p.at++ - '0');
        if (number > most) {
            fail("a number in the input JSON is too large");
        }
    }
    if (p.at == value.at || (p.at < p.end && (*p.at == '.' || *p.at == 'e' || *p.at == 'E'))) {
        fail("expected a whole number, zero or more, in the input JSON");
    }
    return number;
}

void json_string(struct json value, char *to, size_t size) {
    size_t length = 0;
    struct json p = value;
    if (peek(p) != '"') {
        fail("expected a string in the input JSON");
    }
    for (p.at++; peek(p) != '"'; p.at++) {
        if (*p.at == '\\') {
            p.at++;
            if (peek(p) != '"' && *p.at != '\\' && *p.at != '/') {
                fail("a file's name has an escape that this agent does not read");
            }
        }
        if (length + 1 >= size) {
            fail("a string in the input JSON is too long");
        }
        to[length++] = *p.at;
    }
    to[length] = '\0';
}
