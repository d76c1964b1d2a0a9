package dev.netbase.standalone.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What running processes were started as. */
public final class CommandLines {
    private CommandLines() {}

    /**
     * Program and arguments with blanks between them; empty if it cannot be seen. Where the system shows the whole of
     * it, the whole: Java's own view stops at a page of arguments.
     */
    public static String of(ProcessHandle process) {
        Path cmdline = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        try {
            return new String(Files.readAllBytes(cmdline), StandardCharsets.UTF_8).replace('\0', ' ');
        } catch (IOException e) {
            return process.info().commandLine().orElse("");
        }
    }
}
