package dev.netbase.worker.group.domain;

import dev.netbase.model.artifact.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row that this worker has claimed: RUNNING, and nobody else's while the lease lasts. All of it comes from the
 * database, none from the record that named the task; or else it is only a hint, taken from the record, and counts
 * once the database has said the same.
 *
 * @param hintChannel where a scheduler would be told of the outcome of a task that began on its record's word; null for nowhere
 * @param element whether the task is one of a {@code for_each}, of which there may be thousands
 * @param specId null only in a damaged row
 * @param timeoutMs the node's time limit in milliseconds; null means that only the configured limit counts
 * @param inputs JSON text in which large values are references
 * @param begunNanos when a task began on its record's word, by {@link System#nanoTime()}; null for a row that is claimed
 * @param files JSON text of what the task is to find in its workspace; null for nothing
 * @param origin whose it is, and what is known of it
 */
public record Claim(
        TaskKey key,
        String groupId,
        @Nullable String hintChannel,
        boolean element,
        @Nullable Long specId,
        @Nullable Long timeoutMs,
        String inputs,
        Lease lease,
        @Nullable Long begunNanos,
        @Nullable String files,
        Origin origin) {
    private static final Origin UNKNOWN = new Origin(0, 0, 0);

    /**
     * Where a task comes from, for its turn among others. Of a hint nothing is known.
     *
     * @param ownerId the user that the run acts as
     * @param deaths how many workers have died with the task under way
     * @param waitedMicros microseconds from its being queued to the claim, by the database's clock
     */
    public record Origin(long ownerId, int deaths, long waitedMicros) {}

    /** A row that is claimed. */
    public Claim(
            TaskKey key,
            String groupId,
            boolean element,
            @Nullable Long specId,
            @Nullable Long timeoutMs,
            String inputs,
            Lease lease,
            @Nullable String files,
            Origin origin) {
        this(key, groupId, null, element, specId, timeoutMs, inputs, lease, null, files, origin);
    }

    /** A row that is claimed, of a node's only task, which has no files. */
    public Claim(
            TaskKey key, String groupId, @Nullable Long specId, @Nullable Long timeoutMs, String inputs, Lease lease) {
        this(key, groupId, false, specId, timeoutMs, inputs, lease, null, UNKNOWN);
    }

    /** What a record says of a task that is not claimed yet. */
    public static Claim hint(
            TaskKey key,
            String groupId,
            @Nullable String hintChannel,
            boolean element,
            long specId,
            long timeoutMs,
            String inputs,
            Lease lease) {
        return new Claim(
                key, groupId, hintChannel, element, specId, timeoutMs, inputs, lease, System.nanoTime(), null, UNKNOWN);
    }

    /** Nanoseconds since the task began on its record's word; 0 for one that is claimed. */
    public long nanos() {
        return begunNanos == null ? 0 : System.nanoTime() - begunNanos;
    }

    /** SHA-256 of the inputs' text, 32 bytes. */
    public byte[] inputsDigest() {
        return Sha256.digest().digest(inputs.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the row is claimed; otherwise this is only a hint. */
    public boolean made() {
        return begunNanos == null;
    }

    /** Whether both let the same be run. */
    public boolean saysTheSame(Claim other) {
        return key.equals(other.key)
                && element == other.element
                && Objects.equals(specId, other.specId)
                && Objects.equals(timeoutMs, other.timeoutMs)
                && inputs.equals(other.inputs)
                && Objects.equals(files, other.files);
    }
}
