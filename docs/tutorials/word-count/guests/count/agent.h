/* What an agent of kind "memory delivery" needs of its host, and the one way to give up. */
#ifndef AGENT_H
#define AGENT_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

/* Writes the message to stderr, where Netbase keeps it as the task's log, and traps. */
_Noreturn void fail(const char *message);

/* Memory that is never given back: an instance lives for one task. Fails when there is none left. */
void *take(size_t size);

/* Packs what run() returns: the place of the output in memory. */
static inline int64_t output_at(const char *text, size_t length) {
    return (int64_t)((uint64_t)(uintptr_t)text << 32 | (uint32_t)length);
}

#endif
