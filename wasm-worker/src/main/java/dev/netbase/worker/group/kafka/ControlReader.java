package dev.netbase.worker.group.kafka;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.message.TaskControl;
import org.jspecify.annotations.Nullable;

/** Reads values of the control topic. */
final class ControlReader {
    private ControlReader() {}

    /** What a record is. */
    sealed interface Reading {}

    /** Something to be done. */
    record Command(TaskControl control) implements Reading {}

    /** Nothing that a worker understands. */
    record Unreadable(String reason) implements Reading {}

    /** Never throws. */
    @SuppressWarnings("ConstantValue")
    static Reading read(byte @Nullable [] value) {
        if (value == null) {
            return new Unreadable("the record has no value");
        }
        TaskControl control;
        try {
            control = Json.read(value, TaskControl.class);
        } catch (JsonException e) {
            return new Unreadable("not a control record: " + e.getMessage());
        }
        if (control.schema() != TaskControl.SCHEMA) {
            return new Unreadable("schema " + control.schema() + " is not known, only " + TaskControl.SCHEMA);
        }
        // JSON may leave out what the type says is there.
        return control.type() == null || control.runId() == null
                ? new Unreadable("type or run_id is missing")
                : new Command(control);
    }
}
