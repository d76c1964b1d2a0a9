package dev.netbase.api.asset.wasm;

import static dev.netbase.api.testing.Wasm.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.api.testing.Wasm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleValidatorTest {
    private static final long CAP = 1 << 20;
    private static final String WASI = "wasi_snapshot_preview1";

    @TempDir
    Path folder;

    @Test
    void shouldTellTheKindsApartByTheirExports() throws Exception {
        assertThat(validate(Wasm.echo())).isEqualTo(ModuleKind.MEMORY_DELIVERY);
        assertThat(validate(Wasm.memoryDelivery()
                        .function("dealloc", "ii", "")
                        .function("_initialize", "", "")
                        .build()))
                .isEqualTo(ModuleKind.MEMORY_DELIVERY);
        assertThat(validate(new Wasm().command().build())).isEqualTo(ModuleKind.COMMAND);
        assertThat(validate(Wasm.component(List.of("wasi:cli/stdin@0.2.3"), List.of("wasi:cli/run@0.2.3"))))
                .isEqualTo(ModuleKind.COMPONENT);
        assertThat(validate(Wasm.component(List.of(), List.of("netbase:agent/task"))))
                .isEqualTo(ModuleKind.COMPONENT);
    }

    @Test
    void shouldTakeComponentsThatImportSockets() throws Exception {
        byte[] ordinary = Wasm.component(
                List.of("wasi:sockets/tcp@0.2.0", "wasi:sockets/udp-create-socket@0.2.12", "wasi:io/poll@0.2.6"),
                List.of("wasi:cli/run@0.2.6"));

        assertThat(validate(ordinary)).isEqualTo(ModuleKind.COMPONENT);
    }

    @Test
    void shouldTakeImportsFromPreview1WithTheirTypes() throws Exception {
        byte[] module = new Wasm()
                .importFunction(WASI, "fd_write", "iiii", "i")
                .importFunction(WASI, "proc_exit", "i", "")
                .importFunction(WASI, "fd_seek", "iIii", "i")
                .importFunction(WASI, "sock_accept", "iii", "i")
                .command()
                .build();

        assertThat(validate(module)).isEqualTo(ModuleKind.COMMAND);
    }

    @Test
    void shouldNameImportsThatTheSandboxDoesNotGive() {
        assertRefused(
                new Wasm()
                        .importFunction("env", "system", "i", "i")
                        .importFunction(WASI, "fd_explode", "", "")
                        .importMemory("js", "mem")
                        .command()
                        .build(),
                "env.system",
                WASI + ".fd_explode",
                "js.mem");
        assertRefused(
                new Wasm().importFunction(WASI, "fd_write", "i", "i").command().build(), "fd_write as (i32)->i32");
        assertRefused(new Wasm().importMemory(WASI, "memory").command().build(), WASI + ".memory");
        assertRefused(
                Wasm.component(
                        List.of(
                                "wasi:http/outgoing-handler@0.2.0",
                                "wasi:clocks/timezone@0.2.0",
                                "wasi:cli/stdin@0.3.0"),
                        List.of("wasi:cli/run@0.2.0")),
                "wasi:http/outgoing-handler@0.2.0",
                "wasi:clocks/timezone@0.2.0",
                "wasi:cli/stdin@0.3.0");
    }

    @Test
    void shouldSayWhatAnEntryLacks() {
        assertRefused(new Wasm().memory(0, 1).build(), "exports neither");
        assertRefused(
                new Wasm()
                        .function("alloc", "i", "i")
                        .function("run", "ii", "I")
                        .build(),
                "no memory");
        assertRefused(
                new Wasm()
                        .memory(0, 1)
                        .exportMemory("memory", 0)
                        .function("alloc", "i", "i")
                        .function("run", "i", "I")
                        .build(),
                "'run' as (i32)->i64",
                "(i32,i32)->i64");
        assertRefused(new Wasm().function("_start", "i", "").build(), "'_start' as (i32)->");
        assertRefused(Wasm.memoryDelivery().function("dealloc", "i", "").build(), "'dealloc'");
        assertRefused(Wasm.component(List.of(), List.of("wasi:http/incoming-handler@0.2.0")), "exports neither");
    }

    @Test
    void shouldRefuseMemoriesThatTheSandboxCannotGive() {
        assertRefused(
                new Wasm()
                        .memory(0, 17)
                        .exportMemory("memory", 0)
                        .function("_start", "", "")
                        .build(),
                "cap of 1048576");
        assertRefused(
                new Wasm()
                        .memory(0, 10)
                        .memory(0, 10)
                        .function("_start", "", "")
                        .build(),
                "cap of 1048576");
        assertRefused(new Wasm().memory(3, 1).function("_start", "", "").build(), "shared memory");
        assertRefused(new Wasm().memory(4, 1).function("_start", "", "").build(), "64-bit memory");
    }

    @Test
    void shouldTellTextFromBinary() {
        assertRefused("(module (func (export \"_start\")))".getBytes(StandardCharsets.UTF_8), "is text");
        assertRefused(new byte[0], "is empty");
        assertRefused(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0}, "not a WebAssembly binary");
        assertRefused(new byte[] {0, 'a', 's', 'm', 2, 0, 0, 0}, "unknown version");
    }

    @Test
    void shouldRefuseAModuleThatIsCutShortAnywhere() {
        byte[] whole = Wasm.memoryDelivery().function("dealloc", "ii", "").build();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> validate(part)).as("%d bytes", length).isInstanceOf(InvalidModuleException.class);
        }
    }

    @Test
    void shouldRefuseSectionsOutOfOrderOrRepeated() {
        byte[] whole = Wasm.echo();
        byte[] typeSection = Wasm.section(1, List.of(new byte[] {0x60, 0, 0}));
        assertRefused(bytes(whole, typeSection), "section 1 twice or out of order");
        assertRefused(bytes(whole, new byte[] {99, 0}), "unknown section 99");
        assertRefused(bytes(whole, new byte[] {0, 5, 9, 'x', 'x', 'x', 'x'}), "name of 9 bytes");
    }

    @Test
    void shouldSkipCustomSectionsAndData() throws Exception {
        byte[] custom = {0, 4, 2, 'a', 'b', 7};
        byte[] data = {11, 3, 1, 0, 0x41};

        assertThat(validate(bytes(Wasm.echo(), data, custom, custom))).isEqualTo(ModuleKind.MEMORY_DELIVERY);
    }

    @Test
    void shouldRefuseNumbersThatAreTooLong() {
        byte[] magic = {0, 'a', 's', 'm', 1, 0, 0, 0};
        byte b = (byte) 0x80;
        assertRefused(bytes(magic, new byte[] {1, b, b, b, b, b, 1}), "number out of range");
        assertRefused(bytes(magic, new byte[] {1, b, b, b, b, 0x10}), "number out of range");
    }

    @Test
    void shouldAnswerAnyBytesWithAResultOrARefusal() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] whole = Wasm.memoryDelivery().function("dealloc", "ii", "").build();
        for (int i = 0; i < 5_000; i++) {
            byte[] changed = whole.clone();
            for (int change = 0; change <= random.nextInt(3); change++) {
                changed[8 + random.nextInt(changed.length - 8)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(validate(changed)).as("seed %d", seed).isNotNull();
            } catch (InvalidModuleException e) {
                assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
            }
        }
    }

    private void assertRefused(byte[] module, String... parts) {
        assertThatThrownBy(() -> validate(module))
                .isInstanceOf(InvalidModuleException.class)
                .hasMessageContainingAll(parts);
    }

    private ModuleKind validate(byte[] module) throws IOException, InvalidModuleException {
        Path file = Files.write(folder.resolve("module.wasm"), module);
        try (FileChannel channel = FileChannel.open(file)) {
            return new ModuleValidator(CAP).validate(channel);
        }
    }
}
