package dev.netbase.scheduler.admission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Chooses which of the waiting runs start: the first in order whose workflow and owner have room, while there is room at
 * all. One that has no room holds up none behind it. Pure.
 *
 * @param maxActive the most runs under way
 * @param maxPerOwner the most runs of one owner under way; empty for any number
 */
record AdmissionChoice(int maxActive, OptionalInt maxPerOwner) {
    /** A run that waits. */
    record Candidate(String runId, long workflowId, long ownerId, int maxRunsOfWorkflow) {}

    /** How many runs are under way. */
    static final class ActiveRuns {
        private final Map<Long, Integer> byWorkflow = new HashMap<>();
        private final Map<Long, Integer> byOwner = new HashMap<>();
        private int total;

        void add(long workflowId, long ownerId, int runs) {
            byWorkflow.merge(workflowId, runs, Integer::sum);
            byOwner.merge(ownerId, runs, Integer::sum);
            total += runs;
        }

        int total() {
            return total;
        }
    }

    /**
     * The runs that start, in order; they are added to the active ones.
     *
     * @param waiting in the order in which they would start
     */
    List<String> choose(ActiveRuns active, List<Candidate> waiting) {
        List<String> chosen = new ArrayList<>();
        for (Candidate one : waiting) {
            if (active.total() >= maxActive) {
                break;
            }
            if (active.byWorkflow.getOrDefault(one.workflowId(), 0) < one.maxRunsOfWorkflow()
                    && active.byOwner.getOrDefault(one.ownerId(), 0) < maxPerOwner.orElse(Integer.MAX_VALUE)) {
                active.add(one.workflowId(), one.ownerId(), 1);
                chosen.add(one.runId());
            }
        }
        return chosen;
    }
}
