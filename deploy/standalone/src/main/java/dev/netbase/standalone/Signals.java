package dev.netbase.standalone;

import java.util.List;
import sun.misc.Signal;

/** Ctrl-C, SIGTERM and a closed terminal, as a call instead of as the end of the JVM. */
final class Signals {
    private Signals() {}

    /** Runs {@code stop} for each such signal, on a thread of the JVM's. A signal that was ignored from the start stays so. */
    static void onStop(Runnable stop) {
        for (String name : List.of("INT", "TERM", "HUP")) {
            Signal.handle(new Signal(name), _ -> stop.run());
        }
    }
}
