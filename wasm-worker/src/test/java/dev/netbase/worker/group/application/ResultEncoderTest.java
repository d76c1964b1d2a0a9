package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.artifact.FileArtifactStore;
import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult.Accounts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultEncoderTest {
    private static final String REFERENCE = "\\{\"\\$artifact\":\"[0-9a-f]{64}\"}";

    @TempDir
    Path store;

    private ResultEncoder encoder;

    @BeforeEach
    void make() {
        encoder = new ResultEncoder(new ValueReferences(new FileArtifactStore(store)));
    }

    @Test
    void shouldPassAnElementsOutputInlineUpToFourKibibytes() {
        assertThat(output(true, 4_094)).hasSize(4_096).startsWith("\"xxx");
        assertThat(output(true, 4_095)).matches(REFERENCE);
    }

    @Test
    void shouldPassTheOutputOfANodesOnlyTaskInlineUpToSixtyFourKibibytes() {
        assertThat(output(false, 65_534)).hasSize(65_536).startsWith("\"xxx");
        assertThat(output(false, 65_535)).matches(REFERENCE);
    }

    @Test
    void shouldNeverStoreWhatIsQuick() {
        byte[] worst = new byte[682];

        assertThat(ResultEncoder.isQuick(completed(worst))).isTrue();
        assertThat(ResultEncoder.isQuick(completed(new byte[683]))).isFalse();
        assertThat(encoder.encode(claim(true), completed(worst), Accounts.NONE).output())
                .startsWith("\"\\u0000");
    }

    private String output(boolean element, int characters) {
        byte[] text = "x".repeat(characters).getBytes(StandardCharsets.UTF_8);
        return encoder.encode(claim(element), completed(text), Accounts.NONE).output();
    }

    private static Claim claim(boolean element) {
        return Claim.hint(new TaskKey("run", 1, 1), "group", null, element, 1, 1_000, "null", new Lease("worker", 1));
    }

    private static TaskOutcome.Completed completed(byte[] output) {
        return new TaskOutcome.Completed(output, new byte[0], TaskOutcome.Usage.NONE);
    }
}
