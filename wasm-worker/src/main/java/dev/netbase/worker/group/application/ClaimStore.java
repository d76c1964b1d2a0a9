package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Where tasks are claimed. */
public interface ClaimStore {
    /**
     * Claims what can be claimed of these attempts, in one statement. An attempt that is this lease's already is given
     * again: an earlier answer was lost. So the caller leaves out what it has in hand.
     */
    Uni<Answer> claim(Lease lease, Collection<TaskKey> keys);

    /** Which of these attempts belong to tasks that have no row, not yet or not any more. */
    Uni<Set<TaskKey>> absent(Collection<TaskKey> keys);

    /** What came of it. */
    sealed interface Answer {}

    /** These are now this worker's; the others are not to be run. */
    record Claimed(List<Claim> claims) implements Answer {}

    /** Nothing was claimed: the lease is not valid now. */
    record LeaseNotHeld() implements Answer {}
}
