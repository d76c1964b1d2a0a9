package dev.netbase.tools.module;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Values of options that are given as they are, or as {@code @FILE}. */
final class Values {
    private Values() {}

    /**
     * The value.
     *
     * @param what it is, for a person to read
     * @throws ToolException if there is no such file
     */
    static byte[] of(String given, String what) throws IOException {
        if (!given.startsWith("@")) {
            return given.getBytes(UTF_8);
        }
        Path file = Path.of(given.substring(1));
        if (!Files.isRegularFile(file)) {
            throw new ToolException("there is no file " + file + " to take the " + what + " from");
        }
        return Files.readAllBytes(file);
    }
}
