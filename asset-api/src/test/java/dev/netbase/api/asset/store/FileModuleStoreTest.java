package dev.netbase.api.asset.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.api.asset.application.ModuleStore.Staging;
import dev.netbase.api.asset.application.ModuleStore.StoredVersion;
import dev.netbase.api.asset.domain.RelativePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileModuleStoreTest {
    @TempDir
    Path root;

    @Test
    void shouldShowAVersionWholeOrNotAtAll() throws IOException {
        try (FileModuleStore store = new FileModuleStore(root)) {
            try (Staging staging = store.stage()) {
                write(staging, "bin/a.wasm", "a");
                write(staging, "bin/deep/b.txt", "b");
                assertThat(store.list()).isEmpty();
                assertThat(store.find("pkg", "1.0.0", "bin/a.wasm")).isEmpty();

                store.publish(staging, "pkg", "1.0.0");
            }

            assertThat(store.list()).containsExactly(new StoredVersion("pkg", "1.0.0"));
            assertThat(store.find("pkg", "1.0.0", "bin/a.wasm"))
                    .hasValueSatisfying(file -> assertThat(file).hasContent("a"));
            assertThat(root.resolve("pkg/1.0.0/bin/deep/b.txt")).hasContent("b");
        }
    }

    @Test
    void shouldForgetWhatWasNotPublished() throws IOException {
        try (FileModuleStore store = new FileModuleStore(root)) {
            try (Staging staging = store.stage()) {
                write(staging, "a", "a");
            }
            assertThat(store.list()).isEmpty();
        }
        assertThat(root.resolve(".staging")).isEmptyDirectory();
    }

    @Test
    void shouldReplaceWhatACrashLeft() throws IOException {
        Files.writeString(Files.createDirectories(root.resolve("pkg/1.0.0/old")).resolve("file"), "half");
        try (FileModuleStore store = new FileModuleStore(root);
                Staging staging = store.stage()) {
            write(staging, "a", "whole");

            store.publish(staging, "pkg", "1.0.0");
        }

        assertThat(root.resolve("pkg/1.0.0")).isDirectoryNotContaining("glob:**/old");
        assertThat(root.resolve("pkg/1.0.0/a")).hasContent("whole");
    }

    @Test
    void shouldRemoveAVersion() throws IOException {
        try (FileModuleStore store = new FileModuleStore(root)) {
            try (Staging staging = store.stage()) {
                write(staging, "a/b", "x");
                store.publish(staging, "pkg", "1.0.0");
            }

            store.remove("pkg", "1.0.0");
            store.remove("pkg", "1.0.0");

            assertThat(store.list()).isEmpty();
        }
    }

    @Test
    void shouldSweepOnlyWhatNobodyStagesAnyMore() throws IOException {
        Path dead = Files.createDirectories(root.resolve(".staging/dead/upload"));
        Files.writeString(dead.resolve("file"), "x");
        try (FileModuleStore other = new FileModuleStore(root);
                FileModuleStore store = new FileModuleStore(root);
                Staging theirs = other.stage();
                Staging ours = store.stage()) {
            write(theirs, "a", "theirs");
            write(ours, "a", "ours");

            store.sweepStaging();

            assertThat(dead.getParent()).doesNotExist();
            other.publish(theirs, "pkg", "1.0.0");
            store.publish(ours, "pkg", "2.0.0");
        }
        assertThat(root.resolve("pkg/1.0.0/a")).hasContent("theirs");
        assertThat(root.resolve("pkg/2.0.0/a")).hasContent("ours");
    }

    private static void write(Staging staging, String path, String content) throws IOException {
        try (OutputStream out = staging.create(new RelativePath(path))) {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
    }
}
