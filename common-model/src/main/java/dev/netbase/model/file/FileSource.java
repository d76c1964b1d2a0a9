package dev.netbase.model.file;

import java.util.Optional;
import java.util.Set;

/** Where a file comes from that a task finds in its workspace: the {@code from} of an entry of {@code files}. */
public sealed interface FileSource {
    /** The schemes, each with its colon. */
    Set<String> SCHEMES = Set.of("asset:", "artifact:", "s3:", "file:");

    /** A file of a published package version: {@code asset:NANOID/VERSION/PATH}. */
    record Asset(String nanoid, String version, String path) implements FileSource {}

    /** An artifact: {@code artifact:SHA256}, in lower-case hex. */
    record Artifact(String sha256) implements FileSource {}

    /** An object in a bucket: {@code s3://BUCKET/KEY}. */
    record S3(String bucket, String key) implements FileSource {}

    /** A file of the worker's machine: {@code file:/PATH}. */
    record Local(String path) implements FileSource {}

    /** The text names no file. The message is for its author and says what is expected. */
    final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidException(String message) {
            super(message);
        }

        /** What is wrong, to be read after the field's name. */
        public String reason() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * The source that a text names. Whether there is such a file is not asked.
     *
     * @throws InvalidException if it is of no known form
     */
    static FileSource parse(String text) throws InvalidException {
        if (text.startsWith("asset:")) {
            return asset(text.substring("asset:".length()));
        }
        if (text.startsWith("artifact:")) {
            String sha256 = text.substring("artifact:".length());
            if (!Forms.SHA256.matcher(sha256).matches()) {
                throw new InvalidException("must be artifact: and a SHA-256 of 64 lower-case hex digits");
            }
            return new Artifact(sha256);
        }
        if (text.startsWith("s3:")) {
            return s3(text);
        }
        if (text.startsWith("file:")) {
            String path = text.substring("file:".length());
            if (!path.startsWith("/") || NormalPath.problem(path.substring(1)).isPresent()) {
                throw new InvalidException("must be file: and an absolute path in normal form");
            }
            return new Local(path);
        }
        throw new InvalidException(
                "must be asset:NANOID/VERSION/PATH, artifact:SHA256, s3://BUCKET/KEY or file:/PATH, not '" + text
                        + "'");
    }

    private static FileSource asset(String text) throws InvalidException {
        String[] parts = text.split("/", 3);
        if (parts.length < 3 || !Forms.NANOID.matcher(parts[0]).matches() || parts[1].isEmpty()) {
            throw new InvalidException("must be asset:NANOID/VERSION/PATH");
        }
        Optional<String> problem = NormalPath.problem(parts[2]);
        if (problem.isPresent()) {
            throw new InvalidException("the path of the asset " + problem.get());
        }
        return new Asset(parts[0], parts[1], parts[2]);
    }

    private static FileSource s3(String text) throws InvalidException {
        String rest = text.startsWith("s3://") ? text.substring("s3://".length()) : "";
        int slash = rest.indexOf('/');
        String key = slash < 0 ? "" : rest.substring(slash + 1);
        if (slash < 0 || !Forms.BUCKET.matcher(rest.substring(0, slash)).matches() || key.isEmpty()) {
            throw new InvalidException("must be s3://BUCKET/KEY");
        }
        if (key.length() > NormalPath.MAX_BYTES || key.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidException("must have a key of at most " + NormalPath.MAX_BYTES
                    + " characters, none of them a control character");
        }
        for (String segment : key.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                throw new InvalidException("must not have a '" + segment + "' segment in its key");
            }
        }
        return new S3(rest.substring(0, slash), key);
    }
}
