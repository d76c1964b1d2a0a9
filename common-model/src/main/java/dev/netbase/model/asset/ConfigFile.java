package dev.netbase.model.asset;

import java.util.List;
import java.util.Locale;

/** Which program the file {@code X.config.json} configures. */
public final class ConfigFile {
    private static final String SUFFIX = ".config.json";

    private ConfigFile() {}

    /**
     * What a file configures, if it is there: the first of {@code X.wasm} and {@code X} that is a program.
     *
     * @param path of the file, or its name alone
     * @return paths beside it; none if it is not named as such a file
     */
    public static List<String> candidates(String path) {
        if (!path.toLowerCase(Locale.ROOT).endsWith(SUFFIX)) {
            return List.of();
        }
        String stem = path.substring(0, path.length() - SUFFIX.length());
        return List.of(stem + ".wasm", stem);
    }
}
