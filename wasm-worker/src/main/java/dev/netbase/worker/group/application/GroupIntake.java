package dev.netbase.worker.group.application;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.worker.group.application.ClaimStore.Answer;
import dev.netbase.worker.group.application.ClaimStore.Claimed;
import dev.netbase.worker.group.application.ClaimStore.LeaseNotHeld;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code execute_group}: claims the tasks of task groups in one statement and starts what it got. */
@Singleton
public class GroupIntake {
    private final LeaseKeeper lease;
    private final ClaimStore claims;
    private final TasksInHand inHand;
    private final GroupExecution execution;
    private final Claiming claiming;
    private final ClaimedStarts claimedStarts;
    private final EarlyStarts earlyStarts;
    private final WorkerMetrics metrics;
    private final GroupsAhead ahead = new GroupsAhead();

    public GroupIntake(
            LeaseKeeper lease,
            ClaimStore claims,
            TasksInHand inHand,
            GroupExecution execution,
            Claiming claiming,
            ClaimedStarts claimedStarts,
            EarlyStarts earlyStarts,
            WorkerMetrics metrics) {
        this.lease = lease;
        this.claims = claims;
        this.inHand = inHand;
        this.execution = execution;
        this.claiming = claiming;
        this.claimedStarts = claimedStarts;
        this.earlyStarts = earlyStarts;
        this.metrics = metrics;
    }

    /** What became of groups that were offered. */
    public sealed interface Intake {}

    /** There is no valid lease now: nothing was taken, and the same groups are to be offered again. */
    public record NotNow() implements Intake {}

    /**
     * All that could be claimed is started.
     *
     * @param decided completes when the database has decided of each task, so that the record is not needed any more
     */
    public record Taken(CompletionStage<?> decided) implements Intake {}

    /**
     * Begins a group whose record is yet to come, if there is room and all its tasks may begin on the record's word; else
     * the record is waited for. Returns at once. Safe for use by many threads.
     */
    public void begin(TaskGroup group) {
        lease.held().ifPresent(held -> {
            List<EarlyStarts.Hint> hints = group.tasks().stream()
                    .flatMap(task -> earlyStarts.hint(group, task, held).stream())
                    .toList();
            CompletableFuture<Void> decided = new CompletableFuture<>();
            if (hints.size() == group.tasks().size()
                    && hints.size() <= execution.room()
                    && ahead.begin(group.groupId(), decided)) {
                metrics.begunAhead();
                var _ = earlyStarts.start(hints).whenComplete((any, e) -> decided.complete(null));
            }
        });
    }

    /**
     * Takes groups, all with one claim. What the groups say of their tasks beyond the ids counts only as far as the
     * database says the same. One call at a time.
     *
     * @param old ids of the groups that another process may have had: nothing of them begins before it is claimed, so that
     *     a task that ends its worker is known to have begun
     * @return what came of it. After {@link NotNow} or a failure, the same groups are to be taken again
     */
    public Uni<Intake> take(Collection<TaskGroup> groups, Set<String> old) {
        @Nullable Lease held = lease.held().orElse(null);
        if (held == null) {
            return Uni.createFrom().item(new NotNow());
        }
        Set<TaskKey> wanted = new TreeSet<>();
        List<CompletableFuture<?>> begun = new ArrayList<>();
        List<EarlyStarts.Hint> hints = new ArrayList<>();
        int room = execution.room();
        for (TaskGroup group : groups) {
            Optional<CompletableFuture<?>> before = ahead.arrive(group.groupId());
            if (before.isPresent()) {
                begun.add(before.get());
                continue;
            }
            boolean mayBegin = !old.contains(group.groupId());
            for (TaskGroup.Task task : group.tasks()) {
                TaskKey key = new TaskKey(group.runId(), task.taskInstanceId(), task.attempt());
                if (!inHand.contains(key)) {
                    Optional<EarlyStarts.Hint> hint =
                            mayBegin && hints.size() < room ? earlyStarts.hint(group, task, held) : Optional.empty();
                    hint.ifPresentOrElse(hints::add, () -> wanted.add(key));
                }
            }
        }
        begun.add(earlyStarts.start(hints));
        CompletableFuture<Void> decided = CompletableFuture.allOf(begun.toArray(CompletableFuture[]::new));
        return wanted.isEmpty()
                ? Uni.createFrom().item(new Taken(decided))
                : claims.claim(held, wanted).chain(answer -> started(wanted, answer, decided));
    }

    private Uni<Intake> started(Set<TaskKey> asked, Answer answer, CompletableFuture<Void> early) {
        return switch (answer) {
            case LeaseNotHeld ignored -> {
                lease.checkSoon();
                yield Uni.createFrom().item(new NotNow());
            }
            case Claimed claimed -> {
                metrics.claimed(asked.size(), claimed.claims().size());
                claimed.claims().forEach(claim -> asked.remove(claim.key()));
                CompletableFuture<Void> rest = claiming.asTheyAppear(asked, claimedStarts::startLater);
                yield claimedStarts
                        .start(claimed.claims())
                        .replaceWith(new Taken(CompletableFuture.allOf(early, rest)));
            }
        };
    }
}
