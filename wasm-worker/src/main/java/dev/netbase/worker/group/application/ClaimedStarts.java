package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskSpec;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts tasks that are claimed: from here on nothing may lose them, so their specs are asked for until they come. */
@Singleton
public class ClaimedStarts {
    private static final Logger LOG = Logger.getLogger(ClaimedStarts.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);
    private final SpecCache specs;
    private final TasksInHand inHand;
    private final GroupExecution execution;
    private final TaskTraces traces;

    public ClaimedStarts(SpecCache specs, TasksInHand inHand, GroupExecution execution, TaskTraces traces) {
        this.specs = specs;
        this.inHand = inHand;
        this.execution = execution;
        this.traces = traces;
    }

    /** Starts them, but for those in hand already; completes when that is done. */
    Uni<Void> start(List<Claim> claimed) {
        traces.begin(claimed.stream());
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
                .invoke(found -> claimed.forEach(claim -> inHand.add(claim)
                        .ifPresent(cancellation -> execution.start(Hold.of(claim), spec(claim, found), cancellation))))
                .replaceWithVoid();
    }

    /** Starts them, and does not wait for that. */
    void startLater(List<Claim> claimed) {
        if (!claimed.isEmpty()) {
            start(claimed).subscribe().with(started -> LOG.debugf("%d tasks start", claimed.size()));
        }
    }

    private static @Nullable TaskSpec spec(Claim claim, Map<Long, TaskSpec> found) {
        @Nullable Long id = claim.specId();
        return id == null ? null : found.get(id);
    }
}
