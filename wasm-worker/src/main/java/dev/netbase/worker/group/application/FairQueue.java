package dev.netbase.worker.group.application;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whose turn it is to run: owners take turns, of an owner's tasks its runs do, and of a run's tasks the one that
 * came first. So many run at a time, and no more than their memory and inputs have room; whoever's turn it is waits for
 * room, so that the large are not starved by the small. A task over a bound runs when nothing else does. A suspect runs
 * when nothing else does, and nothing else begins meanwhile. No thread waits.
 */
final class FairQueue {
    private final Bounds bounds;
    private final Map<Long, Owner> owners = new HashMap<>();
    private final Deque<Owner> inTurn = new ArrayDeque<>();
    private final Deque<Turn> suspects = new ArrayDeque<>();
    private int waiting;
    private int running;
    private long memoryBytes;
    private long inputBytes;
    private boolean suspectRuns;
    /** How many others may begin before the next suspect: so that suspects hold nobody up for long. */
    private int beforeSuspect;

    /**
     * How much may run at a time.
     *
     * @param tasks at least 1
     * @param memoryBytes of all tasks' limits together
     * @param inputBytes of all tasks' inputs together
     */
    record Bounds(int tasks, long memoryBytes, long inputBytes) {
        Bounds {
            if (tasks < 1 || memoryBytes < 1 || inputBytes < 1) {
                throw new IllegalArgumentException("at least one task must be able to run");
            }
        }
    }

    /**
     * What a task needs, and whose it is.
     *
     * @param inputBytes the most bytes that its input can have
     * @param suspect whether it is to run with nothing else
     */
    record Need(long ownerId, String runId, long memoryBytes, long inputBytes, boolean suspect) {}

    private static final class Owner {
        final long id;
        final Map<String, Deque<Turn>> runs = new HashMap<>();
        final Deque<String> inTurn = new ArrayDeque<>();

        Owner(long id) {
            this.id = id;
        }
    }

    FairQueue(Bounds bounds) {
        this.bounds = bounds;
    }

    /**
     * Queues up.
     *
     * @param start called once, when it is this one's turn, by whichever thread makes the room; it must not block
     */
    Turn enqueue(Need need, Runnable start) {
        Turn turn = new Turn(need, start);
        List<Turn> granted;
        synchronized (this) {
            waiting++;
            if (need.suspect()) {
                suspects.add(turn);
            } else {
                Owner owner = owners.computeIfAbsent(need.ownerId(), Owner::new);
                if (owner.runs.isEmpty()) {
                    inTurn.add(owner);
                }
                Deque<Turn> run = owner.runs.computeIfAbsent(need.runId(), id -> {
                    owner.inTurn.add(id);
                    return new ArrayDeque<>();
                });
                run.add(turn);
            }
            granted = grant();
        }
        granted.forEach(one -> one.start.run());
        return turn;
    }

    /** How many more tasks could begin now, as far as their number goes. */
    synchronized int free() {
        return suspectRuns || !suspects.isEmpty() ? 0 : Math.max(bounds.tasks() - running - waiting, 0);
    }

    /** How many wait. */
    synchronized int waiting() {
        return waiting;
    }

    /** How many run. */
    synchronized int running() {
        return running;
    }

    /** The memory limits of those that run, together. */
    synchronized long memoryBytes() {
        return memoryBytes;
    }

    /** The inputs of those that run, together. */
    synchronized long inputBytes() {
        return inputBytes;
    }

    private List<Turn> grant() {
        List<Turn> granted = new ArrayList<>();
        while (!suspectRuns) {
            suspects.removeIf(turn -> turn.state == State.WITHDRAWN);
            Optional<Turn> next = head();
            if (!suspects.isEmpty() && (beforeSuspect == 0 || next.isEmpty())) {
                if (running > 0) {
                    break;
                }
                begin(suspects.remove(), granted);
                suspectRuns = true;
                beforeSuspect = Math.min(bounds.tasks(), waiting - suspects.size());
            } else if (next.isPresent() && fits(next.get().need)) {
                takeHead();
                beforeSuspect = Math.max(beforeSuspect - 1, 0);
                begin(next.get(), granted);
            } else {
                break;
            }
        }
        return granted;
    }

