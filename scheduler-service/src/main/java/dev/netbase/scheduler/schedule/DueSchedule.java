package dev.netbase.scheduler.schedule;

import dev.netbase.model.schedule.CatchUp;
import dev.netbase.model.schedule.CronSchedule;
import dev.netbase.model.schedule.Overlap;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A schedule that may have something to start, locked.
 *
 * @param version the workflow's version that runs
 * @param priority null for the definition's
 * @param nextAt the first tick that has not been decided; null if none is due
 * @param limited whether the workflow's runs wait to be admitted
 * @param busy whether the run it started last goes on
 * @param queued how many ticks wait for it
 */
record DueSchedule(
        long id,
        String name,
        long workflowId,
        int version,
        String cron,
        String timeZone,
        String inputs,
        @Nullable Integer priority,
        CatchUp catchUp,
        Overlap overlap,
        @Nullable Instant nextAt,
        @Nullable String lastRunId,
        long ownerId,
        boolean limited,
        boolean busy,
        int queued) {

    static DueSchedule of(Row row, Instant now) {
        Instant next = row.getOffsetDateTime("next_at") == null
                ? null
                : row.getOffsetDateTime("next_at").toInstant();
        return new DueSchedule(
                row.getLong("id"),
                row.getString("name"),
                row.getLong("workflow_id"),
                row.getInteger("version"),
                row.getString("cron"),
                row.getString("time_zone"),
                row.getString("inputs"),
                row.getInteger("priority"),
                CatchUp.valueOf(row.getString("catch_up").toUpperCase(Locale.ROOT)),
                Overlap.valueOf(row.getString("overlap").toUpperCase(Locale.ROOT)),
                row.getBoolean("paused") || next == null || next.isAfter(now) ? null : next,
                row.getString("last_run_id"),
                row.getLong("owner_id"),
                row.getBoolean("limited"),
                row.getBoolean("busy"),
                Math.toIntExact(row.getLong("queued")));
    }

    /** When it ticks. */
    CronSchedule times() {
        return CronSchedule.of(cron, CronSchedule.zone(timeZone));
    }
}
