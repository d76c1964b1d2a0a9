package dev.netbase.api.asset.wasm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the names that a component imports and exports at its top level, and checks them: the world {@code
 * wasi:cli/imports} of WASI 0.2, and an entry that the sandbox knows. Sockets may be imported, as ordinary components do,
 * but the sandbox denies every one. What is inside, the engine checks.
 */
final class ComponentReader {
    private static final int CUSTOM = 0;
    private static final int IMPORT = 10;
    private static final int EXPORT = 11;
    private static final int LAST_SECTION = 12;

    private static final Pattern ENTRY =
            Pattern.compile("wasi:cli/run@0\\.2\\.[0-9]+|netbase:agent/task(?:@[0-9A-Za-z.+-]+)?");
    private static final Pattern VERSION = Pattern.compile("(.+)@0\\.2\\.[0-9]+");

    /** What the sandbox's linker has, in any version 0.2.x. */
    private static final Set<String> ALLOWED_IMPORTS = Set.of(
            "wasi:cli/environment",
            "wasi:cli/exit",
            "wasi:cli/stderr",
            "wasi:cli/stdin",
            "wasi:cli/stdout",
            "wasi:cli/terminal-input",
            "wasi:cli/terminal-output",
            "wasi:cli/terminal-stderr",
            "wasi:cli/terminal-stdin",
            "wasi:cli/terminal-stdout",
            "wasi:clocks/monotonic-clock",
            "wasi:clocks/wall-clock",
            "wasi:filesystem/preopens",
            "wasi:filesystem/types",
            "wasi:io/error",
            "wasi:io/poll",
            "wasi:io/streams",
            "wasi:random/insecure",
            "wasi:random/insecure-seed",
            "wasi:random/random",
            "wasi:sockets/instance-network",
            "wasi:sockets/ip-name-lookup",
            "wasi:sockets/network",
            "wasi:sockets/tcp",
            "wasi:sockets/tcp-create-socket",
            "wasi:sockets/udp",
            "wasi:sockets/udp-create-socket");

    private final BinaryReader in;
    private final List<String> imports = new ArrayList<>();
    private final List<String> exports = new ArrayList<>();

    private ComponentReader(BinaryReader in) {
        this.in = in;
    }

    /** Checks a component whose preamble has been read. */
    static void check(BinaryReader in) throws IOException, InvalidModuleException {
        Names names = names(in);
        List<String> refused =
                names.imports().stream().filter(name -> !isGiven(name)).toList();
        if (!refused.isEmpty()) {
            throw new InvalidModuleException(
                    "imports " + String.join(", ", refused) + ", which the sandbox does not give");
        }
        if (names.exports().stream().noneMatch(name -> ENTRY.matcher(name).matches())) {
            throw new InvalidModuleException(
                    "is a component, but exports neither wasi:cli/run@0.2 nor netbase:agent/task");
        }
    }

    /** What a component imports and exports, by name and in order. */
    record Names(List<String> imports, List<String> exports) {}

    /** Reads the names of a component whose preamble has been read. */
    static Names names(BinaryReader in) throws IOException, InvalidModuleException {
        ComponentReader reader = new ComponentReader(in);
        reader.sections();
        return new Names(reader.imports, reader.exports);
    }

    /** Whether the sandbox gives an import of this name. */
    static boolean isGiven(String name) {
        Matcher versioned = VERSION.matcher(name);
        return versioned.matches() && ALLOWED_IMPORTS.contains(versioned.group(1));
    }

    private void sections() throws IOException, InvalidModuleException {
        while (!in.atEnd()) {
            int id = in.u8();
            String what = "component section " + id;
            if (id > LAST_SECTION) {
                throw new InvalidModuleException("has an unknown " + what);
            }
            long outer = in.enter(in.u32(), what);
            switch (id) {
                case CUSTOM -> {
                    in.name();
                    in.skipToEnd();
                }
                case IMPORT -> imports();
                case EXPORT -> exports();
                default -> in.skipToEnd();
            }
            in.leave(outer, what);
        }
    }

    private void imports() throws IOException, InvalidModuleException {
        int count = in.count("imports");
        for (int i = 0; i < count; i++) {
            imports.add(externalName());
            externalDescription();
        }
    }

    private void exports() throws IOException, InvalidModuleException {
        int count = in.count("exports");
        for (int i = 0; i < count; i++) {
            exports.add(externalName());
            sort();
            in.u32();
            if (in.u8() == 1) {
                externalDescription();
            }
        }
    }

    /** A name, plain or with a version suffix. */
    private String externalName() throws IOException, InvalidModuleException {
        int form = in.u8();
        if (form > 2) {
            throw new InvalidModuleException("has an import or export name of an unknown form " + form);
        }
        String name = in.name();
        if (form == 2) {
            int options = in.count("name options");
            for (int i = 0; i < options; i++) {
                in.u8();
                in.name();
            }
        }
        return name;
    }

    private void sort() throws IOException, InvalidModuleException {
        if (in.u8() == 0) {
            in.u8();
        }
    }

    private void externalDescription() throws IOException, InvalidModuleException {
        int form = in.u8();
        switch (form) {
            case 0 -> {
                in.u8();
                in.u32();
            }
            case 1, 4, 5 -> in.u32();
            case 2 -> valueBound();
            case 3 -> {
                if (in.u8() == 0) {
                    in.u32();
                }
            }
            default -> throw new InvalidModuleException("has an import or export of an unknown kind " + form);
        }
    }

    private void valueBound() throws IOException, InvalidModuleException {
        if (in.u8() == 0) {
            in.u32();
        } else {
            in.s33();
        }
    }
}
