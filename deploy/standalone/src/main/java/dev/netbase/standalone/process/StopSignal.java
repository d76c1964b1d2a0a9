package dev.netbase.standalone.process;

import java.io.IOException;

/** How a process is asked to end in good order. */
public enum StopSignal {
    /** SIGTERM. */
    TERMINATE,
    /** SIGINT, which PostgreSQL takes as a fast shutdown; its SIGTERM waits until every client has left. */
    INTERRUPT;

    /** Asks the process to end. Does nothing if it has ended already. */
    void send(ProcessHandle process) {
        switch (this) {
            case TERMINATE -> process.destroy();
            case INTERRUPT -> kill("INT", process);
        }
    }

    /** Sends a signal for which Java has no call. */
    static void kill(String signal, ProcessHandle process) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
