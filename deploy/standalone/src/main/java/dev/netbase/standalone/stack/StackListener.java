package dev.netbase.standalone.stack;

import java.io.PrintStream;

/** Tells a person what the stack is doing, one line at a time. */
@FunctionalInterface
public interface StackListener {
    void say(String line);

    /** Prints each line with the program's name before it. */
    static StackListener printingTo(PrintStream stream) {
        return line -> stream.println("netbase: " + line);
    }
}
