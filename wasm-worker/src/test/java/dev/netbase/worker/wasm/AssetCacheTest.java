package dev.netbase.worker.wasm;

import static dev.netbase.worker.wasm.Sandboxes.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.wasm.AssetVersion.File;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssetCacheTest {
    @TempDir
    Path root;

    @TempDir
    Path cacheRoot;

    AssetCache cache;

    @BeforeEach
    void start() {
        cache = new AssetCache(root, cacheRoot);
    }

    private AssetVersion publish(String version, Map<String, String> contents) throws IOException {
        Path folder = root.resolve("package").resolve(version);
        List<File> files = new ArrayList<>();
        for (var entry : new TreeMap<>(contents).entrySet()) {
            byte[] bytes = entry.getValue().getBytes(UTF_8);
            Path file = folder.resolve(entry.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            files.add(new File(entry.getKey(), Sha256.hex(bytes), bytes.length));
        }
        return new AssetVersion(folder, files);
    }

    private Path open(AssetVersion version) {
        try (AssetCache.Opened opened = cache.open(version).await().atMost(PATIENCE)) {
            return opened.folder();
        }
    }

    private TaskErrorCode refusal(AssetVersion version) {
        try {
            open(version);
        } catch (TaskRefusedException e) {
            return e.code();
        }
        throw new AssertionError("the version was opened");
    }

    @Test
    void shouldCopyAllFilesOfAVersion() throws IOException {
        AssetVersion version = publish("1.0.0", Map.of("bin/run.wasm", "code", "data/words.txt", "words"));

        Path copy = open(version);

        assertThat(copy).startsWith(cacheRoot);
        assertThat(copy.resolve("bin/run.wasm")).hasContent("code");
        assertThat(copy.resolve("data/words.txt")).hasContent("words");
    }

    @Test
    void shouldGiveConcurrentUsesTheSameCopy() throws IOException {
        AssetVersion version = publish("1.0.0", Map.of("a", "1"));

        List<Uni<Path>> opens = Stream.generate(() -> cache.open(version).map(AssetCache.Opened::folder))
                .limit(50)
                .toList();
        List<Path> copies = Uni.join().all(opens).andFailFast().await().atMost(PATIENCE);

        assertThat(copies).containsOnly(open(version));
        try (Stream<Path> folders = Files.list(cacheRoot.resolve("assets"))) {
            assertThat(folders).hasSize(1);
        }
    }

    @Test
    void shouldRefuseAVersionOfWhichAnyFileChanged() throws IOException {
        AssetVersion version = publish("1.0.0", Map.of("bin/run.wasm", "code", "script.py", "print(1)"));
        Path copy = open(version);

        Files.writeString(root.resolve("package/1.0.0/script.py"), "print(2)");
        assertThat(refusal(version)).isEqualTo(TaskErrorCode.CHECKSUM_MISMATCH);
        assertThat(copy.resolve("script.py")).hasContent("print(1)");

        Files.writeString(root.resolve("package/1.0.0/script.py"), "print(1)");
        assertThat(open(version)).isEqualTo(copy);

        Files.writeString(root.resolve("package/1.0.0/script.py"), "print(1) # longer");
        assertThat(refusal(version)).isEqualTo(TaskErrorCode.CHECKSUM_MISMATCH);

        Files.delete(root.resolve("package/1.0.0/script.py"));
        assertThat(refusal(version)).isEqualTo(TaskErrorCode.MODULE_NOT_FOUND);
    }

    @Test
    void shouldRefuseAVersionThatWasChangedBeforeItsFirstUse() throws IOException {
        AssetVersion version = publish("1.0.0", Map.of("a", "1"));
        Files.writeString(root.resolve("package/1.0.0/a"), "2");

        assertThat(refusal(version)).isEqualTo(TaskErrorCode.CHECKSUM_MISMATCH);
        try (Stream<Path> left = Files.list(cacheRoot.resolve("assets"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldLetGoOfWhatWasNotUsedForLongestButNeverOfWhatIsInUse() throws IOException {
        cache = new AssetCache(root, cacheRoot, new MemorySize(BigInteger.valueOf(10)));
        AssetVersion first = publish("1.0.0", Map.of("a", "1111"));
        AssetVersion second = publish("2.0.0", Map.of("a", "2222"));
        AssetCache.Opened used = cache.open(first).await().atMost(PATIENCE);
        Path idle = open(second);

        Path third = open(publish("3.0.0", Map.of("a", "3333")));

        assertThat(used.folder().resolve("a")).hasContent("1111");
        assertThat(idle).doesNotExist();
        assertThat(third).exists();
        used.close();
        used.close();
        assertThat(open(second).resolve("a")).hasContent("2222");
        assertThat(third).doesNotExist();
        assertThat(open(first).resolve("a")).hasContent("1111");
        try (Stream<Path> folders = Files.list(cacheRoot.resolve("assets"))) {
            assertThat(folders).hasSize(2);
        }
    }

    @Test
    void shouldFollowNoLinks() throws IOException {
        AssetVersion version = publish("1.0.0", Map.of("a", "1"));
        Path file = root.resolve("package/1.0.0/a");
        Files.move(file, root.resolve("elsewhere"));
        Files.createSymbolicLink(file, root.resolve("elsewhere"));

        assertThat(refusal(version)).isEqualTo(TaskErrorCode.MODULE_NOT_FOUND);
    }

    @Test
    void shouldDeleteWhatAnEarlierProcessLeft() throws IOException {
        Path copy = open(publish("1.0.0", Map.of("a", "1")));

        cache = new AssetCache(root, cacheRoot);

        assertThat(copy).doesNotExist();
    }
}