    private void begin(Turn turn, List<Turn> granted) {
        turn.state = State.GRANTED;
        waiting--;
        running++;
        memoryBytes += turn.need.memoryBytes();
        inputBytes += turn.inputBytes;
        granted.add(turn);
    }

    private boolean fits(Need need) {
        return running == 0
                || (running < bounds.tasks()
                        && memoryBytes + need.memoryBytes() <= bounds.memoryBytes()
                        && inputBytes + need.inputBytes() <= bounds.inputBytes());
    }

    /** The turn that is next, those that were withdrawn dropped on the way. It stays where it is. */
    private Optional<Turn> head() {
        while (!inTurn.isEmpty()) {
            Owner owner = inTurn.element();
            Deque<Turn> run = run(owner);
            if (run.element().state != State.WITHDRAWN) {
                return Optional.of(run.element());
            }
            run.remove();
            rotate(owner, run, false);
        }
        return Optional.empty();
    }

    private void takeHead() {
        Owner owner = inTurn.element();
        Deque<Turn> run = run(owner);
        run.remove();
        rotate(owner, run, true);
    }

    private static Deque<Turn> run(Owner owner) {
        @Nullable Deque<Turn> run = owner.runs.get(owner.inTurn.element());
        if (run == null) {
            throw new IllegalStateException("a run in turn has no queue");
        }
        return run;
    }

    /** After something of the owner's run was taken: drops what is empty, and sends what is not to the end if it had a turn. */
    private void rotate(Owner owner, Deque<Turn> run, boolean hadTurn) {
        if (run.isEmpty()) {
            owner.runs.remove(owner.inTurn.remove());
        } else if (hadTurn) {
            owner.inTurn.add(owner.inTurn.remove());
        }
        if (owner.runs.isEmpty()) {
            inTurn.remove();
            owners.remove(owner.id);
        } else if (hadTurn) {
            inTurn.add(inTurn.remove());
        }
    }

    private enum State {
        WAITING,
        GRANTED,
        WITHDRAWN,
        RELEASED
    }

    /** A place in the queue. */
    final class Turn {
        private final Need need;
        private final Runnable start;
        private State state = State.WAITING;
        private long inputBytes;

        private Turn(Need need, Runnable start) {
            this.need = need;
            this.start = start;
            this.inputBytes = need.inputBytes();
        }

        /** Leaves the queue; false if the turn had come already. */
        boolean withdraw() {
            List<Turn> granted;
            synchronized (FairQueue.this) {
                if (state != State.WAITING) {
                    return false;
                }
                state = State.WITHDRAWN;
                waiting--;
                granted = grant();
            }
            granted.forEach(one -> one.start.run());
            return true;
        }

        /** Says how large the input of this task, whose turn has come, really is: what it does not need is free again. */
        void inputIs(long bytes) {
            List<Turn> granted;
            synchronized (FairQueue.this) {
                if (state != State.GRANTED || bytes >= inputBytes) {
                    return;
                }
                FairQueue.this.inputBytes -= inputBytes - bytes;
                inputBytes = bytes;
                granted = grant();
            }
            granted.forEach(one -> one.start.run());
        }

        /** Ends a turn that had come; harmless when repeated. */
        void release() {
            List<Turn> granted;
            synchronized (FairQueue.this) {
                if (state != State.GRANTED) {
                    return;
                }
                state = State.RELEASED;
                running--;
                memoryBytes -= need.memoryBytes();
                FairQueue.this.inputBytes -= inputBytes;
                if (need.suspect()) {
                    suspectRuns = false;
                }
                granted = grant();
            }
            granted.forEach(one -> one.start.run());
        }
    }
}
