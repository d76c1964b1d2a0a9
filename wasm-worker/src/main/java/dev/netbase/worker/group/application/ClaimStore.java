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

    /**
     * Says of a claimed task that it begins with nothing else under way on its worker; false if it is this worker's no
     * more.
     */
    Uni<Boolean> markAlone(Claim claim);

    /** Which of these attempts may yet be claimed: their tasks' rows are not there (yet), or wait in this attempt. */
    Uni<Set<TaskKey>> claimable(Collection<TaskKey> keys);

    /** What came of it. */
    sealed interface Answer {}

    /** These are now this worker's; the others are not to be run. */
    record Claimed(List<Claim> claims) implements Answer {}

    /** Nothing was claimed: the lease is not valid now. */
    record LeaseNotHeld() implements Answer {}
}
