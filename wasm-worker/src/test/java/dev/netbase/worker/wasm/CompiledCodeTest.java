package dev.netbase.worker.wasm;

import static dev.netbase.worker.wasm.Sandboxes.PATIENCE;
import static dev.netbase.worker.wasm.Sandboxes.bytes;
import static dev.netbase.worker.wasm.Sandboxes.compiling;
import static dev.netbase.worker.wasm.Sandboxes.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.task.TaskErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machine code on disk and in a process of its own, as the worker uses both. */
class CompiledCodeTest {
    @TempDir
    Path folder;

    private CodeStats runAll(CompileConfig config, String... guests) throws IOException {
        WasmManager manager = Sandboxes.create(folder.resolve("modules"), 10, 64L << 20, config);
        try {
            for (String guest : guests) {
                ModuleRef ref = Guests.publish(folder.resolve("modules"), guest);
                CompiledModule module = manager.load(ref).await().atMost(PATIENCE);
                assertThat(manager.execute(task(module)).await().atMost(PATIENCE))
                        .isInstanceOf(WasmOutcome.Completed.class);
            }
            return manager.codeStats();
        } finally {
            manager.close();
        }
    }

    private List<Path> entries() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("modules-cache/code"))) {
            return files.filter(file -> file.toString().endsWith(".code")).toList();
        }
    }

    @Test
    void shouldTakeCodeFromDiskAfterARestart() throws IOException {
        assertThat(runAll(compiling(1 << 30), "echo", "cat").compiled()).isEqualTo(2);

        CodeStats restarted = runAll(compiling(1 << 30), "echo", "cat");

        assertThat(restarted.compiled()).isZero();
        assertThat(restarted.storedHits()).isEqualTo(2);
    }

    @Test
    void shouldCompileAgainAndCountWhereCodeOnDiskWasTamperedWith() throws IOException {
        runAll(compiling(1 << 30), "echo");
        Path entry = entries().getFirst();
        byte[] code = Files.readAllBytes(entry);
        code[code.length / 2] ^= 1;
        Files.write(entry, code);

        CodeStats stats = runAll(compiling(1 << 30), "echo");

        assertThat(stats.tampered()).isEqualTo(1);
        assertThat(stats.compiled()).isEqualTo(1);
        assertThat(runAll(compiling(1 << 30), "echo").storedHits()).isEqualTo(1);
    }

    @Test
    void shouldKeepNothingOnDiskWithoutAStore() throws IOException {
        runAll(compiling(0), "echo");

        assertThat(folder.resolve("modules-cache")).doesNotExist();
    }

    @Test
    void shouldRefuseForGoodWhatPassesABoundOfCompiling() throws IOException {
        var tight = new Sandboxes.Compiling(Duration.ofSeconds(300), bytes(4L << 30), bytes(1024), 5, bytes(0));
        WasmManager manager = Sandboxes.create(folder.resolve("modules"), 10, 64L << 20, tight);
        ModuleRef ref = Guests.publish(folder.resolve("modules"), "echo");

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> manager.load(ref).await().atMost(PATIENCE))
                    .isInstanceOfSatisfying(TaskRefusedException.class, refused -> {
                        assertThat(refused.code()).isEqualTo(TaskErrorCode.INVALID_MODULE);
                        assertThat(refused.reason()).contains("over the limit of 1024");
                    });
        }
        assertThat(manager.codeStats().refused()).isEqualTo(1);
        manager.close();
    }

    @Test
    void shouldNameTheSettingThatMakesNoSense() {
        var none = new Sandboxes.Compiling(Duration.ZERO, bytes(1), bytes(1), 5, bytes(0));
        var keen = new Sandboxes.Compiling(Duration.ofSeconds(1), bytes(1), bytes(1), -1, bytes(0));

        assertThatThrownBy(() -> CompileOptions.encode(none, folder)).hasMessageContaining("netbase.compile.timeout");
        assertThatThrownBy(() -> CompileOptions.encode(keen, folder)).hasMessageContaining("netbase.compile.nice");
    }
}
