package dev.netbase.standalone.bench;

import dev.netbase.standalone.process.ProcessSpec;
import dev.netbase.standalone.process.StartupException;
import dev.netbase.standalone.stack.DataDirectory;
import dev.netbase.standalone.stack.Endpoints;
import dev.netbase.standalone.stack.ServiceDefinition;
import dev.netbase.standalone.stack.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long a worker takes from the start of its process until it says that it is ready: it holds its lease and is a
 * member of its consumer group. On a stack without workers.
 */
public final class StartBench {
    private static final int ROUNDS = 9;
    private static final long POLL_MILLIS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);

    private final ServiceDefinition worker;
    private final DataDirectory data;
    private final Endpoints endpoints;
    private final Path java =
            ProcessHandle.current().info().command().map(Path::of).orElseThrow();

    /** @param worker the service to start, as the stack would */
    public StartBench(ServiceDefinition worker, DataDirectory data, Endpoints endpoints) {
        this.worker = worker;
        this.data = data;
        this.endpoints = endpoints;
    }

    /** The figures by their names, in order; milliseconds. */
    public Map<String, Double> perform() throws IOException, InterruptedException {
        Map<String, Double> figures = new LinkedHashMap<>();
        put(figures, "worker_start", starts(1));
        Started other = start(1);
        try {
            put(figures, "worker_start_beside_another", starts(2));
        } finally {
            other.stop();
        }
        return figures;
    }

    private static void put(Map<String, Double> figures, String name, List<Double> millis) {
        figures.put(name + "_ms", Measurement.quantile(millis, 0.5));
        figures.put(name + "_max_ms", Measurement.quantile(millis, 1));
    }

    /** The first start does not count: it is the one that reads the files from the disk. */
    private List<Double> starts(int instance) throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int round = 0; round <= ROUNDS; round++) {
            Started started = start(instance);
            started.stop();
            if (round > 0) {
                millis.add(started.millis());
            }
        }
        return millis;
    }

    private record Started(Process process, double millis) {
        void stop() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private Started start(int instance) throws IOException, InterruptedException {
        ServiceDefinition service = worker.asInstance(instance);
        Path log = data.log(service.processName());
        ProcessSpec spec = ServiceProcess.of(service, java, data, endpoints, freePort(), log);
        ProcessBuilder builder = new ProcessBuilder(spec.command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(spec.environment());
        long begin = System.nanoTime();
        Process process = builder.start();
        while (!isReady(spec)) {
            if (!process.isAlive() || System.nanoTime() - begin > PATIENCE.toNanos()) {
                process.destroyForcibly();
                throw new StartupException("The worker did not get ready; see " + log + ".");
            }
            Thread.sleep(POLL_MILLIS);
        }
        return new Started(process, (System.nanoTime() - begin) / 1e6);
    }

    private static boolean isReady(ProcessSpec spec) {
        try {
            return spec.readiness().isReady();
        } catch (Exception e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
