package dev.netbase.standalone.letters;

import dev.netbase.standalone.process.StartupException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which letters of a partition have been replayed: all below an offset, and some above it. Kept as the committed offset
 * of a consumer group and its metadata, so that nothing but the broker is needed to remember.
 */
final class ReplayedMarks {
    /** A broker takes 4,096 bytes of metadata by default. */
    static final int MAX_TEXT = 4_000;

    private long below;
    private final TreeSet<Long> above = new TreeSet<>();

    private ReplayedMarks(long below) {
        this.below = below;
    }

    /** No letter has been replayed. */
    static ReplayedMarks none() {
        return new ReplayedMarks(0);
    }

    /**
     * Reads what was committed.
     *
     * @param below the committed offset
     * @param text the metadata: offsets and ranges of offsets, {@code 7,9-12}
     */
    static ReplayedMarks read(long below, String text) {
        ReplayedMarks marks = new ReplayedMarks(below);
        for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
            String[] ends = part.split("-", -1);
            try {
                long last = Long.parseLong(ends[ends.length - 1]);
                for (long offset = Long.parseLong(ends[0]); offset <= last; offset++) {
                    marks.add(offset);
                }
            } catch (NumberFormatException e) {
                throw new StartupException("The marks of replayed dead letters cannot be read: '" + text
                        + "'. Reset the offsets of the group " + DeadLetterTopic.GROUP + ".");
            }
        }
        return marks;
    }

    /** Whether the letter at this offset has been replayed. */
    boolean contains(long offset) {
        return offset < below || above.contains(offset);
    }

    void add(long offset) {
        if (!contains(offset)) {
            above.add(offset);
            settle();
        }
    }

    /** Letters below this offset have expired; what was marked of them need not be remembered. */
    void expire(long beginning) {
        below = Math.max(below, beginning);
        above.headSet(below).clear();
        settle();
    }

    private void settle() {
        while (above.remove(below)) {
            below++;
        }
    }

    /** Everything below it has been replayed. */
    long below() {
        return below;
    }

    /**
     * What was replayed above {@link #below}.
     *
     * @throws StartupException if that is too much to be remembered
     */
    String text() {
        List<String> parts = new ArrayList<>();
        @Nullable Long first = null;
        long last = 0;
        for (long offset : above) {
            if (first != null && offset == last + 1) {
                last = offset;
                continue;
            }
            addRange(parts, first, last);
            first = offset;
            last = offset;
        }
        addRange(parts, first, last);
        String text = String.join(",", parts);
        if (text.length() > MAX_TEXT) {
            throw new StartupException("Too many single dead letters have been replayed between others that were not:"
                    + " replay the oldest ones first.");
        }
        return text;
    }

    private static void addRange(List<String> parts, @Nullable Long first, long last) {
        if (first != null) {
            parts.add(first == last ? Long.toString(first) : first + "-" + last);
        }
    }
}
