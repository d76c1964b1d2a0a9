package dev.netbase.worker.group.postgres;

import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskHint;
import dev.netbase.worker.group.application.TaskHints;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskResult;
import jakarta.inject.Singleton;
import java.util.Objects;

/** Says outcomes on the channel that their group's record has named. */
@Singleton
public class PgTaskHints implements TaskHints {
    private final GroupChannel groups;

    public PgTaskHints(GroupChannel groups) {
        this.groups = groups;
    }

    @Override
    public boolean give(TaskResult completed) {
        String channel = completed.claim().hintChannel();
        return channel != null && groups.say(channel, Json.writeBytes(taskHint(completed)));
    }

    private TaskHint taskHint(TaskResult result) {
        Claim claim = result.claim();
        return new TaskHint(
                TaskHint.SCHEMA,
                claim.key().runId(),
                claim.groupId(),
                claim.key().taskInstanceId(),
                claim.key().attempt(),
                Objects.requireNonNull(result.output()),
                claim.lease().workerId(),
                claim.lease().epoch(),
                result.stderr(),
                result.usage().fuel(),
                result.usage().peakMemoryBytes(),
                result.usageJson(),
                Objects.requireNonNull(claim.specId()),
                claim.timeoutMs(),
                claim.inputsDigest(),
                claim.nanos(),
                groups.name().orElse(null));
    }
}
