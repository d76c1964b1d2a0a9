package dev.netbase.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.standalone.process.CommandLines;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a process: what it prints, how it ends, what it leaves. */
class UpCommandIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
        await().atMost(PATIENCE).until(() -> {
            for (long child : children()) {
                ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
            }
            return children().isEmpty();
        });
    }

    @Test
    void shouldPrintOneLineWhenReadyAndStopInOrderOnSigterm() throws Exception {
        int port = freePort();
        Process netbase = netbase("up", "--data", data().toString(), "--http-port", Integer.toString(port));
        awaitReady(port);

        netbase.destroy();

        assertThat(netbase.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(netbase.exitValue()).isZero();
        assertThat(stdout()).containsExactly("Netbase is ready: http://localhost:" + port);
        assertThat(children()).isEmpty();
        for (String service : List.of("asset-api", "scheduler-service", "wasm-worker")) {
            assertThat(data().resolve("logs/" + service + ".log"))
                    .content()
                    .contains("ended with PostgreSQL up, Kafka up");
        }
        assertThat(data().resolve("logs/postgres.log")).content().contains("database system is shut down");
    }

    @Test
    void shouldTakeItsChildrenWithItWhenKilledAndStartAgain() throws Exception {
        int port = freePort();
        Process netbase = netbase("up", "--data", data().toString(), "--http-port", Integer.toString(port));
        awaitReady(port);
        assertThat(children()).hasSizeGreaterThanOrEqualTo(5);

        netbase.destroyForcibly().waitFor();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(children()).isEmpty());
        netbase("up", "--data", data().toString(), "--http-port", Integer.toString(port));
        awaitReady(port);
    }

    @Test
    void shouldEndOrphansBeforeItLooksAtPorts() throws Exception {
        int port = freePort();
        Process netbase = netbase("up", "--data", data().toString(), "--http-port", Integer.toString(port));
        awaitReady(port);
        List<ProcessHandle> guardians = netbase.descendants()
                .filter(process -> CommandLines.of(process).contains("read -r word"))
                .toList();
        assertThat(guardians).hasSize(1);

        guardians.forEach(ProcessHandle::destroyForcibly);
        netbase.destroyForcibly().waitFor();
        assertThat(children()).hasSizeGreaterThanOrEqualTo(5);
        netbase("up", "--data", data().toString(), "--http-port", Integer.toString(port));

        awaitReady(port);
        assertThat(stderr()).contains("ended 5 processes that an earlier start had left running");
    }

    @Test
    void shouldRefuseATakenPortWithOneLineAndLeaveNothingRunning() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());

            Process netbase = netbase("up", "--data", data().toString(), "--http-port", port);

            assertThat(netbase.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(netbase.exitValue()).isEqualTo(1);
            assertThat(stdout()).isEmpty();
            assertThat(stderr().lines())
                    .containsExactly("netbase: Port " + port
                            + " is in use by another program: stop it, or choose another port with --http-port PORT.");
            assertThat(children()).isEmpty();
        }
    }

    @Test
    void shouldStopWhileItStarts() throws Exception {
        Process netbase = netbase("up", "--data", data().toString(), "--http-port", Integer.toString(freePort()));
        await().atMost(PATIENCE).until(() -> stderr().contains("starting PostgreSQL"));

        netbase.destroy();

        assertThat(netbase.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(stdout()).isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(children()).isEmpty());
    }

    private Path data() throws IOException {
        return directory.toRealPath().resolve("data");
    }

    private Process netbase(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StandInNetbase.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(new File(directory.toFile(), "stdout"))
                .redirectError(new File(directory.toFile(), "stderr"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private void awaitReady(int port) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(stdout()).contains("Netbase is ready: http://localhost:" + port));
    }

    private List<String> stdout() throws IOException {
        return Files.readAllLines(directory.resolve("stdout"));
    }

    private String stderr() throws IOException {
        return Files.readString(directory.resolve("stderr"));
    }

    /** Everything that names the data directory, the command itself apart; orphans included. */
    private List<Long> children() throws IOException {
        String data = data().toString();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> started.stream().noneMatch(own -> own.pid() == process.pid()))
                    .filter(process -> CommandLines.of(process).contains(data))
                    .filter(process -> !CommandLines.of(process).contains("read -r word"))
                    .map(ProcessHandle::pid)
                    .toList();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
