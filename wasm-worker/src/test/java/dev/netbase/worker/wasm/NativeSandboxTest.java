package dev.netbase.worker.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.task.TaskErrorCode;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NativeSandboxTest {
    private static final byte[] NOTHING = {};
    private static final byte[] COMPILE = CompileOptions.encode(Sandboxes.compiling(0), Path.of("unused"));

    @BeforeAll
    static void load() {
        NativeLibrary.load(Optional.empty());
    }

    @Test
    void shouldNumberOutcomesAsTheLibraryDoes() {
        assertThat(NativeSandbox.outcomeNames())
                .containsExactly(
                        "COMPLETED",
                        "OUT_OF_FUEL",
                        "OUT_OF_MEMORY",
                        "TIMEOUT",
                        "TRAP",
                        "STACK_OVERFLOW",
                        "EXIT_CODE",
                        "OUTPUT_TOO_LARGE",
                        "INPUT_TOO_LARGE",
                        "WORKSPACE_FULL",
                        "TABLE_LIMIT",
                        "INVALID_MODULE",
                        "INVALID_OUTPUT",
                        "CANCELLED",
                        "HOST_ERROR");
        assertThat(SandboxEngine.failures(NativeSandbox.outcomeNames()).get(3)).isEqualTo(TaskErrorCode.TRAP);
    }

    @Test
    void shouldRefuseALibraryWithOutcomesThatAreNoErrorCodes() {
        assertThatThrownBy(() -> SandboxEngine.failures(new String[] {"COMPLETED", "UNHEARD_OF"}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SandboxEngine.failures(new String[] {"OK"})).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldSendEveryLimit() {
        Set<TaskLimit> ofGuests = EnumSet.complementOf(EnumSet.of(TaskLimit.CPU_MILLIS, TaskLimit.PIDS));
        assertThat(TaskOptions.LIMITS).containsExactlyInAnyOrderElementsOf(ofGuests);
    }

    @Test
    void shouldThrowForHandlesThatAreClosedOrWereNeverOpen() {
        long sandbox = NativeSandbox.create(1, 1, 1, 1 << 20, 10, COMPILE);
        NativeSandbox.close(sandbox);

        for (long handle : List.of(sandbox, 0L, -1L, Long.MAX_VALUE)) {
            assertThatThrownBy(() -> NativeSandbox.close(handle)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> NativeSandbox.cancel(handle, 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> NativeSandbox.release(handle, 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> NativeSandbox.submit(handle, 1, NOTHING, NOTHING, (a, b, c, d, e) -> {}))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldThrowForModulesThatWereReleasedAndOptionsThatAreNone() {
        long sandbox = NativeSandbox.create(1, 1, 1, 1 << 20, 10, COMPILE);

        assertThatThrownBy(() -> NativeSandbox.submit(sandbox, 7, NOTHING, NOTHING, (a, b, c, d, e) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("released");
        assertThatThrownBy(() -> NativeSandbox.create(1, 1, 1, 1, 1, NOTHING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("compiling");
        assertThatThrownBy(() -> NativeSandbox.compile(sandbox, NOTHING, "../x", (a, b, c, d, e, f) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("checksum");
        assertThatThrownBy(() -> NativeSandbox.create(0, 1, 1, 1, 1, COMPILE))
                .isInstanceOf(IllegalArgumentException.class);
        NativeSandbox.close(sandbox);
    }
}
