package dev.netbase.worker.group.application;

import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.json.Json;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult;
import dev.netbase.worker.group.domain.TaskResult.Accounts;
import jakarta.inject.Singleton;
import java.io.IOException;
import org.jboss.logging.Logger;

/** Makes of an outcome what is written about the task; a large output goes to the artifact store. */
@Singleton
public class ResultEncoder {
    private static final Logger LOG = Logger.getLogger(ResultEncoder.class);
    /** Bytes of output that are encoded sooner than handed to another thread; one becomes six of JSON at most, so they are never stored. */
    private static final int QUICK_BYTES = ValueReferences.ELEMENT_BYTES / 6;

    private final ValueReferences values;

    public ResultEncoder(ValueReferences values) {
        this.values = values;
    }

    /** Whether encoding takes neither storage nor time. */
    static boolean isQuick(TaskOutcome outcome) {
        return switch (outcome) {
            case TaskOutcome.Failed any -> true;
            case TaskOutcome.Completed completed ->
                completed.output().length <= QUICK_BYTES
                        && completed.artifacts().isEmpty();
        };
    }

    /** The result of a claimed task. Blocks on storage, unless it is quick. */
    TaskResult encode(Claim claim, TaskOutcome outcome, Accounts accounts) {
        return switch (outcome) {
            case TaskOutcome.Failed failed -> TaskResult.failed(claim, failed, accounts);
            case TaskOutcome.Completed completed -> {
                try {
                    int inline = claim.element() ? ValueReferences.ELEMENT_BYTES : ValueReferences.INLINE_BYTES;
                    String output = values.inlineOrStore(TaskOutput.json(completed.output()), inline);
                    String artifacts = completed.artifacts().isEmpty()
                            ? null
                            : values.inlineOrStore(Json.write(completed.artifacts()), inline);
                    yield TaskResult.completed(claim, output, artifacts, completed, accounts);
                } catch (IOException e) {
                    TaskLog.about(claim, () -> LOG.errorf(e, "the output of task %s could not be stored", claim.key()));
                    yield TaskResult.failed(
                            claim,
                            new TaskOutcome.Failed(
                                    TaskErrorCode.HOST_ERROR,
                                    "the output could not be stored",
                                    completed.stderr(),
                                    completed.usage()),
                            accounts);
                }
            }
        };
    }
}
