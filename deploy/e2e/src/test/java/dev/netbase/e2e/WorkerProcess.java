package dev.netbase.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.netbase.standalone.process.ProcessSpec;
import dev.netbase.standalone.stack.Endpoints;
import dev.netbase.standalone.stack.ServiceDefinition;
import dev.netbase.standalone.stack.ServiceProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One packaged worker, started as the stack starts it but for what a test sets, and what can be done to it. */
final class WorkerProcess implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private final String name;
    private final Process process;
    private final URI http;

    private WorkerProcess(String name, Process process, URI http) {
        this.name = name;
        this.process = process;
        this.http = http;
    }

    /**
     * What a test sets.
     *
     * @param name the worker's; whoever has it after this one gets its partitions at once
     * @param settings environment variables
     * @param jvmFlags after the stack's own, so that they win
     * @param endpoints where the database and the broker are
     */
    record Setup(String name, Map<String, String> settings, List<String> jvmFlags, Endpoints endpoints) {
        static Setup named(String name, WorkerStack stack) {
            return new Setup(
                    name,
                    Map.of("NETBASE_WORKER_LEASE", "3s", "NETBASE_WORKER_DRAIN_TIMEOUT", "1s"),
                    List.of(),
                    stack.endpoints());
        }

        Setup with(String key, String value) {
            Map<String, String> more = new HashMap<>(settings);
            more.put(key, value);
            return new Setup(name, more, jvmFlags, endpoints);
        }

        Setup with(String jvmFlag) {
            List<String> more = new ArrayList<>(jvmFlags);
            more.add(jvmFlag);
            return new Setup(name, settings, more, endpoints);
        }

        Setup at(Endpoints elsewhere) {
            return new Setup(name, settings, jvmFlags, elsewhere);
        }
    }

    /** Starts a worker; see {@link #awaitReady}. */
    static WorkerProcess start(WorkerStack stack, Setup setup) throws IOException {
        ServiceDefinition standard = ServiceDefinition.standard(NetbaseUp.home()).stream()
                .filter(service -> service.name().equals("wasm-worker"))
                .findFirst()
                .orElseThrow();
        List<String> flags = new ArrayList<>(standard.jvmFlags());
        flags.addAll(setup.jvmFlags());
        ServiceDefinition worker = new ServiceDefinition(standard.name(), flags, standard.program(), false, true);
        Path java = ProcessHandle.current().info().command().map(Path::of).orElseThrow();
        int port = freePort();
        Path log = stack.data().log("worker-" + setup.name());
        ProcessSpec spec = ServiceProcess.of(worker, java, stack.data(), setup.endpoints(), port, log);
        ProcessBuilder command = new ProcessBuilder(spec.command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        command.environment().putAll(spec.environment());
        command.environment().put("NETBASE_WORKER_NAME", setup.name());
        // What two workers must not share.
        for (String own : List.of("workspaces", "cache")) {
            Path folder = Files.createDirectories(stack.data().root().resolve(own + "-of-" + setup.name()));
            command.environment().put("NETBASE_" + own.toUpperCase(Locale.ROOT) + "_ROOT", folder.toString());
        }
        command.environment().putAll(setup.settings());
        Process process = command.start();
        Files.writeString(stack.records().resolve(setup.name() + ".pid"), process.pid() + "\n");
        return new WorkerProcess(setup.name(), process, URI.create("http://127.0.0.1:" + port));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    /** Waits until it takes groups. */
    WorkerProcess awaitReady() {
        await().atMost(READY_WITHIN)
                .pollInterval(Duration.ofMillis(50))
                .failFast(name + " has ended", () -> !process.isAlive())
                .until(this::isReady);
        return this;
    }

    boolean isReady() {
        try {
            HttpURLConnection connection = health();
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** How many guests are in the sandbox now. */
    int guests() {
        try (InputStream body = health().getInputStream()) {
            JsonNode checks = Api.JSON.readTree(body).path("checks");
            for (JsonNode check : checks) {
                if (check.path("name").asText().equals("sandbox")) {
                    return check.path("data").path("guests").asInt();
                }
            }
            throw new IllegalStateException("the sandbox says nothing: " + checks);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " is not ready", e);
        }
    }

    private HttpURLConnection health() throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) http.resolve("/q/health/ready").toURL().openConnection();
        connection.setConnectTimeout(2_000);
        connection.setReadTimeout(20_000);
        return connection;
    }

    /** The sum of a metric's samples: of all, or of those whose labels begin as here. */
    double metric(String sample) {
        try (InputStream body = http.resolve("/q/metrics").toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(sample)
                            && (sample.contains("{") || " {".indexOf(line.charAt(sample.length())) >= 0))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not answer", e);
        }
    }

    /** Bytes of heap that are left by a full collection. */
    long liveHeap() {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        run(jcmd.toString(), Long.toString(pid()), "GC.run");
        return (long) metric("jvm_memory_used_bytes{area=\"heap\"");
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGTERM; see {@link #exitCode}. */
    void terminate() {
        process.destroy();
    }

    /** SIGSTOP: it does nothing at all until it is resumed. */
    void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        run("kill", "-" + signal, Long.toString(pid()));
    }

    private void run(String... command) {
        try {
            Process tool = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (tool.waitFor() != 0) {
                throw new IllegalStateException(List.of(command) + " ended with " + tool.exitValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What it ends with, within this time. */
    int exitCode(Duration within) throws InterruptedException {
        if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(name + " has not ended within " + within);
        }
        return process.exitValue();
    }

    /** Ends it in good order if it can be, so that the consumer group does not wait for it. */
    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            resume();
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill();
            }
        }
    }
}
