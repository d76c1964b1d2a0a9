package dev.netbase.api.asset.wasm;

import java.util.List;
import java.util.Optional;

/**
 * What a file is as a module.
 *
 * @param kind how it would be run; empty if it is refused
 * @param refusal why publishing refuses it, completing "FILE …"
 * @param imports in their order; as far as they could be read
 * @param exports in their order, likewise
 * @param memories the initial sizes of a core module's memories, in bytes
 */
public record ModuleReport(
        Optional<ModuleKind> kind,
        Optional<String> refusal,
        List<Imported> imports,
        List<Exported> exports,
        List<Long> memories) {
    public ModuleReport {
        imports = List.copyOf(imports);
        exports = List.copyOf(exports);
        memories = List.copyOf(memories);
    }

    /**
     * @param name with the module or package it is imported from
     * @param type of a function, or the kind of another thing
     * @param allowed whether the sandbox gives it
     */
    public record Imported(String name, String type, boolean allowed) {}

    /** @param type of a function, or the kind of another thing */
    public record Exported(String name, String type) {}
}
