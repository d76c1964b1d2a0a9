package dev.netbase.model.schedule;

/** What becomes of ticks that came while no scheduler could decide them. */
public enum CatchUp {
    /** They are passed over. */
    SKIP,
    /** The last of them starts a run. */
    ONE,
    /** Each of the latest {@link TickPlan#MAX_CATCH_UP} starts a run. */
    ALL
}
