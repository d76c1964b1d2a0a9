package dev.netbase.model.file;

import java.util.regex.Pattern;

/** The forms that parts of sources have. */
final class Forms {
    static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    static final Pattern NANOID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    private Forms() {}
}
