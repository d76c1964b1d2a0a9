package dev.netbase.worker.group.application;

import dev.netbase.model.cache.RecentlyUsed;
import dev.netbase.worker.group.domain.TaskSpec;
import dev.netbase.worker.group.domain.TaskSpec.VersionFile;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Specs and versions' files by id. They never change, so what was read once is used until others need the place. */
@Singleton
public class SpecCache {
    private static final Logger LOG = Logger.getLogger(SpecCache.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);
    private static final int SPECS = 10_000;
    private static final int VERSIONS = 1_000;
    private static final int FILES = 10_000;
    private static final long RETRIES = 5;
    private final SpecStore store;
    private final Map<Long, TaskSpec> specs = new RecentlyUsed<>(SPECS);
    private final Map<String, VersionFile> published = new RecentlyUsed<>(FILES);
    private final Map<Long, List<VersionFile>> files = new RecentlyUsed<>(VERSIONS);

    public SpecCache(SpecStore store) {
        this.store = store;
    }

    /** The specs of these ids, without those that do not exist; one query for all that are not cached. */
    Uni<Map<Long, TaskSpec>> specs(Collection<Long> ids) {
        Map<Long, TaskSpec> found = new HashMap<>();
        Set<Long> missing = new HashSet<>();
        synchronized (specs) {
            for (Long id : ids) {
                @Nullable TaskSpec spec = specs.get(id);
                if (spec == null) {
                    missing.add(id);
                } else {
                    found.put(id, spec);
                }
            }
        }
        if (missing.isEmpty()) {
            return Uni.createFrom().item(found);
        }
        return store.specs(missing)
                .invoke(loaded -> {
                    synchronized (specs) {
                        specs.putAll(loaded);
                    }
                })
                .map(loaded -> {
                    found.putAll(loaded);
                    return found;
                });
    }

    /** A file of a published version, or empty if there is none. Asked for again after a failure, for some seconds. */
    public Uni<Optional<VersionFile>> publishedFile(String nanoid, String version, String path) {
        String key = nanoid + "/" + version + "/" + path;
        @Nullable VersionFile known;
        synchronized (published) {
            known = published.get(key);
        }
        if (known != null) {
            return Uni.createFrom().item(Optional.of(known));
        }
        return Uni.createFrom()
                .deferred(() -> store.publishedFile(nanoid, version, path))
                .onFailure()
                .retry()
                .withBackOff(FIRST_RETRY, LAST_RETRY)
                .atMost(RETRIES)
                .invoke(found -> found.ifPresent(file -> {
                    synchronized (published) {
                        published.put(key, file);
                    }
                }));
    }

    /** The spec, if it is cached. */
    Optional<TaskSpec> known(long id) {
        synchronized (specs) {
            return Optional.ofNullable(specs.get(id));
        }
    }

    /** All files of a version, asked for until they come. */
    public Uni<List<VersionFile>> files(long versionId) {
        @Nullable List<VersionFile> known;
        synchronized (files) {
            known = files.get(versionId);
        }
        if (known != null) {
            return Uni.createFrom().item(known);
        }
        return Uni.createFrom()
                .deferred(() -> store.files(versionId))
                .onFailure()
                .invoke(e -> LOG.warnf("the files of a version could not be read and will be again: %s", e.toString()))
                .onFailure()
                .retry()
                .withBackOff(FIRST_RETRY, LAST_RETRY)
                .indefinitely()
                .invoke(loaded -> {
                    synchronized (files) {
                        files.put(versionId, loaded);
                    }
                });
    }
}
