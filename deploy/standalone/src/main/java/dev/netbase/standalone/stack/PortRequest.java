package dev.netbase.standalone.stack;

import java.util.OptionalInt;

/**
 * A port that the stack listens on.
 *
 * @param option the command line option that sets it
 * @param wanted the port that was asked for, or none for any free one
 */
public record PortRequest(String option, OptionalInt wanted) {
    /** A port that nobody can set. */
    static PortRequest any() {
        return new PortRequest("", OptionalInt.empty());
    }
}
