package dev.netbase.standalone.stack;

import dev.netbase.standalone.process.ProcessListener;
import dev.netbase.standalone.process.ProcessSpec;
import dev.netbase.standalone.process.RestartPolicy;
import dev.netbase.standalone.process.SupervisedProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The processes of a stack: any number of threads start them, one stops them. */
final class Children {
    private static final Duration SERVICES_STOP_WITHIN = Duration.ofSeconds(8);
    private static final Duration POSTGRES_STOPS_WITHIN = Duration.ofSeconds(3);

    private final Path records;
    private final ProcessListener listener;

    /** In the order in which they were started; guarded by itself. */
    private final List<SupervisedProcess> processes = new ArrayList<>();

    /** Guarded by {@code processes}. */
    private boolean stopped;

    /** @param records where what runs is written down, for a later start to find orphans by */
    Children(Path records, ProcessListener listener) {
        this.records = records;
        this.listener = listener;
    }

    /**
     * Starts a process and keeps it alive.
     *
     * @throws StoppedException after {@link #refuseMore}
     */
    SupervisedProcess keep(ProcessSpec spec) {
        SupervisedProcess process = new SupervisedProcess(spec, RestartPolicy.STANDARD, records, listener);
        synchronized (processes) {
            if (stopped) {
                throw new StoppedException();
            }
            processes.add(process);
            process.start();
        }
        return process;
    }

    /** The pid of a process, by its name. */
    OptionalLong pid(String name) {
        return all().stream()
                .filter(process -> process.name().equals(name))
                .findFirst()
                .map(SupervisedProcess::pid)
                .orElse(OptionalLong.empty());
    }

    /** The names of those that are not ready. */
    String waitingFor() {
        return String.join(
                ", ",
                all().stream()
                        .filter(process -> !process.ready().isDone())
                        .map(SupervisedProcess::name)
                        .toList());
    }

    /** From now on nothing is started. False if that was so already. */
    boolean refuseMore() {
        synchronized (processes) {
            boolean first = !stopped;
            stopped = true;
            return first;
        }
    }

    /** Stops the services, all at once. */
    void stopServices() {
        List<Thread> stops = all().stream()
                .filter(process -> !isInfrastructure(process))
                .map(process -> Thread.startVirtualThread(() -> process.stop(SERVICES_STOP_WITHIN)))
                .toList();
        stops.forEach(Children::join);
    }

    /** Stops Kafka and then PostgreSQL, whatever they do, within this time. */
    void stopInfrastructure(Duration within) {
        stop("kafka", within.minus(POSTGRES_STOPS_WITHIN));
        stop("postgres", POSTGRES_STOPS_WITHIN);
    }

    private static boolean isInfrastructure(SupervisedProcess process) {
        return process.name().equals("kafka") || process.name().equals("postgres");
    }

    private void stop(String name, Duration grace) {
        all().stream().filter(process -> process.name().equals(name)).forEach(process -> process.stop(grace));
    }

    private List<SupervisedProcess> all() {
        synchronized (processes) {
            return List.copyOf(processes);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The stack was closed while it was starting. */
    static final class StoppedException extends RuntimeException {}
}
