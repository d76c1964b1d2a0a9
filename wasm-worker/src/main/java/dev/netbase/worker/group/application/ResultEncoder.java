package dev.netbase.worker.group.application;

import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult;
import jakarta.inject.Singleton;
import java.io.IOException;
import org.jboss.logging.Logger;

/** Makes of an outcome what is written about the task; a large output goes to the artifact store. */
@Singleton
public class ResultEncoder {
    private static final Logger LOG = Logger.getLogger(ResultEncoder.class);
    private final ValueReferences values;

    public ResultEncoder(ValueReferences values) {
        this.values = values;
    }

    /** The result of a claimed task. Blocks on storage. */
    TaskResult encode(Claim claim, TaskOutcome outcome) {
        return switch (outcome) {
            case TaskOutcome.Failed failed -> TaskResult.failed(claim, failed);
            case TaskOutcome.Completed completed -> {
                try {
                    String output = values.inlineOrStore(TaskOutput.json(completed.output()));
                    yield TaskResult.completed(claim, output, completed);
                } catch (IOException e) {
                    TaskLog.about(claim, () -> LOG.errorf(e, "the output of task %s could not be stored", claim.key()));
                    yield TaskResult.failed(
                            claim,
                            new TaskOutcome.Failed(
                                    TaskErrorCode.HOST_ERROR,
                                    "the output could not be stored",
                                    completed.stderr(),
                                    completed.usage()));
                }
            }
        };
    }
}
