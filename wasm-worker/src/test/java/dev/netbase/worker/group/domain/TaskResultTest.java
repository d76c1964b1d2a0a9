package dev.netbase.worker.group.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import org.junit.jupiter.api.Test;

class TaskResultTest {
    private static final Claim CLAIM =
            new Claim(new TaskKey("run", 1, 1), "group", 1L, null, "{}", new Lease("worker", 1));

    @Test
    void shouldTellCancelledFromFailed() {
        assertThat(TaskResult.failed(CLAIM, TaskErrorCode.CANCELLED, "").status())
                .isEqualTo(TaskStatus.CANCELLED);
        assertThat(TaskResult.failed(CLAIM, TaskErrorCode.TRAP, "").status()).isEqualTo(TaskStatus.FAILED);
    }

    @Test
    void shouldKeepNoNulInMessages() {
        assertThat(new TaskResult.Failure(TaskErrorCode.TRAP, "a\0b").message()).isEqualTo("a\uFFFDb");
    }

    @Test
    void shouldKeepTheEndOfLongMessages() {
        String message = "x".repeat(10_000) + "the end";

        assertThat(new TaskResult.Failure(TaskErrorCode.EXIT_CODE, message).message())
                .hasSize(TaskResult.MESSAGE_CHARS)
                .startsWith("…x")
                .endsWith("xthe end");
    }
}
