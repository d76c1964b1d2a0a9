package dev.netbase.api.run.application;

import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.run.application.RunEventLog.Place;
import dev.netbase.api.run.domain.RunEvent;
import dev.netbase.model.problem.ProblemCode;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Those who follow runs. No thread and no connection is held for them: while anybody waits for news, two statements for
 * all of them are run, every {@value #POLL_MILLIS} ms, or less often where they take long, so that at most a third of one
 * connection's time goes into looking.
 */
@ApplicationScoped
public class RunFollowers {
    private static final Logger LOG = Logger.getLogger(RunFollowers.class);
    private static final long POLL_MILLIS = 100;
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 500;

    private final RunEventLog log;
    private final Vertx vertx;
    private final int maxFollowers;
    private final AtomicInteger followers = new AtomicInteger();
    private final Map<Place, Set<UniEmitter<? super List<RunEvent>>>> waiting = new HashMap<>();
    private final Thread endOnExit = new Thread(this::end, "end-event-streams");
    private boolean polling;
    private boolean ending;

    RunFollowers(
            RunEventLog log,
            Vertx vertx,
            MeterRegistry metrics,
            @ConfigProperty(name = "netbase.events.max-streams", defaultValue = "500") int maxFollowers) {
        this.log = log;
        this.vertx = vertx;
        this.maxFollowers = maxFollowers;
        metrics.gauge("netbase.api.event.streams", followers);
    }

    /**
     * Takes one of the places for followers, until {@link #leave}.
     *
     * @throws ProblemException {@code too-many-streams} if none is free
     */
    public void join() {
        if (followers.incrementAndGet() > maxFollowers) {
            followers.decrementAndGet();
            throw new ProblemException(
                    ProblemCode.TOO_MANY_STREAMS,
                    maxFollowers + " event streams are open, as many as netbase.events.max-streams allows; try again"
                            + " later or ask with GET /runs/{run_id}?wait=30s");
        }
    }

    /** Gives a place back. */
    public void leave() {
        followers.decrementAndGet();
    }

    /**
     * Ends all streams when the process is asked to stop. The service waits for requests under way before it tells its
     * beans, and these would not end by themselves; their readers come back to another instance.
     */
    void start(@Observes StartupEvent event) {
        Runtime.getRuntime().addShutdownHook(endOnExit);
    }

    void stop(@Observes ShutdownEvent event) {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(endOnExit);
        } catch (IllegalStateException e) {
            LOG.trace("the process is exiting", e);
        }
    }

    private void end() {
        List<UniEmitter<? super List<RunEvent>>> emitters;
        synchronized (this) {
            ending = true;
            emitters = waiting.values().stream().flatMap(Set::stream).toList();
            waiting.clear();
        }
        emitters.forEach(emitter -> emitter.complete(List.of()));
    }

    /** Whether streams are to end, since the service does. */
    public synchronized boolean isEnding() {
        return ending;
    }

    /** What the log has after this place once it is up to date; perhaps nothing. */
    public Uni<List<RunEvent>> now(Place place) {
        return log.record(Set.of(place.runId()))
                .onFailure()
                .recoverWithNull()
                .flatMap(recorded -> log.after(Set.of(place)))
                .map(found -> found.getOrDefault(place, List.of()));
    }

    /** What follows, as soon as there is something; an empty list if the time is up. */
    public Uni<List<RunEvent>> next(Place place, Duration atMost) {
        return Uni.createFrom().<List<RunEvent>>emitter(emitter -> {
            add(place, emitter);
            long timer = vertx.setTimer(atMost.toMillis(), fired -> {
                remove(place, emitter);
                emitter.complete(List.of());
            });
            emitter.onTermination(() -> {
                vertx.cancelTimer(timer);
                remove(place, emitter);
            });
        });
    }

    private synchronized void add(Place place, UniEmitter<? super List<RunEvent>> emitter) {
        if (ending) {
            emitter.complete(List.of());
            return;
        }
        waiting.computeIfAbsent(place, any -> new HashSet<>()).add(emitter);
        if (!polling) {
            polling = true;
            vertx.setTimer(POLL_MILLIS, fired -> poll());
        }
    }

    private synchronized void remove(Place place, UniEmitter<? super List<RunEvent>> emitter) {
        Set<UniEmitter<? super List<RunEvent>>> emitters = waiting.get(place);
        if (emitters != null && emitters.remove(emitter) && emitters.isEmpty()) {
            waiting.remove(place);
        }
    }

    private void poll() {
        Set<Place> places = placesOrStop();
        if (places == null) {
            return;
        }
        long began = System.nanoTime();
        Set<String> runIds = places.stream().map(Place::runId).collect(Collectors.toSet());
        log.record(runIds)
                .onFailure()
                .invoke(failure -> LOG.debugf(failure, "another instance records the same run's events"))
                .onFailure()
                .recoverWithNull()
                .flatMap(recorded -> log.after(places))
                .subscribe()
                .with(
                        found -> {
                            found.forEach(this::wake);
                            long took = (System.nanoTime() - began) / 1_000_000;
                            vertx.setTimer(Math.max(POLL_MILLIS, 2 * took), fired -> poll());
                        },
                        failure -> {
                            LOG.debugf(failure, "cannot ask what happened to runs");
                            vertx.setTimer(PAUSE_AFTER_FAILURE_MILLIS, fired -> poll());
                        });
    }

    private synchronized @Nullable Set<Place> placesOrStop() {
        if (waiting.isEmpty()) {
            polling = false;
            return null;
        }
        return Set.copyOf(waiting.keySet());
    }

    private void wake(Place place, List<RunEvent> events) {
        List<UniEmitter<? super List<RunEvent>>> emitters;
        synchronized (this) {
            Set<UniEmitter<? super List<RunEvent>>> removed = waiting.remove(place);
            emitters = removed == null ? List.of() : List.copyOf(removed);
        }
        emitters.forEach(emitter -> emitter.complete(events));
    }
}
