package dev.netbase.api.workflow.domain;

import java.time.OffsetDateTime;

/**
 * A workflow at one of its versions.
 *
 * @param version the version shown, 1 or more
 * @param latestVersion the version that new runs use
 * @param definition the definition of the version shown, as JSON
 * @param paused whether runs that are started wait until it is resumed
 * @param createdAt when the workflow was made
 * @param updatedAt when its latest version was made
 */
public record Workflow(
        long id,
        String name,
        int version,
        int latestVersion,
        String definition,
        long ownerId,
        boolean paused,
        OffsetDateTime createdAt,
        OffsetDateTime updatedAt) {}
