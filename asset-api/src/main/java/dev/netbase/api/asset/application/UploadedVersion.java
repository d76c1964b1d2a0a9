package dev.netbase.api.asset.application;

import dev.netbase.api.asset.application.ModuleStore.Staging;
import dev.netbase.api.asset.domain.PathSet;
import dev.netbase.api.asset.domain.RelativePath;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Takes the files of an upload as they come: stages and hashes them piece by piece and holds every limit. */
public final class UploadedVersion {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final Staging staging;
    private final UploadConfig limits;
    private final PathSet paths = new PathSet();
    private final List<StagedFile> files = new ArrayList<>();
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private long totalBytes;

    UploadedVersion(Staging staging, UploadConfig limits) {
        this.staging = staging;
        this.limits = limits;
    }

    /** @param checksum SHA-256 in lower-case hex */
    record StagedFile(RelativePath path, String checksum, long sizeBytes) {}

    /**
     * Stages one file.
     *
     * @param path the relative path as the publisher wrote it
     * @throws ProblemException {@code invalid-path}, or {@code too-large}
     * @throws IOException if it cannot be read or stored
     */
    public void add(String path, InputStream content) throws IOException {
        RelativePath checked = accept(path);
        MessageDigest digest = Sha256.digest();
        long size = 0;
        try (OutputStream out = staging.create(checked)) {
            for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
                size += read;
                totalBytes += read;
                checkSizes(checked, size);
                digest.update(chunk, 0, read);
                out.write(chunk, 0, read);
            }
        }
        files.add(new StagedFile(checked, HexFormat.of().formatHex(digest.digest()), size));
    }

    List<StagedFile> files() {
        return List.copyOf(files);
    }

    Staging staging() {
        return staging;
    }

    private RelativePath accept(String path) {
        Optional<String> malformed = RelativePath.problem(path);
        if (malformed.isPresent()) {
            throw invalidPath(path, malformed.get());
        }
        RelativePath checked = new RelativePath(path);
        Optional<String> conflict = paths.add(checked);
        if (conflict.isPresent()) {
            throw invalidPath(path, conflict.get());
        }
        if (paths.size() > limits.maxFiles()) {
            throw new ProblemException(ProblemCode.TOO_LARGE, "a version may have " + limits.maxFiles() + " files");
        }
        return checked;
    }

    private void checkSizes(RelativePath path, long size) {
        long maxFile = limits.maxFileSize().asLongValue();
        if (size > maxFile) {
            throw new ProblemException(
                    ProblemCode.TOO_LARGE, "the file '" + path + "' is larger than " + maxFile + " bytes");
        }
        long maxVersion = limits.maxVersionSize().asLongValue();
        if (totalBytes > maxVersion) {
            throw new ProblemException(
                    ProblemCode.TOO_LARGE, "the files are together larger than " + maxVersion + " bytes");
        }
    }

    static ProblemException invalidPath(String path, String problem) {
        return new ProblemException(
                ProblemCode.INVALID_PATH,
                "the path '" + path + "' " + problem,
                List.of(new FieldProblem(path, problem)));
    }
}
