package dev.netbase.model.asset;

import java.util.Locale;

/** What a file of an asset version is. */
public enum FileType {
    WASM,
    CONFIG_JSON,
    SQL_SCRIPT,
    DOCKERFILE,
    README_MD,
    OTHER;

    /** The type of a file whose publisher named none, from the last segment of its relative path. */
    public static FileType infer(String relativePath) {
        String name = relativePath.substring(relativePath.lastIndexOf('/') + 1);
        if (name.equals("Dockerfile")) {
            return DOCKERFILE;
        }
        if (name.equals("README.md")) {
            return README_MD;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".wasm")) {
            return WASM;
        }
        if (lower.endsWith(".json")) {
            return CONFIG_JSON;
        }
        if (lower.endsWith(".sql")) {
            return SQL_SCRIPT;
        }
        return OTHER;
    }
}
