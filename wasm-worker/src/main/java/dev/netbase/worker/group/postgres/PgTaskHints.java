package dev.netbase.worker.group.postgres;

import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskHint;
import dev.netbase.worker.group.application.TaskHints;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskResult;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jboss.logging.Logger;

/** Says outcomes on the channel that their group's record has named. */
@Singleton
public class PgTaskHints implements TaskHints {
    private static final Logger LOG = Logger.getLogger(PgTaskHints.class);
    private final Statements statements;

    public PgTaskHints(Statements statements) {
        this.statements = statements;
    }

    @Override
    public boolean give(TaskResult completed) {
        String channel = completed.claim().hintChannel();
        byte[] json = Json.writeBytes(taskHint(completed));
        if (channel == null || json.length > TaskHint.MAX_BYTES) {
            return false;
        }
        statements
                .run("select pg_notify($1, $2)", channel, new String(json, StandardCharsets.UTF_8))
                .subscribe()
                .with(said -> {}, e -> LOG.debugf("a hint was not given: %s", e.toString()));
        return true;
    }

    private static TaskHint taskHint(TaskResult result) {
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
                claim.nanos());
    }
}
