package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.task.AgentType;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.testing.TestCalls;
import java.nio.file.Path;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskLogTest {
    @TempDir
    Path modules;

    private static String fields() {
        return MDC.get("run_id") + " " + MDC.get("group_id");
    }

    @Test
    void shouldHaveTheFieldsWhileATaskIsWorkedOnAndThoseFromBeforeAfterwards() {
        TaskCall call = new TestCalls(modules).call(AgentType.SQL, "a.sql", "select 1", "{}", "{}");

        String during = TaskLog.during(call, () -> {
            TaskLog.about("other", "another", () -> assertThat(fields()).isEqualTo("other another"));
            return fields();
        });

        assertThat(during).isEqualTo("run group-1");
        assertThat(fields()).isEqualTo("null null");
        assertThatThrownBy(() -> TaskLog.during(call, () -> {
                    throw new IllegalStateException("of the task's");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(fields()).isEqualTo("null null");
    }
}
