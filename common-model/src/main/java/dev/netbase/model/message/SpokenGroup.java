package dev.netbase.model.message;

import dev.netbase.model.trace.TraceParent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler says on a worker's channel of PostgreSQL: a task group whose record is on its way to the same worker. A
 * line with the trace parent, which may be empty, and then the record's value.
 *
 * @param value JSON of a {@link TaskGroup}
 */
public record SpokenGroup(@Nullable String traceparent, byte[] value) {
    private static final char LINE_END = '\n';

    /** What is said. */
    public byte[] payload() {
        byte[] head = ((traceparent == null ? "" : traceparent) + LINE_END).getBytes(StandardCharsets.US_ASCII);
        byte[] payload = new byte[head.length + value.length];
        System.arraycopy(head, 0, payload, 0, head.length);
        System.arraycopy(value, 0, payload, head.length, value.length);
        return payload;
    }

    /** What was said. Never throws; the value need not be JSON. */
    public static SpokenGroup of(String payload) {
        int end = payload.indexOf(LINE_END);
        String head = payload.substring(0, Math.max(end, 0));
        return new SpokenGroup(
                TraceParent.valid(head), payload.substring(end + 1).getBytes(StandardCharsets.UTF_8));
    }
}
