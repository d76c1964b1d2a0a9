package dev.netbase.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedProcessTest {
    private static final RestartPolicy QUICK =
            new RestartPolicy(Duration.ofMillis(10), Duration.ofMillis(20), 3, Duration.ofMillis(50));

    @TempDir
    Path directory;

    private final Heard heard = new Heard();
    private Path records;
    private SupervisedProcess process;

    @BeforeEach
    void makeRecords() throws Exception {
        records = Files.createDirectory(directory.resolve("records"));
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.stop(Duration.ofSeconds(5));
        }
    }

    @Test
    void shouldStartAKilledProcessAgain() throws Exception {
        start("sleep 1000", StopSignal.TERMINATE, () -> true);
        process.ready().get(10, TimeUnit.SECONDS);
        long first = process.pid().orElseThrow();

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        assertThat(heard.restarts.poll(10, TimeUnit.SECONDS)).isEqualTo("child ended with 137");
        await().untilAsserted(() -> assertThat(process.pid()).isPresent().isNotEqualTo(first));
        assertThat(heard.failures).isEmpty();
    }

    @Test
    void shouldRecordThePidOfTheProgramItself() throws Exception {
        start("sleep 1000", StopSignal.TERMINATE, () -> true);
        process.ready().get(10, TimeUnit.SECONDS);

        String pid = Long.toString(process.pid().orElseThrow());
        await().untilAsserted(
                        () -> assertThat(directory.resolve("records/child.pid")).hasContent(pid));
    }

    @Test
    void shouldReportAProcessThatKeepsEndingBeforeItIsReady() throws Exception {
        start("echo broken; exit 3", StopSignal.TERMINATE, () -> false);

        assertThat(heard.failures.poll(20, TimeUnit.SECONDS)).isEqualTo("child failed 3 times");
        assertThat(heard.restarts).contains("child ended with 3");
        assertThat(process.ready()).isNotDone();
        assertThat(directory.resolve("child.log")).content().contains("broken");
    }

    @Test
    void shouldReportAProgramThatIsNotThere() throws Exception {
        process = new SupervisedProcess(
                new ProcessSpec(
                        "child",
                        List.of("/nowhere/program"),
                        Map.of(),
                        directory.resolve("child.log"),
                        StopSignal.TERMINATE,
                        () -> true),
                QUICK,
                records,
                heard);
        process.start();

        assertThat(heard.restarts.poll(20, TimeUnit.SECONDS)).startsWith("child ended with 12");
    }

    @Test
    void shouldLetTheProcessEndInGoodOrder() throws Exception {
        start("trap 'echo bye; exit 0' TERM; echo set; while :; do sleep 0.1; done", StopSignal.TERMINATE, this::isSet);
        process.ready().get(10, TimeUnit.SECONDS);

        process.stop(Duration.ofSeconds(10));

        assertThat(directory.resolve("child.log")).content().contains("bye");
        assertThat(process.pid()).isEmpty();
        assertThat(heard.restarts).isEmpty();
        assertThat(directory.resolve("records/child.pid")).doesNotExist();
    }

    @Test
    void shouldStopByInterruptWhereThatIsTheProgramsWay() throws Exception {
        // Not a shell: one that was started with SIGINT ignored, as background jobs are, cannot trap it. PostgreSQL
        // can.
        start(
                "exec perl -e '$| = 1; $SIG{INT} = sub { print qq(fast\\n); exit 0 }; print qq(set\\n); sleep 1 while 1'",
                StopSignal.INTERRUPT,
                this::isSet);
        process.ready().get(10, TimeUnit.SECONDS);

        process.stop(Duration.ofSeconds(10));

        assertThat(directory.resolve("child.log")).content().contains("fast");
    }

    @Test
    void shouldKillWhatDoesNotEndInTime() throws Exception {
        start("trap '' TERM; echo set; while :; do sleep 0.1; done", StopSignal.TERMINATE, this::isSet);
        process.ready().get(10, TimeUnit.SECONDS);
        long pid = process.pid().orElseThrow();

        process.stop(Duration.ofMillis(200));

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void shouldNotStartAfterAStop() {
        process = supervised("sleep 1000", StopSignal.TERMINATE, () -> true);

        process.stop(Duration.ofSeconds(1));
        process.start();

        assertThat(process.pid()).isEmpty();
    }

    private boolean isSet() throws Exception {
        return Files.readString(directory.resolve("child.log")).contains("set");
    }

    private void start(String script, StopSignal signal, Readiness readiness) {
        process = supervised(script, signal, readiness);
        process.start();
    }

    private SupervisedProcess supervised(String script, StopSignal signal, Readiness readiness) {
        ProcessSpec spec = new ProcessSpec(
                "child", List.of("sh", "-c", script), Map.of(), directory.resolve("child.log"), signal, readiness);
        return new SupervisedProcess(spec, QUICK, records, heard);
    }

    private static final class Heard implements ProcessListener {
        private final BlockingQueue<String> restarts = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> failures = new LinkedBlockingQueue<>();

        @Override
        public void restarting(ProcessSpec spec, int exitCode, Duration pause) {
            restarts.add(spec.name() + " ended with " + exitCode);
        }

        @Override
        public void failing(ProcessSpec spec, int earlyExits) {
            failures.add(spec.name() + " failed " + earlyExits + " times");
        }
    }
}
