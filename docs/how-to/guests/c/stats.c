/* Answers count, sum, least and greatest of the numbers that are its input. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT(name) __attribute__((export_name(name)))

/* The message goes to stderr, which Netbase keeps as the task's log; the trap fails the task. */
_Noreturn static void fail(const char *message) {
    write(STDERR_FILENO, message, strlen(message));
    __builtin_trap();
}

/* Called by the host: room for the input. Nothing is given back, an instance lives for one task. */
EXPORT("alloc") void *host_alloc(uint32_t length) {
    void *memory = malloc(length ? length : 1);
    if (!memory) {
        fail("out of memory\n");
    }
    return memory;
}

static const char *skip_spaces(const char *at) {
    return at + strspn(at, " \t\r\n");
}

/* Called by the host with the input; answers where the output is: its place, then its length. */
EXPORT("run") int64_t run(const char *input, uint32_t length) {
    static char output[256];
    char *text = host_alloc(length + 1);
    memcpy(text, input, length);
    text[length] = '\0';

    double sum = 0, min = 0, max = 0;
    int count = 0;
    const char *at = skip_spaces(text);
    do {
        if (*at != (count ? ',' : '[')) {
            fail("the input must be a list of numbers\n");
        }
        char *end;
        double number = strtod(at + 1, &end);
        if (end == at + 1) {
            fail("the input must be a list of numbers\n");
        }
        sum += number;
        min = count && min < number ? min : number;
        max = count && max > number ? max : number;
        count++;
        at = skip_spaces(end);
    } while (*at != ']');

    int written = snprintf(
        output, sizeof output, "{\"count\":%d,\"sum\":%.17g,\"min\":%.17g,\"max\":%.17g}", count, sum, min, max);
    return (int64_t)((uint64_t)(uintptr_t)output << 32 | (uint32_t)written);
}
