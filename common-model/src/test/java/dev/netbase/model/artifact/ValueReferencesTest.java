package dev.netbase.model.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValueReferencesTest {
    @TempDir
    Path root;

    @Test
    void shouldPassValuesInlineUpToTheLimitAndByReferenceBeyondIt() throws IOException {
        ValueReferences values = new ValueReferences(new FileArtifactStore(root));
        String atLimit = Json.write("x".repeat(ValueReferences.INLINE_BYTES - 2));
        String over = Json.write("x".repeat(ValueReferences.INLINE_BYTES - 1));

        assertThat(values.inlineOrStore(atLimit)).isEqualTo(atLimit);
        String reference = values.inlineOrStore(over);

        assertThat(reference).isEqualTo("{\"$artifact\":\"" + Sha256.hex(over.getBytes()) + "\"}");
        assertThat(values.resolve(Json.parse(reference), over.length())).isEqualTo(Json.parse(over));
        assertThatThrownBy(() -> values.resolve(Json.parse(reference), over.length() - 1))
                .isInstanceOf(ValueReferences.TooLargeException.class)
                .hasMessageContaining("65536 bytes");
    }

    @Test
    void shouldCountBytesNotCharacters() throws IOException {
        ValueReferences values = new ValueReferences(new FileArtifactStore(root));
        String wide = Json.write("€".repeat(ValueReferences.INLINE_BYTES / 3));

        assertThat(values.inlineOrStore(wide)).startsWith("{\"$artifact\"");
    }

    @Test
    void shouldResolveReferencesAtAnyDepthAndInsideArtifacts() throws IOException {
        FileArtifactStore store = new FileArtifactStore(root);
        ValueReferences values = new ValueReferences(store);
        Map<String, Object> inner = Map.of("$artifact", store.put("[1,2]".getBytes()));
        Map<String, Object> outer = Map.of("$artifact", store.put(Json.writeBytes(Map.of("inner", inner))));

        assertThat(Json.write(values.resolveDeeply(List.of(outer, "plain"), 1000)))
                .isEqualTo("[{\"inner\":[1,2]},\"plain\"]");
    }

    @Test
    void shouldRefuseASmallValueThatStandsForAHugeOne() throws IOException {
        FileArtifactStore store = new FileArtifactStore(root);
        ValueReferences values = new ValueReferences(store);
        Object value = "0123456789";
        for (int level = 0; level < 40; level++) {
            Map<String, Object> reference = Map.of("$artifact", store.put(Json.writeBytes(value)));
            value = List.of(reference, reference);
        }
        Object bomb = value;

        assertThatThrownBy(() -> values.resolveDeeply(bomb, 1 << 20))
                .isInstanceOf(ValueReferences.TooLargeException.class);
    }

    @Test
    void shouldRefuseDamagedAndMissingArtifacts() throws IOException {
        FileArtifactStore store = new FileArtifactStore(root);
        String sha256 = store.put("content".getBytes());
        Files.writeString(store.locate(sha256).orElseThrow(), "other");

        assertThatThrownBy(() -> store.read(sha256)).isInstanceOf(IOException.class);
        assertThat(store.read("0".repeat(64))).isEmpty();
        assertThat(store.read("../../etc/passwd")).isEmpty();
    }
}
