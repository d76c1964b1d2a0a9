package dev.netbase.worker.group.application;

import dev.netbase.model.limits.TaskLimit;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult.Accounts;

/** Counts what one attempt costs, from the moment it is taken in hand. What it notes is seen by those told later. */
final class Meter {
    private final long waitedMicros;
    private final long takenNanos = System.nanoTime();
    private volatile long begunNanos;
    private volatile long fuelLimit;
    private volatile long inputBytes;

    Meter(Claim claim) {
        waitedMicros = claim.origin().waitedMicros();
    }

    /** The attempt's turn has come. */
    void begins() {
        begunNanos = System.nanoTime();
    }

    /** The attempt is executed. */
    void executes(TaskCall call) {
        fuelLimit = call.limits().get(TaskLimit.FUEL);
        inputBytes = call.input().length;
    }

    /** What there is to tell when it has ended so. */
    Accounts accounts(TaskOutcome outcome) {
        long begun = begunNanos;
        long queued = ((begun == 0 ? System.nanoTime() : begun) - takenNanos) / 1_000;
        long outputBytes = outcome instanceof TaskOutcome.Completed completed ? completed.output().length : 0;
        return new Accounts(fuelLimit, inputBytes, outputBytes, waitedMicros + queued);
    }
}
