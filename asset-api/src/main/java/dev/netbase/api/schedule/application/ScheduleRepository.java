package dev.netbase.api.schedule.application;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.schedule.domain.Schedule;
import dev.netbase.api.schedule.domain.Tick;
import io.smallrye.mutiny.Uni;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Schedules and their ticks. */
public interface ScheduleRepository {
    /** All of a schedule that is said about it. */
    record Settings(
            @Nullable Integer version,
            String cron,
            String timeZone,
            String inputs,
            @Nullable Integer priority,
            String catchUp,
            String overlap,
            boolean paused,
            @Nullable OffsetDateTime nextAt) {}

    /** Adds a schedule; fails with {@code schedule-name-taken}. */
    Uni<Schedule> create(String name, long workflowId, Settings settings, long ownerId);

    /** Replaces a schedule's settings; empty if it is gone. */
    Uni<Optional<Schedule>> update(long id, Settings settings);

    /** A schedule. */
    Uni<Optional<Schedule>> find(long id);

    /**
     * Schedules by name.
     *
     * @param workflow only those of this workflow; null for all
     */
    Uni<Page<Schedule>> list(@Nullable String workflow, PageRequest page);

    /** Removes a schedule and its ticks; runs stay. False if there was none. */
    Uni<Boolean> delete(long id);

    /** Ticks of a schedule, latest first; empty if there is no such schedule. */
    Uni<Optional<Page<Tick>>> ticks(long id, PageRequest page);
}
