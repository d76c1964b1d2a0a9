package dev.netbase.worker.group.application;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.worker.group.application.ClaimStore.Answer;
import dev.netbase.worker.group.application.ClaimStore.Claimed;
import dev.netbase.worker.group.application.ClaimStore.LeaseNotHeld;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskSpec;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** {@code execute_group}: claims the tasks of task groups in one statement and starts what it got. */
@Singleton
public class GroupIntake {
    private static final Logger LOG = Logger.getLogger(GroupIntake.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);
    private final LeaseKeeper lease;
    private final ClaimStore claims;
    private final SpecCache specs;
    private final TasksInHand inHand;
    private final GroupExecution execution;
    private final WorkerMetrics metrics;
    private final TaskTraces traces;

    public GroupIntake(
            LeaseKeeper lease,
            ClaimStore claims,
            SpecCache specs,
            TasksInHand inHand,
            GroupExecution execution,
            WorkerMetrics metrics,
            TaskTraces traces) {
        this.lease = lease;
        this.claims = claims;
        this.specs = specs;
        this.inHand = inHand;
        this.execution = execution;
        this.metrics = metrics;
        this.traces = traces;
    }

    /**
     * Takes groups, all with one claim. What the groups say of their tasks beyond the ids is not looked at. One call at
     * a time.
     *
     * @return true when the claim is durable and what it got is started; false if there is no valid lease now. After
     *     false or a failure, the same groups are to be taken again
     */
    public Uni<Boolean> take(Collection<TaskGroup> groups) {
        @Nullable Lease held = lease.held().orElse(null);
        if (held == null) {
            return Uni.createFrom().item(false);
        }
        Set<TaskKey> wanted = new TreeSet<>();
        for (TaskGroup group : groups) {
            for (TaskGroup.Task task : group.tasks()) {
                TaskKey key = new TaskKey(group.runId(), task.taskInstanceId(), task.attempt());
                if (!inHand.contains(key)) {
                    wanted.add(key);
                }
            }
        }
        if (wanted.isEmpty()) {
            return Uni.createFrom().item(true);
        }
        Instant begin = Instant.now();
        return claims.claim(held, wanted).chain(answer -> started(wanted.size(), answer, begin));
    }

    private Uni<Boolean> started(int asked, Answer answer, Instant begin) {
        return switch (answer) {
            case LeaseNotHeld ignored -> {
                lease.checkSoon();
                yield Uni.createFrom().item(false);
            }
            case Claimed claimed -> {
                metrics.claimed(asked, claimed.claims().size());
                traces.claimed(claimed.claims(), begin);
                logClaimed(claimed.claims());
                yield start(claimed.claims()).replaceWith(true);
            }
        };
    }

    private static void logClaimed(List<Claim> claims) {
        if (LOG.isDebugEnabled()) {
            claims.stream()
                    .collect(Collectors.groupingBy(Claim::groupId))
                    .forEach((groupId, tasks) -> TaskLog.about(
                            tasks.getFirst(), () -> LOG.debugf("claimed %d tasks of group %s", tasks.size(), groupId)));
        }
    }

    /** The tasks are claimed: from here on nothing may lose them, so the specs are asked for until they come. */
    private Uni<Void> start(List<Claim> claimed) {
        Set<Long> ids = claimed.stream()
                .map(Claim::specId)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(HashSet::new));
        return Uni.createFrom()
                .deferred(() -> specs.specs(ids))
                .onFailure()
                .invoke(e -> LOG.warnf("specs could not be read and will be again: %s", e.toString()))
                .onFailure()
                .retry()
                .withBackOff(FIRST_RETRY, LAST_RETRY)
                .indefinitely()
                .invoke(found -> claimed.forEach(claim -> execution.start(claim, spec(claim, found))))
                .replaceWithVoid();
    }

    private static @Nullable TaskSpec spec(Claim claim, Map<Long, TaskSpec> found) {
        @Nullable Long id = claim.specId();
        return id == null ? null : found.get(id);
    }
}
