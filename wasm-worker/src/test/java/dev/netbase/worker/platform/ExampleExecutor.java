package dev.netbase.worker.platform;

import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.application.TaskExecutor;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The example of {@code docs/how-to/add-an-executor.md}: in the place of containers, it tells what it was to run. That it
 * is a bean is all that it takes to be found.
 */
@Singleton
public class ExampleExecutor implements TaskExecutor {
    @Override
    public AgentType type() {
        return AgentType.CONTAINER;
    }

    @Override
    public Uni<TaskOutcome> execute(TaskCall call, Cancellation cancellation) {
        if (cancellation.reason().isPresent()) {
            return Uni.createFrom().item(TaskOutcome.Failed.before(TaskErrorCode.CANCELLED, "the task was cancelled"));
        }
        String output = "{\"ran\":\"" + call.spec().file().relativePath() + "\",\"with\":"
                + new String(call.input(), StandardCharsets.UTF_8) + "}";
        return Uni.createFrom()
                .item(new TaskOutcome.Completed(
                        output.getBytes(StandardCharsets.UTF_8), new byte[0], TaskOutcome.Usage.NONE));
    }

    /** Leaves out the executor that this one takes the place of: no two may share a type. */
    public static final class Profile implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.arc.exclude-types", "dev.netbase.worker.group.container.RunContainer");
        }
    }
}
