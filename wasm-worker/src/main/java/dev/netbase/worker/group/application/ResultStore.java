package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskResult;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Set;

/** Where results are written. */
public interface ResultStore {
    /**
     * Writes results in one statement, each only while its task is RUNNING under the lease and attempt it was claimed
     * with.
     *
     * @return those that were written; the others are fenced off. Fails with {@link UnstorableException} if the data
     *     itself is refused, and otherwise when it may be tried again
     */
    Uni<Set<TaskKey>> write(List<TaskResult> results);

    /** Which of these an earlier {@link #write} has written, though its answer was lost. */
    Uni<Set<TaskKey>> written(List<TaskResult> results);

    /** The database refuses something in the results, and will again. */
    final class UnstorableException extends RuntimeException {
        public UnstorableException(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }
}
