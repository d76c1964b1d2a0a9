package dev.netbase.standalone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where things are, from what the script and the user's environment say. */
final class StackSettings {
    /** A first start on a slow machine takes a minute. */
    static final Duration STARTS_WITHIN = Duration.ofMinutes(4);

    private StackSettings() {}

    /** The root of the source tree: what the script says, else where the command is run. */
    static Path home() {
        return Path.of(System.getProperty("netbase.home", ".")).toAbsolutePath().normalize();
    }

    static Path defaultData() {
        return userHome().resolve(".local/share/netbase");
    }

    /** For what can be unpacked again at any time. */
    static Path programs() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(path -> path.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> userHome().resolve(".cache"))
                .resolve("netbase");
    }

    /** As the shell sees it; Java's own answer ignores {@code HOME}. */
    private static Path userHome() {
        return Path.of(Optional.ofNullable(System.getenv("HOME")).orElseGet(() -> System.getProperty("user.home")));
    }
}
