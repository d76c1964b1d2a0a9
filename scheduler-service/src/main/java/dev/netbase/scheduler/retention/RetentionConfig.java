package dev.netbase.scheduler.retention;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** What is removed and when, {@code netbase.retention.*}. Without a setting, everything is kept. */
@ConfigMapping(prefix = "netbase.retention")
public interface RetentionConfig {
    /** How long after its end a run is removed, with its nodes, tasks, groups, events and webhooks. */
    Optional<Duration> runs();

    /** How long an event id is remembered. An event that comes again after that starts a run again. */
    Optional<Duration> triggerEvents();

    /** How long after it was last written an artifact is removed that no run, schedule or definition refers to. */
    Optional<Duration> artifacts();

    /** How often old rows are looked for. */
    @WithDefault("1m")
    Duration interval();

    /** How often artifacts are looked for; it reads the JSON of all runs that are kept. */
    @WithDefault("6h")
    Duration artifactInterval();

    /** The most runs that one transaction removes. */
    @WithDefault("200")
    int batch();

    /** The most tasks that those runs have together, unless one run has more. */
    @WithDefault("20000")
    int batchTasks();
}
