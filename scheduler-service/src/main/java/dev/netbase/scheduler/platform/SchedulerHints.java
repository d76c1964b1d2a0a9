package dev.netbase.scheduler.platform;

import dev.netbase.model.json.Json;
import dev.netbase.model.message.RunRequest;
import dev.netbase.model.topic.Topics;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import org.jboss.logging.Logger;

/** Tells whichever scheduler has the partition of a run's row. Only a hint: the sweep finds the row without it, later. */
@ApplicationScoped
public class SchedulerHints {
    private static final Logger LOG = Logger.getLogger(SchedulerHints.class);
    private final KafkaRecords kafka;

    public SchedulerHints(KafkaRecords kafka) {
        this.kafka = kafka;
    }

    /** Gives a hint, and does not wait for it to arrive. */
    public void give(RunRequest.Type type, String runId) {
        kafka.send(
                Topics.RUN_REQUESTS,
                runId,
                Json.writeBytes(new RunRequest(RunRequest.SCHEMA, type, runId)),
                Map.of("content-type", "application/json"),
                failure -> {
                    if (failure != null) {
                        RunLog.about(
                                runId,
                                () -> LOG.infof(
                                        "the sweep will find run %s, since Kafka did not take the hint: %s",
                                        runId, failure));
                    }
                });
    }
}
