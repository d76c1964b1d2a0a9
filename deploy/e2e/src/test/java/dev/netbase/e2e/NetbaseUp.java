package dev.netbase.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A stack that {@code ./netbase up} started, and what can be done to it from outside. */
final class NetbaseUp implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("netbase.home", "../.."))
            .toAbsolutePath()
            .normalize();
    private final Process process;
    private final Path data;
    private final int kafkaPort;
    private final Api api;

    private NetbaseUp(Process process, Path data, int kafkaPort, URI http) throws IOException {
        this.process = process;
        this.data = data;
        this.kafkaPort = kafkaPort;
        this.api = new Api(http, data);
    }

    /** Starts a stack on this data directory and waits until it says that it is ready. */
    static NetbaseUp start(Path data) throws IOException {
        return start(data, Map.of());
    }

    /**
     * Starts a stack with settings of the operator's, and with {@code postgres}, a database of the embedded server beside
     * Netbase's own, as the data source {@code stack}.
     */
    static NetbaseUp start(Path data, Map<String, String> settings) throws IOException {
        int http = freePort();
        int kafka = freePort();
        int postgres = freePort();
        ProcessBuilder command = new ProcessBuilder(
                        HOME.resolve("netbase").toString(),
                        "up",
                        "--data",
                        data.toString(),
                        "--http-port",
                        Integer.toString(http),
                        "--kafka-port",
                        Integer.toString(kafka),
                        "--postgres-port",
                        Integer.toString(postgres))
                .redirectError(output("netbase-up").toFile());
        command.environment()
                .putAll(Map.of(
                        "NETBASE_SQL_DATA_SOURCES_STACK_URL",
                        "postgresql://127.0.0.1:" + postgres + "/postgres",
                        "NETBASE_SQL_DATA_SOURCES_STACK_USERNAME",
                        "netbase",
                        "NETBASE_SQL_DATA_SOURCES_STACK_PASSWORD_FILE",
                        data.resolve("postgres-password").toString()));
        command.environment().putAll(settings);
        Process process = command.start();
        process.getOutputStream().close();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        String expected = "Netbase is ready: http://localhost:" + http;
        if (!expected.equals(line)) {
            process.destroy();
            throw new IllegalStateException("expected '" + expected + "', got '" + line + "'\n" + logs(data));
        }
        return new NetbaseUp(process, data, kafka, URI.create("http://localhost:" + http));
    }

    private static String logs(Path data) throws IOException {
        StringBuilder all = new StringBuilder();
        if (Files.isDirectory(data.resolve("logs"))) {
            try (var files = Files.list(data.resolve("logs"))) {
                for (Path file : files.sorted().toList()) {
                    List<String> lines = Files.readAllLines(file);
                    all.append("--- ").append(file.getFileName()).append('\n');
                    lines.subList(Math.max(0, lines.size() - 30), lines.size())
                            .forEach(line -> all.append(line).append('\n'));
                }
            }
        }
        return all.toString();
    }

    static Path home() {
        return HOME;
    }

    /** A new file for what a program prints, which is there to be looked at until the build is cleaned. */
    static Path output(String program) throws IOException {
        Path folder = Files.createDirectories(HOME.resolve("deploy/e2e/target/printed"));
        return Files.createTempFile(folder, program + "-", ".txt");
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    Api api() {
        return api;
    }

    Path data() {
        return data;
    }

    String kafka() {
        return "127.0.0.1:" + kafkaPort;
    }

    /** The process of a service, by its module's name. */
    Optional<ProcessHandle> service(String name) {
        return process.descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("-Dnetbase.service=" + name))
                .findFirst();
    }

    /** {@code kill -9}, once the service runs. */
    void kill(String service) {
        ProcessHandle victim = service(service).orElseThrow();
        victim.destroyForcibly();
        victim.onExit().join();
    }

    /** {@code kill -9} of the supervisor and of everything below it. */
    void killTree() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        all.forEach(child -> child.onExit().join());
    }

    /** SIGTERM; answers the exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            killTree();
            throw new IllegalStateException("did not stop within 20 s");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            stop();
        }
    }

    /** Removes a directory with all that is in it. */
    static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
