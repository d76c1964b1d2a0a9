package dev.netbase.scheduler.run.application;

import dev.netbase.scheduler.run.domain.Stop;
import org.jspecify.annotations.Nullable;

/** Why a run is being stopped, as {@code workflow_runs.cancelling} and {@code stop_reason} have it. */
public final class StopReasons {
    private StopReasons() {}

    /** The reason as text; {@code CANCELLED} stands for one that is not stored. */
    public static @Nullable String write(Stop stop) {
        return switch (stop) {
            case NONE -> null;
            case CANCELLED -> "CANCELLED";
            case BY_PARENT -> "PARENT";
            case TIMED_OUT -> "TIMEOUT";
        };
    }

    /** The reason that a row's columns give. */
    public static Stop read(boolean cancelling, @Nullable String reason) {
        if (!cancelling) {
            return Stop.NONE;
        }
        return switch (reason) {
            case "PARENT" -> Stop.BY_PARENT;
            case "TIMEOUT" -> Stop.TIMED_OUT;
            case null, default -> Stop.CANCELLED;
        };
    }
}
