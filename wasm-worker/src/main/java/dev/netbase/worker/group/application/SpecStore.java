package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.TaskSpec;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where specs and versions are looked up. Both are immutable. */
public interface SpecStore {
    /** The specs of these ids, without those that do not exist. */
    Uni<Map<Long, TaskSpec>> specs(Collection<Long> ids);

    /** A file of a published version, or empty if there is none. */
    Uni<Optional<TaskSpec.VersionFile>> publishedFile(String nanoid, String version, String path);

    /** All files of a version, by path. */
    Uni<List<TaskSpec.VersionFile>> files(long versionId);
}
