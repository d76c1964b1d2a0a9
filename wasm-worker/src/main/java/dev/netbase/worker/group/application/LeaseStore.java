package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/** Where leases are kept. Deadlines are by the database's clock. */
public interface LeaseStore {
    /** Registers a worker under a name, with an epoch that no registration of this name had before. */
    Uni<Lease> register(String workerId, Duration length);

    /** Moves the lease's deadline to {@code length} from now. */
    Uni<Renewal> renew(Lease lease, Duration length);

    /** Says of a lost lease that its worker lives: none of the tasks it had is to be suspected. */
    Uni<Void> giveBack(Lease lease);

    /**
     * Gives back tasks that were claimed under the lease and have not begun: nothing is written for them under it any
     * more, they run elsewhere at once, and none is to be suspected.
     */
    Uni<Void> giveBack(Lease lease, Collection<TaskKey> tasks);

    /** Gives the lease up: what it still holds is lost, and runs elsewhere. */
    Uni<Void> release(Lease lease);

    /** Which of these runs are being cancelled. */
    Uni<Set<String>> cancelling(Collection<String> runIds);

    /** Which running tasks of these runs are to stop though their runs go on. */
    Uni<Set<TaskKey>> stopping(Collection<String> runIds);

    /** What came of a renewal. */
    enum Renewal {
        RENEWED,
        /** The registration is gone. */
        LOST,
        /** A live worker has registered under the same name. */
        TAKEN_OVER
    }
}
