package dev.netbase.api.asset.wasm;

import dev.netbase.api.asset.wasm.CoreModule.ExternalKind;
import dev.netbase.api.asset.wasm.CoreModule.Import;
import dev.netbase.api.asset.wasm.CoreModule.Memory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the sections of a core module. What decides whether the sandbox takes it is read in full; the rest must only
 * have its place, its order and its length right. Whether the code itself is valid, the engine says.
 */
final class CoreModuleReader {
    private static final int CUSTOM = 0;
    private static final int TYPE = 1;
    private static final int IMPORT = 2;
    private static final int FUNCTION = 3;
    private static final int MEMORY = 5;
    private static final int EXPORT = 7;
    private static final int CODE = 10;

    /** Section ids in the order in which sections may come: tags before globals, the data count before the code. */
    private static final List<Integer> ORDER = List.of(1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11);

    private static final long PAGE_BYTES = 65_536;
    private static final long MAX_PAGES = 65_536;

    private final BinaryReader in;
    private List<@Nullable FunctionType> types = List.of();
    private final List<Import> imports = new ArrayList<>();
    /** Type indices of all functions, imported ones first. */
    private final List<Long> functions = new ArrayList<>();

    private final List<Memory> memories = new ArrayList<>();
    private final Map<String, CoreModule.Export> exports = new LinkedHashMap<>();
    private int importedFunctions;
    private int bodies;

    private CoreModuleReader(BinaryReader in) {
        this.in = in;
    }

    /** Reads a module whose magic number and version have been read. */
    static CoreModule read(BinaryReader in) throws IOException, InvalidModuleException {
        CoreModuleReader reader = new CoreModuleReader(in);
        reader.sections();
        return new CoreModule(reader.imports, reader.exports, reader.memories);
    }

    private void sections() throws IOException, InvalidModuleException {
        int rank = -1;
        while (!in.atEnd()) {
            int id = in.u8();
            String what = "section " + id;
            long outer = in.enter(in.u32(), what);
            if (id == CUSTOM) {
                in.name();
                in.skipToEnd();
            } else {
                int next = ORDER.indexOf(id);
                if (next < 0) {
                    throw new InvalidModuleException("has an unknown section " + id);
                }
                if (next <= rank) {
                    throw new InvalidModuleException("has section " + id + " twice or out of order");
                }
                rank = next;
                section(id);
            }
            in.leave(outer, what);
        }
        if (bodies != functions.size() - importedFunctions) {
            throw new InvalidModuleException(
                    "declares " + (functions.size() - importedFunctions) + " functions, but has code for " + bodies);
        }
    }

    private void section(int id) throws IOException, InvalidModuleException {
        switch (id) {
            case TYPE -> types = TypeSection.read(in);
            case IMPORT -> imports();
            case FUNCTION -> {
                int count = in.count("functions");
                for (int i = 0; i < count; i++) {
                    functions.add(in.u32());
                }
            }
            case MEMORY -> {
                int count = in.count("memories");
                for (int i = 0; i < count; i++) {
                    memories.add(memory());
                }
            }
            case EXPORT -> exports();
            case CODE -> {
                bodies = in.count("function bodies");
                for (int i = 0; i < bodies; i++) {
                    in.skip(in.u32(), "a function body");
                }
            }
            default -> in.skipToEnd();
        }
    }

    private void imports() throws IOException, InvalidModuleException {
        int count = in.count("imports");
        for (int i = 0; i < count; i++) {
            String module = in.name();
            String name = in.name();
            ExternalKind kind = kind(in.u8());
            FunctionType type = null;
            switch (kind) {
                case FUNCTION -> {
                    long index = in.u32();
                    functions.add(index);
                    importedFunctions++;
                    type = type(index);
                }
                case TABLE -> {
                    TypeSection.skipValueType(in);
                    skipLimits();
                }
                case MEMORY -> memories.add(memory());
                case GLOBAL -> {
                    TypeSection.skipValueType(in);
                    in.u8();
                }
                case TAG -> {
                    in.u8();
                    in.u32();
                }
            }
            imports.add(new Import(module, name, kind, type));
        }
    }

    private void exports() throws IOException, InvalidModuleException {
        int count = in.count("exports");
        for (int i = 0; i < count; i++) {
            String name = in.name();
            ExternalKind kind = kind(in.u8());
            long index = in.u32();
            if (kind == ExternalKind.MEMORY && index >= memories.size()) {
                throw new InvalidModuleException("exports '" + name + "', a memory that it does not have");
            }
            FunctionType type = kind == ExternalKind.FUNCTION ? functionType(name, index) : null;
            if (exports.put(name, new CoreModule.Export(kind, type)) != null) {
                throw new InvalidModuleException("exports '" + name + "' twice");
            }
        }
    }

    private @Nullable FunctionType functionType(String name, long index) throws InvalidModuleException {
        if (index >= functions.size()) {
            throw new InvalidModuleException("exports '" + name + "', a function that it does not have");
        }
        return type(functions.get((int) index));
    }

    private @Nullable FunctionType type(long index) throws InvalidModuleException {
        if (index >= types.size()) {
            throw new InvalidModuleException("has a function of type " + index + ", which it does not define");
        }
        return types.get((int) index);
    }

    private Memory memory() throws IOException, InvalidModuleException {
        int flags = limitFlags();
        boolean wide = (flags & 4) != 0;
        long pages = wide ? in.u64() : in.u32();
        if ((flags & 1) != 0) {
            long max = wide ? in.u64() : in.u32();
            if (max < pages) {
                throw new InvalidModuleException("has a memory whose maximum is below its minimum");
            }
        }
        if (!wide && pages > MAX_PAGES) {
            throw new InvalidModuleException("has a memory of " + pages + " pages; " + MAX_PAGES + " are possible");
        }
        long bytes = pages > Long.MAX_VALUE / PAGE_BYTES ? Long.MAX_VALUE : pages * PAGE_BYTES;
        return new Memory(bytes, (flags & 2) != 0, wide);
    }

    private void skipLimits() throws IOException, InvalidModuleException {
        int flags = limitFlags();
        in.u64();
        if ((flags & 1) != 0) {
            in.u64();
        }
    }

    private int limitFlags() throws IOException, InvalidModuleException {
        int flags = in.u8();
        if (flags > 7) {
            throw new InvalidModuleException("has limits with unknown flags 0x" + Integer.toHexString(flags));
        }
        return flags;
    }

    private ExternalKind kind(int code) throws InvalidModuleException {
        ExternalKind[] kinds = ExternalKind.values();
        if (code >= kinds.length) {
            throw new InvalidModuleException("imports or exports an unknown kind " + code);
        }
        return kinds[code];
    }
}
