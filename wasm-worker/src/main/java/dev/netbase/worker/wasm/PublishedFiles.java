package dev.netbase.worker.wasm;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.task.TaskErrorCode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Small published files, read whole and verified at every use. Blocks on the file system. */
@Singleton
public class PublishedFiles {
    private final ModulesRoot root;

    public PublishedFiles(@ConfigProperty(name = "netbase.modules.root") Path modulesRoot) {
        root = new ModulesRoot(modulesRoot);
    }

    /**
     * The bytes of a file as it was published.
     *
     * @param maxBytes the most that are read
     * @throws TaskRefusedException MODULE_NOT_FOUND, CHECKSUM_MISMATCH, INVALID_MODULE for a file over
     *     {@code maxBytes}, or HOST_ERROR
     */
    public byte[] read(ModuleRef ref, int maxBytes) {
        if (ref.sizeBytes() > maxBytes) {
            throw new TaskRefusedException(
                    TaskErrorCode.INVALID_MODULE, ref.relativePath() + " is over " + maxBytes + " bytes");
        }
        try (SeekableByteChannel channel = root.open(ref.path())) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(ref.sizeBytes()));
            boolean whole = channel.size() == ref.sizeBytes();
            while (whole && bytes.hasRemaining()) {
                whole = channel.read(bytes) >= 0;
            }
            if (!whole || !Sha256.hex(bytes.array()).equals(ref.checksum())) {
                throw new TaskRefusedException(
                        TaskErrorCode.CHECKSUM_MISMATCH, ref.relativePath() + " is not the file that was published");
            }
            return bytes.array();
        } catch (IOException e) {
            throw new TaskRefusedException(TaskErrorCode.HOST_ERROR, ref.relativePath() + " cannot be read");
        }
    }
}
