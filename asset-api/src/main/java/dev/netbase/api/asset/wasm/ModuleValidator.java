package dev.netbase.api.asset.wasm;

import dev.netbase.api.asset.wasm.CoreModule.ExternalKind;
import dev.netbase.api.asset.wasm.CoreModule.Import;
import dev.netbase.api.asset.wasm.CoreModule.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Says whether the sandbox can run a WebAssembly file, and as what. */
public final class ModuleValidator {
    private static final FunctionType ALLOC = FunctionType.of("(i32)->i32");
    private static final FunctionType RUN = FunctionType.of("(i32,i32)->i64");
    private static final FunctionType DEALLOC = FunctionType.of("(i32,i32)->");
    private static final FunctionType NOTHING = FunctionType.of("()->");

    private static final int MAX_MEMORIES = 16;
    private static final int MAGIC = 0x0061_736d;
    private static final int CORE = 0x0100_0000;
    private static final int COMPONENT = 0x0d00_0100;
    private static final int PREAMBLE_BYTES = 8;
    private static final int TEXT_PROBE_BYTES = 512;

    private final long maxMemoryBytes;

    /** @param maxMemoryBytes the operator's cap on the initial size of all memories of a module together */
    public ModuleValidator(long maxMemoryBytes) {
        this.maxMemoryBytes = maxMemoryBytes;
    }

    /**
     * Checks a file; reads it piece by piece and leaves the channel open.
     *
     * @throws InvalidModuleException if the sandbox cannot run it; the message completes "FILE …"
     * @throws IOException if it cannot be read
     */
    public ModuleKind validate(FileChannel channel) throws IOException, InvalidModuleException {
        if (isComponent(channel)) {
            ComponentReader.check(afterPreamble(channel));
            return ModuleKind.COMPONENT;
        }
        return core(CoreModuleReader.read(afterPreamble(channel)));
    }

    /**
     * Whether a file is a component, by its preamble; if not, it is a core module.
     *
     * @throws InvalidModuleException if it is neither
     */
    static boolean isComponent(FileChannel channel) throws IOException, InvalidModuleException {
        BinaryReader in = new BinaryReader(channel);
        if (in.size() < PREAMBLE_BYTES || int32(in) != MAGIC) {
            throw new InvalidModuleException(notBinary(channel));
        }
        return switch (int32(in)) {
            case CORE -> false;
            case COMPONENT -> true;
            default -> throw new InvalidModuleException("is of an unknown version of the WebAssembly format");
        };
    }

    /** A reader of what follows the preamble. */
    static BinaryReader afterPreamble(FileChannel channel) throws IOException, InvalidModuleException {
        BinaryReader in = new BinaryReader(channel);
        in.skip(PREAMBLE_BYTES, "the preamble");
        return in;
    }

    /** Whether the sandbox gives an import, as it is named and typed. */
    static boolean isGiven(Import imported) {
        return preview1(imported).filter(type -> type.equals(imported.type())).isPresent();
    }

    private static Optional<FunctionType> preview1(Import imported) {
        return Preview1.MODULE.equals(imported.module()) && imported.kind() == ExternalKind.FUNCTION
                ? Preview1.type(imported.name())
                : Optional.empty();
    }

    /** The same order as the engine's: memory delivery if all of it is there, else a command. */
    private ModuleKind core(CoreModule module) throws InvalidModuleException {
        checkImports(module);
        checkMemories(module);
        if (hasMemory(module) && has(module, "alloc", ALLOC) && has(module, "run", RUN)) {
            if (module.exports().containsKey("dealloc")) {
                require(module, "dealloc", DEALLOC);
            }
            if (module.exports().containsKey("_initialize")) {
                require(module, "_initialize", NOTHING);
            }
            return ModuleKind.MEMORY_DELIVERY;
        }
        if (has(module, "_start", NOTHING)) {
            return ModuleKind.COMMAND;
        }
        throw new InvalidModuleException(missing(module));
    }

    private static String missing(CoreModule module) throws InvalidModuleException {
        if (module.exports().containsKey("_start")) {
            require(module, "_start", NOTHING);
        }
        if (module.exports().containsKey("alloc") && module.exports().containsKey("run")) {
            require(module, "alloc", ALLOC);
            require(module, "run", RUN);
            return "exports alloc and run, but no memory of the name 'memory'";
        }
        return "exports neither memory, alloc and run, nor _start, so the sandbox could not start it";
    }

    private static void checkImports(CoreModule module) throws InvalidModuleException {
        Set<String> refused = new LinkedHashSet<>();
        for (Import imported : module.imports()) {
            String name = imported.module() + "." + imported.name();
            Optional<FunctionType> type = preview1(imported);
            if (type.isEmpty()) {
                refused.add(name);
            } else if (!type.get().equals(imported.type())) {
                throw new InvalidModuleException(
                        "imports " + name + " as " + imported.type() + ", but it is " + type.get());
            }
        }
        if (!refused.isEmpty()) {
            throw new InvalidModuleException(
                    "imports " + String.join(", ", refused) + ", which the sandbox does not give");
        }
    }

    private void checkMemories(CoreModule module) throws InvalidModuleException {
        if (module.memories().size() > MAX_MEMORIES) {
            throw new InvalidModuleException("has more than " + MAX_MEMORIES + " memories");
        }
        long left = maxMemoryBytes;
        for (Memory memory : module.memories()) {
            if (memory.shared()) {
                throw new InvalidModuleException("has a shared memory, which the sandbox does not give");
            }
            if (memory.wide()) {
                throw new InvalidModuleException("has a 64-bit memory, which the sandbox does not give");
            }
            if (memory.minBytes() > left) {
                throw new InvalidModuleException(
                        "begins with more memory than the operator's cap of " + maxMemoryBytes + " bytes");
            }
            left -= memory.minBytes();
        }
    }

    private static boolean hasMemory(CoreModule module) {
        CoreModule.Export memory = module.exports().get("memory");
        return memory != null && memory.kind() == ExternalKind.MEMORY;
    }

    private static boolean has(CoreModule module, String function, FunctionType type) {
        return module.function(function).filter(type::equals).isPresent();
    }

    private static void require(CoreModule module, String function, FunctionType type) throws InvalidModuleException {
        Optional<FunctionType> actual = module.function(function);
        if (actual.isEmpty()) {
            throw new InvalidModuleException("exports '" + function + "', but not as a function");
        }
        if (!actual.get().equals(type)) {
            throw new InvalidModuleException(
                    "exports '" + function + "' as " + actual.get() + ", but it must be " + type);
        }
    }

    private static int int32(BinaryReader in) throws IOException, InvalidModuleException {
        return in.u8() << 24 | in.u8() << 16 | in.u8() << 8 | in.u8();
    }

    private static String notBinary(FileChannel channel) throws IOException {
        if (channel.size() == 0) {
            return "is empty";
        }
        ByteBuffer start = ByteBuffer.allocate(TEXT_PROBE_BYTES);
        channel.read(start, 0);
        start.flip();
        while (start.hasRemaining()) {
            int b = start.get() & 0xff;
            if (b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f') {
                return "is not a WebAssembly binary: it does not begin with \\0asm";
            }
        }
        return "is text, not a WebAssembly binary; compile it first, for example with wat2wasm";
    }
}
