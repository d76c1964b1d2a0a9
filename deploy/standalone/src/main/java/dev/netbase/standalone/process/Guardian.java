package dev.netbase.standalone.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ends the children when their supervisor is killed: a small shell that waits at the other end of a pipe. If the pipe
 * closes without a word, the supervisor is gone and everything recorded is killed, as a power failure would; the next
 * start recovers. Processes left without a supervisor would hold ports and files against whoever comes next.
 */
public final class Guardian implements AutoCloseable {
    /**
     * PostgreSQL's postmaster takes its backends with it on SIGQUIT; on SIGKILL it could not. The others go with all that
     * they started, where each leads a session of its own.
     */
    private static final String WATCH = """
            trap '' HUP INT TERM
            if read -r word; then exit 0; fi
            for record in "$0"/*.pid; do
              read -r pid <"$record" 2>/dev/null || continue
              case $record in
                */postgres.pid) kill -QUIT "$pid" ;;
                *) kill -s KILL -- "-$pid" || kill -s KILL "$pid" ;;
              esac
            done
            """;

    private final Process shell;

    private Guardian(Process shell) {
        this.shell = shell;
    }

    /**
     * Starts watching this process.
     *
     * @param records the directory of this supervisor's pid records, one {@code NAME.pid} for each child
     */
    public static Guardian watch(Path records) throws IOException {
        List<String> command = Launcher.inOwnSession(List.of("sh", "-c", WATCH, records.toString()));
        return new Guardian(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Sends the guardian home: all children have been stopped in good order. */
    @Override
    public void close() {
        try (OutputStream pipe = shell.getOutputStream()) {
            pipe.write('\n');
        } catch (IOException e) {
            shell.destroyForcibly();
        }
        try {
            if (!shell.waitFor(1, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
