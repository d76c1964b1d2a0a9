package dev.netbase.api.asset.wasm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a core module asks for and offers.
 *
 * @param exports by name
 */
record CoreModule(List<Import> imports, Map<String, Export> exports, List<Memory> memories) {
    /** The kinds of things that are imported and exported, in the order of their codes. */
    enum ExternalKind {
        FUNCTION,
        TABLE,
        MEMORY,
        GLOBAL,
        TAG
    }

    /**
     * @param type of a function; null for other kinds and for types that are not functions'
     */
    record Import(
            String module,
            String name,
            ExternalKind kind,
            @Nullable FunctionType type) {}

    /** @param type of a function; null for other kinds */
    record Export(ExternalKind kind, @Nullable FunctionType type) {}

    /** @param minBytes the initial size; {@link Long#MAX_VALUE} if it is larger */
    record Memory(long minBytes, boolean shared, boolean wide) {}

    /** The type of an exported function, or empty if no function of this name is exported. */
    Optional<FunctionType> function(String name) {
        Export export = exports.get(name);
        return export != null && export.kind() == ExternalKind.FUNCTION
                ? Optional.ofNullable(export.type())
                : Optional.empty();
    }
}
