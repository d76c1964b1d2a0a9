package dev.netbase.worker.group.files;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where tasks' input files may come from beside packages and artifacts: {@code netbase.inputs.*}. */
@ConfigMapping(prefix = "netbase.inputs")
public interface InputsConfig {
    /** How many tasks' files are fetched at a time. */
    @WithDefault("16")
    int concurrency();

    /** Objects in buckets. */
    S3 s3();

    /** Files of the worker's machine. */
    Local local();

    /** {@code netbase.inputs.s3.*}. */
    interface S3 {
        /**
         * What may be read: {@code bucket}, or {@code bucket/prefix} for the keys that begin with the prefix. Without it,
         * nothing.
         */
        Optional<List<String>> allowed();

        /** The server, where it is not Amazon's own. */
        Optional<URI> endpoint();

        /** The region that requests are signed for. */
        @WithDefault("us-east-1")
        String region();

        /** Whether the bucket stands in the path of a URL instead of its host name. */
        @WithDefault("false")
        boolean pathStyle();

        /** The access key; without it, the SDK looks for credentials in its usual places. */
        Optional<String> accessKey();

        /** The secret that belongs to the access key. */
        Optional<String> secretKey();

        /** How long to wait for a connection, and for each piece of an answer. */
        @WithDefault("10s")
        Duration timeout();
    }

    /** {@code netbase.inputs.local.*}. */
    interface Local {
        /** Absolute folders beneath which files may be read, links not followed. Without it, nothing. */
        Optional<List<Path>> allowed();
    }
}
