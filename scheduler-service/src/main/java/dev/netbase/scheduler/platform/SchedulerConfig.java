package dev.netbase.scheduler.platform;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The scheduler's configuration, {@code netbase.scheduler.*}. */
@ConfigMapping(prefix = "netbase.scheduler")
public interface SchedulerConfig {
    /**
     * A name that this instance keeps when it is restarted, and no other has. With it, a scheduler that was killed gets
     * its partitions back at once instead of after its session has timed out.
     */
    Optional<String> instanceId();

    /** The most tasks a group holds. */
    @WithDefault("500")
    int maxGroupSize();

    /** The most bytes the record of a group has. */
    @WithDefault("524288")
    int maxGroupBytes();

    /** The most records taken from Kafka as one batch. */
    @WithDefault("2000")
    int maxPollRecords();

    /** The longest list a {@code for_each} runs over. */
    @WithDefault("10000")
    int maxElements();

    /** The most tasks of a run, all its nodes together; runs of sub-workflows count theirs for themselves. */
    @WithDefault("100000")
    int maxRunTasks();

    /** How much memory the inputs of a {@code for_each}'s elements take together, about. */
    @WithDefault("64M")
    MemorySize maxNodeInputs();

    /** How many runs may be above a run of a sub-workflow. */
    @WithDefault("8")
    int maxDepth();

    /** How many runs' states are kept in memory. */
    @WithDefault("20000")
    int cachedRuns();

    /** How much memory runs' states take, about; without it a quarter of the heap. A run that is larger is kept alone. */
    Optional<MemorySize> cacheMemory();

    /** How often overdue runs, lost workers and unsent records are looked for. */
    @WithDefault("1s")
    Duration sweepInterval();

    /** How long an unfinished run is left alone between two looks. */
    @WithDefault("5s")
    Duration recheckAfter();

    /** The most runs that one sweep looks at. */
    @WithDefault("500")
    int sweepRuns();

    /**
     * How long a task waits to be claimed before it is sent again, unless its group still waits in Kafka; doubled each time
     * it is sent.
     */
    @WithDefault("30s")
    Duration resendAfter();

    /** How old an unsent record of the outbox is before the relay takes it. */
    @WithDefault("3s")
    Duration relayAfter();

    /** The most bytes of a record of {@code netbase.workflow.triggers}; larger ones go to the dead letters. */
    @WithDefault("1048576")
    int maxTriggerBytes();

    /**
     * How many runs are under way at once in the installation. Further ones wait in the database, PENDING, and start by
     * priority as others end. The value is the same for all schedulers of an installation.
     */
    @WithDefault("2000")
    int maxActiveRuns();

    /** How many runs of one owner are under way at once; without it any number. The same for all schedulers. */
    Optional<Integer> maxRunsPerOwner();

    /**
     * How many tasks of an agent are open at once, by the agent's name: dispatched and not ended. The same for all
     * schedulers. Costs a look at all open tasks every 100 ms.
     */
    Map<String, Integer> agentLimits();
}
