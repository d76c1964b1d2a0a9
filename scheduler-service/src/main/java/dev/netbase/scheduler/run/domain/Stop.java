package dev.netbase.scheduler.run.domain;

/** Why a run is being stopped. The first reason stays. */
public enum Stop {
    /** It is not. */
    NONE,
    /** Somebody asked for it; the run ends CANCELLED. */
    CANCELLED,
    /** The run that it is a part of is being stopped, or the node of that run; it ends CANCELLED. */
    BY_PARENT,
    /** Its time is up; it ends FAILED. */
    TIMED_OUT
}
