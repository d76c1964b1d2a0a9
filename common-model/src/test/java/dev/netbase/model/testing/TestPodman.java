package dev.netbase.model.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Podman service of the tests' own, with storage of its own, that speaks the Docker API. */
public final class TestPodman implements AutoCloseable {
    private static final long STARTS_WITHIN_MILLIS = 30_000;
    private final Path folder;
    private final Process service;

    private TestPodman(Path folder, Process service) {
        this.folder = folder;
        this.service = service;
    }

    /** Starts it. Without Podman the test is skipped, but for continuous integration, where it fails. */
    public static TestPodman start() throws IOException, InterruptedException {
        Optional<String> missing = missing();
        if (missing.isPresent()) {
            String message = missing.get() + " is not installed: apt install podman runc gcc libc6-dev";
            if (Boolean.parseBoolean(System.getenv("CI"))) {
                throw new AssertionError(message);
            }
            return abort(message);
        }
        Path folder = Files.createTempDirectory("podman");
        Files.writeString(folder.resolve("containers.conf"), """
                [engine]
                cgroup_manager = "cgroupfs"
                runtime = "runc"
                events_logger = "none"
                lock_type = "file"
                [containers]
                default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
                """);
        ProcessBuilder command = process(folder, "system", "service", "--time=0", endpoint(folder))
                .redirectOutput(folder.resolve("service.log").toFile());
        TestPodman podman = new TestPodman(folder, command.start());
        podman.awaitAnswer();
        return podman;
    }

    /** A program that is not installed here and has to be, if there is one. */
    public static Optional<String> missing() {
        return Stream.of("podman", "runc", "cc")
                .filter(program -> !isInstalled(program))
                .findFirst();
    }

    /** What {@code netbase.container.endpoint} is to be. */
    public String endpoint() {
        return endpoint(folder);
    }

    /** Runs a command of Podman's and gives its output. */
    public String podman(String... arguments) throws IOException, InterruptedException {
        Process process = process(folder, arguments).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("podman " + String.join(" ", arguments) + ": " + output);
        }
        return output.strip();
    }

    /**
     * The program that tries from inside what a container can do, linked so that it needs nothing else.
     *
     * @param source {@code wasm-worker/src/test/containers/probe.c}
     */
    public byte[] probe(Path source) throws IOException, InterruptedException {
        Path program = folder.resolve("probe");
        Process process = new ProcessBuilder("cc", "-O1", "-static", "-o", program.toString(), source.toString())
                .inheritIO()
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("the probe cannot be compiled: apt install gcc libc6-dev");
        }
        return Files.readAllBytes(program);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        podman("rm", "--all", "--force", "--time=0");
        service.destroy();
        if (!service.waitFor(10, TimeUnit.SECONDS)) {
            service.destroyForcibly();
        }
        new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor(30, TimeUnit.SECONDS);
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        Path socket = Path.of(endpoint().substring("unix://".length()));
        long deadline = System.currentTimeMillis() + STARTS_WITHIN_MILLIS;
        while (true) {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return;
            } catch (IOException e) {
                if (!service.isAlive() || System.currentTimeMillis() > deadline) {
                    throw new IllegalStateException(
                            "podman does not start: " + Files.readString(folder.resolve("service.log")), e);
                }
                Thread.sleep(20);
            }
        }
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(program)));
    }

    private static String endpoint(Path folder) {
        return "unix://" + folder.resolve("podman.sock");
    }

    /** In the folder of its own: conmon leaves a file "oom" where it was started when a container runs out of memory. */
    private static ProcessBuilder process(Path folder, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "podman",
                "--root=" + folder.resolve("root"),
                "--runroot=" + folder.resolve("run"),
                "--tmpdir=" + folder.resolve("tmp"),
                "--storage-driver=vfs",
                "--cgroup-manager=cgroupfs"));
        command.addAll(List.of(arguments));
        ProcessBuilder process =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        process.environment()
                .put("CONTAINERS_CONF", folder.resolve("containers.conf").toString());
        return process;
    }
}
