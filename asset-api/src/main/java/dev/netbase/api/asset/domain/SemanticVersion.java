package dev.netbase.api.asset.domain;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of Semantic Versioning 2.0.0, strictly: no leading {@code v}, no leading zeros.
 *
 * @param text the version as published
 * @param precedence a text that sorts, byte by byte, as SemVer's precedence does; equal for versions that differ only by
 *     build metadata
 */
public record SemanticVersion(String text, String precedence) {
    /** The longest version, in characters: it names a folder. */
    public static final int MAX_LENGTH = 200;

    private static final String NUMBER = "(?:0|[1-9][0-9]*)";
    private static final String PRERELEASE_IDENTIFIER = "(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)";
    private static final Pattern GRAMMAR = Pattern.compile("(" + NUMBER + ")\\.(" + NUMBER + ")\\.(" + NUMBER + ")"
            + "(?:-(" + PRERELEASE_IDENTIFIER + "(?:\\." + PRERELEASE_IDENTIFIER + ")*))?"
            + "(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");

    /** Sorts after the first character of every pre-release identifier. */
    private static final char RELEASE = '~';

    /** Sorts before every character of an identifier, so that fewer identifiers come first. */
    private static final char NEXT_IDENTIFIER = ' ';

    /** The version that a text is, or empty if it is none. */
    public static Optional<SemanticVersion> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        StringBuilder precedence = new StringBuilder();
        for (int part = 1; part <= 3; part++) {
            appendNumber(precedence, matcher.group(part));
        }
        String prerelease = matcher.group(4);
        if (prerelease == null) {
            precedence.append(RELEASE);
        } else {
            appendPrerelease(precedence, prerelease);
        }
        return Optional.of(new SemanticVersion(text, precedence.toString()));
    }

    private static void appendPrerelease(StringBuilder precedence, String prerelease) {
        String[] identifiers = prerelease.split("\\.", -1);
        for (int i = 0; i < identifiers.length; i++) {
            if (i > 0) {
                precedence.append(NEXT_IDENTIFIER);
            }
            if (DIGITS.matcher(identifiers[i]).matches()) {
                // numbers come before words
                precedence.append('0');
                appendNumber(precedence, identifiers[i]);
            } else {
                precedence.append('1').append(identifiers[i]);
            }
        }
    }

    /** The count of digits first, so that longer numbers come later. */
    private static void appendNumber(StringBuilder precedence, String digits) {
        precedence.append(String.format("%02x", digits.length())).append(digits);
    }
}
