package dev.netbase.scheduler.admission;

import dev.netbase.scheduler.platform.SchedulerConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Lets runs start at once while there is room, and otherwise makes them wait in the database, from where they are
 * admitted by priority. As long as nothing is paused or limited and fewer runs are under way than the bound, all it does
 * is add numbers, and one small query with each sweep. For the scheduler's thread alone.
 */
@ApplicationScoped
public class Admission {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final AdmissionStore store;
    private final AdmissionChoice choice;
    private final Counter held;
    private final Counter admitted;
    /** How many runs are under way, at most; put right with each look and each sweep. */
    private int active;
    /** Whether runs wait that would start if there were room. */
    private boolean waiting;

    private Instant nextLook = Instant.MIN;

    public Admission(AdmissionStore store, SchedulerConfig config, MeterRegistry metrics) {
        this.store = store;
        this.choice = new AdmissionChoice(
                config.maxActiveRuns(),
                config.maxRunsPerOwner().map(OptionalInt::of).orElse(OptionalInt.empty()));
        this.held = metrics.counter("netbase.scheduler.runs.held");
        this.admitted = metrics.counter("netbase.scheduler.runs.admitted");
    }

    /** Whether so many more runs have to wait; if not, they count as under way. */
    public boolean holdsNewRuns(int more) {
        if (choice.maxPerOwner().isPresent() || active + more > choice.maxActive()) {
            return true;
        }
        active += more;
        return false;
    }

    /** Of runs that have been asked for, those that may start now. The others wait from now on. */
    public List<String> arrive(List<String> runIds) {
        if (runIds.isEmpty() || !holdsNewRuns(runIds.size())) {
            return runIds;
        }
        Set<String> wait = store.hold(runIds);
        held.increment(wait.size());
        waiting = waiting || !wait.isEmpty();
        return runIds.stream().filter(id -> !wait.contains(id)).toList();
    }

    /** Somebody has made a run wait. */
    public void expect() {
        waiting = true;
    }

    /** When the next look is wanted, if runs wait. */
    public Optional<Instant> nextLook() {
        return waiting ? Optional.of(nextLook) : Optional.empty();
    }

    /** The runs that may start now; at most one look every {@link #BETWEEN_LOOKS}, and none while nothing waits. */
    public List<String> admit(Instant now) {
        if (!waiting || now.isBefore(nextLook)) {
            return List.of();
        }
        nextLook = now.plus(BETWEEN_LOOKS);
        Optional<AdmissionStore.Look> look = store.admit(choice::choose);
        if (look.isEmpty()) {
            return List.of();
        }
        List<String> start = look.get().admitted();
        active = look.get().active() + start.size();
        waiting = look.get().left();
        admitted.increment(start.size());
        return start;
    }

    /** Looks how things stand, whatever was said. */
    public void sweep() {
        AdmissionStore.Standing standing = store.standing();
        active = standing.active();
        waiting = standing.held();
    }
}
