package dev.netbase.api.platform.validation;

/** What names and descriptions may be, as regular expressions with the words that explain them. */
public final class Names {
    /** A name that is only shown and compared. */
    public static final String FREE = "(?!\\s)[^\\p{Cc}\\p{Cs}]{1,200}(?<!\\s)";

    public static final String FREE_RULE =
            "must have 1 to 200 characters, no control characters, and no space at either end";

    /** A name that stands in URLs and messages. */
    public static final String PLAIN = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";

    public static final String PLAIN_RULE =
            "must have 1 to 128 letters, digits, '.', '_' or '-', and not begin with '.' or '-'";

    /** What a database keeps as text: anything but NUL. */
    public static final String TEXT = "[^\\x00]*";

    public static final String TEXT_RULE = "must not contain NUL";

    /** The longest description, in characters. */
    public static final int MAX_DESCRIPTION = 4_000;

    public static final String DESCRIPTION_RULE = "must not have more than 4000 characters";

    private Names() {}
}
