package dev.netbase.scheduler.trigger;

/** A record that goes to the dead letters, with the reason. */
public final class UnreadableRecordException extends RuntimeException {
    public UnreadableRecordException(String reason) {
        super(reason);
    }
}
