package dev.netbase.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphansTest {
    @TempDir
    Path data;

    private final List<Process> started = new ArrayList<>();
    private Path runs;

    @BeforeEach
    void makeRuns() throws IOException {
        runs = Files.createDirectories(data.resolve("run"));
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void shouldEndRecordedProcessesOfThisDataDirectory() throws Exception {
        Process orphan = sleeperNaming(data);
        record("1-1", "asset-api", orphan.pid());

        int ended = Orphans.end(runs, data);

        assertThat(ended).isEqualTo(1);
        assertThat(orphan.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(runs).isEmptyDirectory();
    }

    @Test
    void shouldSpareAProgramThatHasGotTheSamePidSince() throws Exception {
        Process stranger = sleeperNaming(Path.of("/somewhere/else"));
        record("1-1", "asset-api", stranger.pid());

        int ended = Orphans.end(runs, data);

        assertThat(ended).isZero();
        assertThat(stranger.isAlive()).isTrue();
    }

    @Test
    void shouldIgnoreRecordsOfDeadProcessesAndHalfWrittenOnes() throws Exception {
        Process dead = sleeperNaming(data);
        dead.destroyForcibly().waitFor();
        record("1-1", "kafka", dead.pid());
        Files.writeString(runs.resolve("1-1/postgres.pid"), "");

        assertThat(Orphans.end(runs, data)).isZero();
        assertThat(runs).isEmptyDirectory();
    }

    private Process sleeperNaming(Path directory) throws IOException {
        Process process = new ProcessBuilder("sh", "-c", "echo up; read -r never", directory.toString()).start();
        started.add(process);
        assertThat(process.inputReader().readLine()).isEqualTo("up");
        return process;
    }

    private void record(String run, String name, long pid) throws IOException {
        Files.createDirectories(runs.resolve(run));
        Files.writeString(runs.resolve(run).resolve(name + ".pid"), pid + "\n");
    }
}
