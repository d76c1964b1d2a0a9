package dev.netbase.api.platform.paging;

import dev.netbase.api.platform.problem.ProblemException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which page of a list is wanted.
 *
 * @param page 0-based, up to 10 million
 * @param size 1 to 200
 */
public record PageRequest(int page, int size) {
    /** The size of a page where the caller names none. */
    public static final int DEFAULT_SIZE = 20;

    /** The largest page. */
    public static final int MAX_SIZE = 200;

    private static final int MAX_PAGE = 10_000_000;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    /**
     * The page that query parameters ask for; absent ones mean the first page of the default size.
     *
     * @throws ProblemException {@code invalid-request} if one is not a number or out of bounds
     */
    public static PageRequest parse(@Nullable String page, @Nullable String size) {
        return new PageRequest(number("page", page, 0, 0, MAX_PAGE), number("size", size, DEFAULT_SIZE, 1, MAX_SIZE));
    }

    /** How many items come before this page. */
    public long offset() {
        return (long) page * size;
    }

    private static int number(String name, @Nullable String text, int absent, int min, int max) {
        if (text == null) {
            return absent;
        }
        if (NUMBER.matcher(text).matches()) {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw ProblemException.invalidField(name, "must be a whole number from " + min + " to " + max);
    }
}
