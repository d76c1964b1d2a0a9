package dev.netbase.worker.group.application;

import dev.netbase.worker.group.application.ClaimStore.Answer;
import dev.netbase.worker.group.application.ClaimStore.Claimed;
import dev.netbase.worker.group.application.ClaimStore.LeaseNotHeld;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Claims tasks that are in hand already, however often that takes. */
@Singleton
public class Claiming {
    private static final Logger LOG = Logger.getLogger(Claiming.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(1);
    /** How long a row may be missing: its record may be faster than the commit of the transaction that it stands in. */
    private static final Duration ROWS_APPEAR = Duration.ofSeconds(10);

    private final LeaseKeeper lease;
    private final ClaimStore claims;
    private final WorkerMetrics metrics;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("claiming").daemon().factory());

    public Claiming(LeaseKeeper lease, ClaimStore claims, WorkerMetrics metrics) {
        this.lease = lease;
        this.claims = claims;
        this.metrics = metrics;
    }

    /**
     * Claims these attempts. A failure, a lease that is not held now, and a row that is not there yet are waited out.
     *
     * @param decided told for each of them once: the claim, or that the task is not to be run
     */
    void untilDecided(Collection<TaskKey> keys, BiConsumer<TaskKey, Optional<Claim>> decided) {
        run(Attempt.first(Set.copyOf(keys), decisions -> decisions.forEach(decided)));
    }

    /**
     * Claims these attempts if they come to be claimable after all: a first claim found them not, which says that their
     * rows are not there yet, or that they are not to be run.
     *
     * @param claimed told of the claims, of those that one statement gave together
     * @return completes when each is decided, one way or the other
     */
    CompletableFuture<Void> asTheyAppear(Collection<TaskKey> keys, Consumer<List<Claim>> claimed) {
        CompletableFuture<Void> decided = new CompletableFuture<>();
        AtomicInteger open = new AtomicInteger(keys.size());
        if (keys.isEmpty()) {
            decided.complete(null);
            return decided;
        }
        Consumer<Map<TaskKey, Optional<Claim>>> answer = decisions -> {
            claimed.accept(decisions.values().stream().flatMap(Optional::stream).toList());
            if (open.addAndGet(-decisions.size()) == 0) {
                decided.complete(null);
            }
        };
        Set<TaskKey> missing = Set.copyOf(keys);
        lookFor(Attempt.first(missing, answer), missing);
        return decided;
    }

    private record Attempt(
            Set<TaskKey> keys, Consumer<Map<TaskKey, Optional<Claim>>> decided, long rowsAppearUntil, Duration pause) {
        static Attempt first(Set<TaskKey> keys, Consumer<Map<TaskKey, Optional<Claim>>> decided) {
            return new Attempt(keys, decided, System.nanoTime() + ROWS_APPEAR.toNanos(), FIRST_PAUSE);
        }

        Attempt next(Set<TaskKey> rest) {
            Duration doubled = pause.multipliedBy(2);
            return new Attempt(
                    rest, decided, rowsAppearUntil, doubled.compareTo(LAST_PAUSE) < 0 ? doubled : LAST_PAUSE);
        }
    }

    private void run(Attempt attempt) {
        @Nullable Lease held = lease.held().orElse(null);
        if (held == null) {
            later(attempt, attempt.keys());
            return;
        }
        claims.claim(held, attempt.keys()).subscribe().with(answer -> take(attempt, answer), e -> {
            LOG.warnf(
                    "%d tasks could not be claimed and will be again: %s",
                    attempt.keys().size(), e.toString());
            later(attempt, attempt.keys());
        });
    }

    private void take(Attempt attempt, Answer answer) {
        switch (answer) {
            case LeaseNotHeld ignored -> {
                lease.checkSoon();
                later(attempt, attempt.keys());
            }
            case Claimed claimed -> {
                metrics.claimed(attempt.keys().size(), claimed.claims().size());
                Set<TaskKey> rest = new HashSet<>(attempt.keys());
                Map<TaskKey, Optional<Claim>> decisions = new HashMap<>();
                claimed.claims().forEach(claim -> {
                    rest.remove(claim.key());
                    decisions.put(claim.key(), Optional.of(claim));
                });
                attempt.decided().accept(decisions);
                if (!rest.isEmpty()) {
                    lookFor(attempt, rest);
                }
            }
        }
    }

    private void lookFor(Attempt attempt, Set<TaskKey> rest) {
        claims.claimable(rest)
                .subscribe()
                .with(
                        claimable -> {
                            boolean mayAppear = System.nanoTime() - attempt.rowsAppearUntil() < 0;
                            Set<TaskKey> open = mayAppear ? claimable : Set.of();
                            Map<TaskKey, Optional<Claim>> decisions = new HashMap<>();
                            rest.stream()
                                    .filter(key -> !open.contains(key))
                                    .forEach(key -> decisions.put(key, Optional.empty()));
                            attempt.decided().accept(decisions);
                            if (!open.isEmpty()) {
                                later(attempt, open);
                            }
                        },
                        e -> later(attempt, rest));
    }

    private void later(Attempt attempt, Set<TaskKey> rest) {
        after(attempt.pause(), () -> run(attempt.next(rest)));
    }

    /** Does something later, which must not block; not at all if the worker ends before. */
    void after(Duration pause, Runnable action) {
        try {
            var _ = timer.schedule(action, pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("tasks are left unclaimed: the worker ends");
        }
    }

    @PreDestroy
    void close() {
        timer.shutdownNow();
    }
}
