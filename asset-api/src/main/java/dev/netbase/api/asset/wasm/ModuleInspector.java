package dev.netbase.api.asset.wasm;

import dev.netbase.api.asset.wasm.CoreModule.ExternalKind;
import dev.netbase.api.asset.wasm.ModuleReport.Exported;
import dev.netbase.api.asset.wasm.ModuleReport.Imported;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows what {@link ModuleValidator} judges by. */
public final class ModuleInspector {
    private final ModuleValidator validator;

    /** @param maxMemoryBytes the operator's cap on the initial size of all memories of a module together */
    public ModuleInspector(long maxMemoryBytes) {
        validator = new ModuleValidator(maxMemoryBytes);
    }

    /**
     * Reads a file as publishing does, and leaves the channel open.
     *
     * @throws IOException if it cannot be read
     */
    public ModuleReport inspect(FileChannel channel) throws IOException {
        Optional<ModuleKind> kind = Optional.empty();
        Optional<String> refusal = Optional.empty();
        try {
            kind = Optional.of(validator.validate(channel));
        } catch (InvalidModuleException e) {
            refusal = Optional.of(String.valueOf(e.getMessage()));
        }
        try {
            return ModuleValidator.isComponent(channel)
                    ? component(ComponentReader.names(ModuleValidator.afterPreamble(channel)), kind, refusal)
                    : core(CoreModuleReader.read(ModuleValidator.afterPreamble(channel)), kind, refusal);
        } catch (InvalidModuleException e) {
            return new ModuleReport(kind, refusal, List.of(), List.of(), List.of());
        }
    }

    private static ModuleReport core(CoreModule module, Optional<ModuleKind> kind, Optional<String> refusal) {
        return new ModuleReport(
                kind,
                refusal,
                module.imports().stream()
                        .map(each -> new Imported(
                                each.module() + "." + each.name(),
                                describe(each.kind(), each.type()),
                                ModuleValidator.isGiven(each)))
                        .toList(),
                module.exports().entrySet().stream()
                        .map(each -> new Exported(
                                each.getKey(),
                                describe(each.getValue().kind(), each.getValue().type())))
                        .toList(),
                module.memories().stream().map(CoreModule.Memory::minBytes).toList());
    }

    private static ModuleReport component(
            ComponentReader.Names names, Optional<ModuleKind> kind, Optional<String> refusal) {
        return new ModuleReport(
                kind,
                refusal,
                names.imports().stream()
                        .map(name -> new Imported(name, "", ComponentReader.isGiven(name)))
                        .toList(),
                names.exports().stream().map(name -> new Exported(name, "")).toList(),
                List.of());
    }

    private static String describe(ExternalKind kind, @Nullable FunctionType type) {
        return type == null ? kind.name().toLowerCase(Locale.ROOT) : type.toString();
    }
}
