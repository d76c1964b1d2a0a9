package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.artifact.FileArtifactStore;
import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.TaskPreparation.Prepared;
import dev.netbase.worker.group.application.TaskPreparation.Ready;
import dev.netbase.worker.group.application.TaskPreparation.Refused;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskPreparationTest {
    @TempDir
    Path folder;

    private FileArtifactStore artifacts;
    private TaskPreparation preparation;

    @BeforeEach
    void setUp() {
        artifacts = new FileArtifactStore(folder);
        preparation = new TaskPreparation(LimitCaps.of(Map.of("fuel", 5L)), new ValueReferences(artifacts));
    }

    @Test
    void shouldApplyTheOperatorsCapsAndTheNodesTimeout() {
        Prepared prepared = preparation.prepare(claim("{}", 300L), spec(Map.of("fuel", 1_000L, "timeout_ms", 900L)));

        assertThat(prepared).isInstanceOfSatisfying(Ready.class, ready -> {
            assertThat(ready.call().limits().get(TaskLimit.FUEL)).isEqualTo(5);
            assertThat(ready.call().limits().get(TaskLimit.TIMEOUT_MS)).isEqualTo(300);
        });
    }

    @Test
    void shouldHandOverTheInputAsItIs() {
        String input = "{\"a\" : 1.50, \"b\":\"\\u00e4\"}";

        assertThat(preparation.prepare(claim(input, null), spec(Map.of())))
                .isInstanceOfSatisfying(
                        Ready.class,
                        ready -> assertThat(ready.call().input()).isEqualTo(input.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldPutLargeValuesBackIntoTheInput() throws IOException {
        String sha256 = artifacts.put("[1,2,3]".getBytes(StandardCharsets.UTF_8));

        assertThat(preparation.prepare(claim("{\"list\":{\"$artifact\":\"" + sha256 + "\"}}", null), spec(Map.of())))
                .isInstanceOfSatisfying(
                        Ready.class,
                        ready -> assertThat(ready.call().input()).asString().isEqualTo("{\"list\":[1,2,3]}"));
    }

    @Test
    void shouldRefuseAnInputOverItsLimit() {
        assertThat(preparation.prepare(claim("\"0123456789\"", null), spec(Map.of("input_bytes", 11L))))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.outcome().code()).isEqualTo(TaskErrorCode.INPUT_TOO_LARGE));
        assertThat(preparation.prepare(claim("\"0123456789\"", null), spec(Map.of("input_bytes", 12L))))
                .isInstanceOf(Ready.class);
    }

    @Test
    void shouldRefuseReferencesThatStandForTooMuch() throws IOException {
        String sha256 = artifacts.put(("\"" + "x".repeat(100) + "\"").getBytes(StandardCharsets.UTF_8));
        String reference = "{\"$artifact\":\"" + sha256 + "\"}";
        String bomb = "[" + reference + ("," + reference).repeat(20) + "]";

        assertThat(preparation.prepare(claim(bomb, null), spec(Map.of("input_bytes", 1_000L))))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.outcome().code()).isEqualTo(TaskErrorCode.INPUT_TOO_LARGE));
    }

    @Test
    void shouldSayThatAReferencedValueIsGone() {
        String reference = "{\"$artifact\":\"" + "0".repeat(64) + "\"}";

        assertThat(preparation.prepare(claim(reference, null), spec(Map.of())))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.outcome().code()).isEqualTo(TaskErrorCode.INPUT_UNAVAILABLE));
    }

    private static Claim claim(String inputs, @Nullable Long timeoutMs) {
        return new Claim(new TaskKey("run", 1, 1), "group", 1L, timeoutMs, inputs, new Lease("worker", 1));
    }

    private static TaskSpec spec(Map<String, Long> limits) {
        return new TaskSpec(
                1,
                AgentType.WASM,
                Map.of("limits", limits),
                new TaskSpec.AssetFile("aV1_iF4gT-7b", "1.0.0", 1, "bin/a.wasm", "a".repeat(64), 1));
    }
}
