/*
 * Counts the words in one byte range of a file of the package.
 *
 *   input   {"file": "data/austen.txt", "chunk": {"start": 0, "end": 167693}}
 *   output  {"a": 543, "abandon": 1, …}
 *
 * An agent of kind "memory delivery": the host calls alloc(), writes the input there, calls run()
 * and reads the output where run() says. Files come through WASI all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "json.h"
#include "words.h"

#define MOST_BYTES (16 << 20) /* of a range: half of the memory that count.config.json allows */

static char *read_range(const char *path, int64_t start, int64_t end) {
    if (end < start || end - start > MOST_BYTES) {
        fail("the range must have 0 to 16 MiB");
    }
    size_t length = (size_t)(end - start), done = 0;
    char *text = take(length);
    int file = open(path, O_RDONLY);
    if (file < 0) {
        fail(errno == ENOENT ? "the package has no such file" : "the file cannot be opened");
    }
    while (done < length) {
        ssize_t n = pread(file, text + done, length - done, (off_t)(start + (int64_t)done));
        if (n <= 0) {
            fail(n == 0 ? "the range ends after the file" : "the file cannot be read");
        }
        done += (size_t)n;
    }
    close(file);
    return text;
}

EXPORT("run") int64_t run(const char *input, uint32_t input_length) {
    struct json json = {input, input + input_length};
    struct json chunk = json_member(json, "chunk");
    int64_t start = json_integer(json_member(chunk, "start"));
    int64_t end = json_integer(json_member(chunk, "end"));
    char path[512] = "/asset/";
    size_t prefix = strlen(path);
    json_string(json_member(json, "file"), path + prefix, sizeof path - prefix);

    char *text = read_range(path, start, end);
    struct words *words = words_new();
    words_count(words, text, (size_t)(end - start));
    size_t length;
    const char *output = words_json(words, &length);
    return output_at(output, length);
}
