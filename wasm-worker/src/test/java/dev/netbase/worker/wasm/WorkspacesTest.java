package dev.netbase.worker.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesTest {
    @TempDir
    Path folder;

    Path root;
    Workspaces workspaces;

    @BeforeEach
    void start() throws IOException {
        root = folder.resolve("workspaces");
        workspaces = new Workspaces(root);
        workspaces.sweep();
    }

    @Test
    void shouldMakeAPrivateFolderWithInAndOut() throws IOException {
        Path workspace = workspaces.create("group", 7);

        assertThat(workspace).isEqualTo(root.resolve("group/7"));
        assertThat(workspace.resolve("in")).isEmptyDirectory();
        assertThat(workspace.resolve("out")).isEmptyDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(workspace)))
                .isEqualTo("rwx------");
    }

    @Test
    void shouldRefuseASecondWorkspaceOfATaskAndNamesThatLeadElsewhere() throws IOException {
        workspaces.create("group", 7);

        assertThatThrownBy(() -> workspaces.create("group", 7)).isInstanceOf(IOException.class);
        for (String bad : List.of("", ".", "..", "../up", "a/b")) {
            assertThatThrownBy(() -> workspaces.create(bad, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> workspaces.delete(bad, 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldDeleteTheGroupWithTheLastOfItsTasks() throws IOException {
        workspaces.create("group", 1);
        workspaces.create("group", 2);

        workspaces.delete("group", 1);
        assertThat(root.resolve("group/2")).isDirectory();
        workspaces.delete("group", 2);
        workspaces.delete("group", 2);

        assertThat(root).isEmptyDirectory();
    }

    @Test
    void shouldDeleteLinksButNotWhatTheyLeadTo() throws IOException {
        Path kept = Files.createDirectories(folder.resolve("kept/deep"));
        Files.writeString(kept.resolve("file"), "here");
        Path workspace = workspaces.create("group", 1);
        Files.createSymbolicLink(workspace.resolve("out/link"), kept);
        Files.createSymbolicLink(workspace.resolve("link"), kept.resolve("file"));

        workspaces.delete("group", 1);

        assertThat(root).isEmptyDirectory();
        assertThat(kept.resolve("file")).hasContent("here");
    }

    @Test
    void shouldDeleteFoldersDeeperThanAnyPathMayBe() throws IOException {
        Path workspace = workspaces.create("group", 1);
        nest(workspace, 3000);

        workspaces.delete("group", 1);

        assertThat(root).isEmptyDirectory();
    }

    /** Builds downwards from the top: a tree is moved into a new folder, so that no path is ever long. */
    private static void nest(Path workspace, int depth) throws IOException {
        Path inner = Files.createDirectory(workspace.resolve("inner"));
        Files.writeString(inner.resolve("file"), "deep");
        for (int i = 0; i < depth; i++) {
            Path outer = Files.createDirectory(workspace.resolve("outer"));
            Files.move(inner, outer.resolve("0123456789"));
            Files.move(outer, inner);
        }
    }

    @Test
    void shouldDeleteFoldersThatAreClosed() throws IOException {
        Path closed = Files.createDirectories(workspaces.create("group", 1).resolve("out/a/b"));
        Files.writeString(closed.resolve("file"), "x");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(closed.getParent(), PosixFilePermissions.fromString("r--r--r--"));

        workspaces.delete("group", 1);

        assertThat(root).isEmptyDirectory();
    }

    @Test
    void shouldSweepWhatIsLeft() throws IOException {
        Files.writeString(workspaces.create("group", 1).resolve("out/file"), "x");
        workspaces.create("other", 2);

        workspaces.sweep();

        assertThat(root).isEmptyDirectory();
    }

    @Test
    void shouldMakeAndDeleteWorkspacesOfOneGroupAtTheSameTime()
            throws IOException, InterruptedException, ExecutionException {
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> work = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int first = thread * 1000;
                work.add(threads.submit(() -> {
                    for (int i = first; i < first + 200; i++) {
                        workspaces.create("group", i);
                        workspaces.delete("group", i);
                    }
                    return null;
                }));
            }
            for (Future<?> each : work) {
                each.get();
            }
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(root)) {
            assertThat(left).isEmpty();
        }
    }
}
