package dev.netbase.model.schedule;

/** What becomes of a tick that comes while the run of an earlier one goes on. */
public enum Overlap {
    /** It starts a run all the same. */
    ALLOW,
    /** It starts none. */
    SKIP,
    /** It starts a run when the one before has ended; up to {@link TickPlan#MAX_QUEUED} wait. */
    QUEUE
}
