package dev.netbase.api.run.application;

import dev.netbase.api.run.application.RunEventLog.Place;
import dev.netbase.api.run.domain.RunEvent;
import dev.netbase.model.run.RunStatus;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What happens to a run, for those who follow it. */
@ApplicationScoped
public class RunEvents {
    /** How long a stream is silent before it shows that it lives. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final Runs runs;
    private final RunFollowers followers;

    RunEvents(Runs runs, RunFollowers followers) {
        this.runs = runs;
        this.followers = followers;
    }

    /**
     * A run's events from some place on.
     *
     * @param over whether the run has ended and the caller knows all of it
     * @param pages what follows; empty if it is over
     */
    public record Followed(boolean over, Multi<List<RunEvent>> pages) {}

    /**
     * Lists of events as they come, an empty one where nothing has happened for {@link #HEARTBEAT}; it ends after the
     * run's end. Reads on only when its reader has taken what it read. Fails at once with {@code run-not-found} or
     * {@code too-many-streams}.
     *
     * @param after the number of the last event the caller knows, 0 for none
     */
    public Uni<Followed> follow(String runId, int after) {
        Place place = new Place(runId, after);
        return runs.find(runId, Duration.ZERO)
                .flatMap(run -> run.status().isTerminal() && after > 0
                        ? followers.now(place).map(rest -> follow(place, run.status(), rest.isEmpty()))
                        : Uni.createFrom().item(() -> follow(place, run.status(), false)));
    }

    private Followed follow(Place place, RunStatus status, boolean over) {
        if (over) {
            return new Followed(true, Multi.createFrom().empty());
        }
        followers.join();
        Cursor cursor = new Cursor(place, status);
        AtomicBoolean left = new AtomicBoolean();
        return new Followed(
                false,
                Multi.createBy()
                        .repeating()
                        .uni(() -> read(cursor))
                        .whilst(page -> !cursor.ended && !followers.isEnding())
                        .onTermination()
                        .invoke(() -> {
                            if (left.compareAndSet(false, true)) {
                                followers.leave();
                            }
                        }));
    }

    private Uni<List<RunEvent>> read(Cursor cursor) {
        Uni<List<RunEvent>> page =
                cursor.behind ? followers.now(cursor.place) : followers.next(cursor.place, HEARTBEAT);
        return page.invoke(cursor::move);
    }

    /** How far one reader is. Its uses follow each other. */
    private static final class Cursor {
        private Place place;
        private boolean behind = true;
        private boolean ended;
        private boolean runHasEnded;

        Cursor(Place place, RunStatus status) {
            this.place = place;
            this.runHasEnded = status.isTerminal();
        }

        void move(List<RunEvent> page) {
            behind = page.size() == RunEventLog.PAGE;
            if (!page.isEmpty()) {
                RunEvent last = page.getLast();
                place = new Place(place.runId(), last.seq());
                runHasEnded = last.subject() instanceof RunEvent.Subject.OfRun
                        && RunStatus.valueOf(last.status()).isTerminal();
            }
            ended = runHasEnded && !behind;
        }
    }
}
