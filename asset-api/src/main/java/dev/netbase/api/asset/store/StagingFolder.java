package dev.netbase.api.asset.store;

import dev.netbase.api.asset.application.ModuleStore.Staging;
import dev.netbase.api.asset.domain.RelativePath;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;

/** A folder that will become a version's. Its files are on disk when their streams are closed. */
final class StagingFolder implements Staging {
    private final Path path;
    private final TreeSet<Path> folders = new TreeSet<>();

    StagingFolder(Path path) {
        this.path = path;
        folders.add(path);
    }

    Path path() {
        return path;
    }

    @Override
    public OutputStream create(RelativePath relativePath) throws IOException {
        Path file = path.resolve(relativePath.value());
        Path parent = path;
        for (String folder : relativePath.folders()) {
            parent = path.resolve(folder);
            if (folders.add(parent)) {
                Files.createDirectory(parent);
            }
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new FilterOutputStream(Channels.newOutputStream(channel)) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                if (channel.isOpen()) {
                    channel.force(true);
                }
                super.close();
            }
        };
    }

    @Override
    public FileChannel open(RelativePath relativePath) throws IOException {
        return FileChannel.open(path.resolve(relativePath.value()), StandardOpenOption.READ);
    }

    /** Makes the names durable, as closing the files has made their content. */
    void forceFolders() throws IOException {
        for (Path folder : folders.descendingSet()) {
            DurableFiles.forceFolder(folder);
        }
    }

    @Override
    public void close() throws IOException {
        DurableFiles.deleteTree(path);
    }
}
