package dev.netbase.api.run.application;

import dev.netbase.api.run.domain.RunEvent;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The numbered events of runs that somebody follows. */
public interface RunEventLog {
    /** The most events of a run that one reading gives. */
    int PAGE = 100;

    /** A reader's place: the run, and the number of the event it knows already, 0 for none. */
    record Place(String runId, int seq) {}

    /**
     * Compares what the log has with how the runs and their tasks stand, and appends the difference in the order of time.
     * Done by two at once for the same run, it fails for one of them and changes nothing.
     */
    Uni<Void> record(Collection<String> runIds);

    /** What follows each of these places, up to {@link #PAGE} events; places after which nothing follows are missing. */
    Uni<Map<Place, List<RunEvent>>> after(Collection<Place> places);
}
