package dev.netbase.model.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileArtifactStoreTest {
    @TempDir
    Path root;

    @Test
    void shouldKeepAStreamUnderItsDigestOnce() throws IOException {
        FileArtifactStore store = new FileArtifactStore(root.resolve("store"));
        byte[] content = new byte[300_000];
        new Random(1).nextBytes(content);

        ArtifactStore.Stored stored = store.put(new ByteArrayInputStream(content));

        assertThat(stored).isEqualTo(new ArtifactStore.Stored(Sha256.hex(content), content.length));
        assertThat(store.put(new ByteArrayInputStream(content))).isEqualTo(stored);
        assertThat(store.put(content)).isEqualTo(stored.sha256());
        assertThat(store.read(stored.sha256())).hasValue(content);
        assertThat(files()).isEqualTo(1);
    }

    @Test
    void shouldLeaveNothingOfAStreamThatBreaks() throws IOException {
        FileArtifactStore store = new FileArtifactStore(root.resolve("store"));
        InputStream broken = new InputStream() {
            private int left = 100_000;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) {
                    throw new IOException("broken");
                }
                return 7;
            }
        };

        assertThatThrownBy(() -> store.put(broken)).hasMessage("broken");

        assertThat(files()).isZero();
    }

    private long files() throws IOException {
        try (var all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).count();
        }
    }
}
