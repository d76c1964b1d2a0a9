package dev.netbase.scheduler.trigger;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.message.RunRequest;
import dev.netbase.model.message.TaskEvent;
import dev.netbase.scheduler.run.domain.RunEvent;
import dev.netbase.scheduler.run.domain.TaskFailure;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads records that Netbase's own services write. */
public final class EventReader {
    private EventReader() {}

    /** Something that happened to a run. */
    public record Happened(String runId, RunEvent event) {}

    /**
     * What a record of {@code netbase.task.events} tells.
     *
     * @throws UnreadableRecordException if it tells nothing
     */
    public static Happened taskEvent(ConsumerRecord<byte[], byte[]> record) {
        TaskEvent event = read(record, TaskEvent.class);
        if (event.schema() != TaskEvent.SCHEMA) {
            throw new UnreadableRecordException("schema must be " + TaskEvent.SCHEMA);
        }
        if (event.type() == null || event.runId() == null) {
            throw new UnreadableRecordException("type and run_id must be given");
        }
        return switch (event.type()) {
            case TASK_COMPLETED ->
                new Happened(
                        event.runId(),
                        new RunEvent.TaskCompleted(
                                event.taskInstanceId(), event.attempt(), event.output(), event.artifacts()));
            case TASK_FAILED -> {
                TaskEvent.TaskError error = event.error();
                if (error == null || error.code() == null) {
                    throw new UnreadableRecordException("error.code must be given");
                }
                yield new Happened(
                        event.runId(),
                        new RunEvent.TaskFailed(
                                event.taskInstanceId(),
                                event.attempt(),
                                new TaskFailure(error.code(), error.message() == null ? "" : error.message())));
            }
        };
    }

    /**
     * What a record of {@code netbase.run.requests} tells.
     *
     * @throws UnreadableRecordException if it tells nothing
     */
    public static RunRequest runRequest(ConsumerRecord<byte[], byte[]> record) {
        RunRequest request = read(record, RunRequest.class);
        if (request.schema() != RunRequest.SCHEMA) {
            throw new UnreadableRecordException("schema must be " + RunRequest.SCHEMA);
        }
        if (request.type() == null || request.runId() == null) {
            throw new UnreadableRecordException("type and run_id must be given");
        }
        return request;
    }

    private static <T> T read(ConsumerRecord<byte[], byte[]> record, Class<T> type) {
        if (record.value() == null) {
            throw new UnreadableRecordException("the record has no value");
        }
        try {
            return Json.read(record.value(), type);
        } catch (JsonException e) {
            throw new UnreadableRecordException("the value cannot be read: " + e.getMessage());
        }
    }
}
