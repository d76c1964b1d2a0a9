package dev.netbase.api.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes small WebAssembly binaries for tests, byte by byte, so that wrong ones can be written too. */
public final class Wasm {
    private static final byte[] CORE = {0, 'a', 's', 'm', 1, 0, 0, 0};

    private final List<byte[]> types = new ArrayList<>();
    private final List<byte[]> imports = new ArrayList<>();
    private final List<byte[]> functions = new ArrayList<>();
    private final List<byte[]> memories = new ArrayList<>();
    private final List<byte[]> exports = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private int functionCount;

    /** A module that gives back its input: kind 1. */
    public static byte[] echo() {
        return memoryDelivery().build();
    }

    /** A module of kind 1, to be changed. */
    public static Wasm memoryDelivery() {
        return new Wasm()
                .memory(0, 1)
                .exportMemory("memory", 0)
                .function("alloc", "i", "i")
                .function("run", "ii", "I");
    }

    /** A module of kind 2, to be changed; imports must be added before. */
    public Wasm command() {
        return memory(0, 1).exportMemory("memory", 0).function("_start", "", "");
    }

    /** Imports a function; parameters and results as letters: i, I, f, F for i32, i64, f32, f64. */
    public Wasm importFunction(String module, String name, String parameters, String results) {
        imports.add(bytes(name(module), name(name), new byte[] {0}, leb(type(parameters, results))));
        functionCount++;
        return this;
    }

    /** Imports a memory. */
    public Wasm importMemory(String module, String name) {
        imports.add(bytes(name(module), name(name), new byte[] {2, 0, 1}));
        return this;
    }

    /** Defines and exports a function that does nothing. */
    public Wasm function(String name, String parameters, String results) {
        functions.add(leb(type(parameters, results)));
        exports.add(bytes(name(name), new byte[] {0}, leb(functionCount++)));
        bodies.add(new byte[] {3, 0, 0, 0x0b});
        return this;
    }

    /** Defines a memory with the flags of its limits. */
    public Wasm memory(int flags, int pages) {
        memories.add(
                (flags & 1) == 0
                        ? bytes(new byte[] {(byte) flags}, leb(pages))
                        : bytes(new byte[] {(byte) flags}, leb(pages), leb(pages)));
        return this;
    }

    /** Exports a memory. */
    public Wasm exportMemory(String name, int index) {
        exports.add(bytes(name(name), new byte[] {2}, leb(index)));
        return this;
    }

    /** The module. */
    public byte[] build() {
        return bytes(
                CORE,
                section(1, types),
                section(2, imports),
                section(3, functions),
                section(5, memories),
                section(7, exports),
                section(10, bodies));
    }

    /** A component with imports and exports of instances of these names. */
    public static byte[] component(List<String> imports, List<String> exports) {
        return bytes(
                new byte[] {0, 'a', 's', 'm', 0x0d, 0, 1, 0},
                section(
                        10,
                        imports.stream()
                                .map(name -> bytes(new byte[] {0}, name(name), new byte[] {5, 0}))
                                .toList()),
                section(
                        11,
                        exports.stream()
                                .map(name -> bytes(new byte[] {0}, name(name), new byte[] {5, 0, 0}))
                                .toList()));
    }

    /** A section of items. */
    public static byte[] section(int id, List<byte[]> items) {
        if (items.isEmpty()) {
            return new byte[0];
        }
        byte[] content = bytes(leb(items.size()), bytes(items.toArray(byte[][]::new)));
        return bytes(new byte[] {(byte) id}, leb(content.length), content);
    }

    /** Bytes one after the other. */
    public static byte[] bytes(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }

    private int type(String parameters, String results) {
        types.add(bytes(new byte[] {0x60}, valueTypes(parameters), valueTypes(results)));
        return types.size() - 1;
    }

    private static byte[] valueTypes(String letters) {
        byte[] codes = new byte[letters.length()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = switch (letters.charAt(i)) {
                case 'i' -> 0x7f;
                case 'I' -> 0x7e;
                case 'f' -> 0x7d;
                case 'F' -> 0x7c;
                default -> throw new IllegalArgumentException(letters);
            };
        }
        return bytes(leb(codes.length), codes);
    }

    private static byte[] name(String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        return bytes(leb(utf8.length), utf8);
    }

    private static byte[] leb(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rest = value;
        do {
            int b = rest & 0x7f;
            rest >>>= 7;
            out.write(rest == 0 ? b : b | 0x80);
        } while (rest != 0);
        return out.toByteArray();
    }
}
