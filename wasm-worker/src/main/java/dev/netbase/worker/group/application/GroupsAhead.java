package dev.netbase.worker.group.application;

import dev.netbase.model.cache.RecentlyUsed;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Groups that began before their records came, and groups whose records have come: none shall begin twice for that. Both are
 * forgotten after a while; then a group may begin twice, and the database takes one of the outcomes. Safe for use by many
 * threads.
 */
final class GroupsAhead {
    private static final int REMEMBERED = 1_000;
    private final Map<String, CompletableFuture<?>> begun = new RecentlyUsed<>(REMEMBERED);
    private final Map<String, Boolean> arrived = new RecentlyUsed<>(REMEMBERED);

    /**
     * A group is about to begin.
     *
     * @param decided completes when the database has decided of all its tasks
     * @return false if it is not to: it has begun, or its record has come
     */
    synchronized boolean begin(String groupId, CompletableFuture<?> decided) {
        return !arrived.containsKey(groupId) && begun.putIfAbsent(groupId, decided) == null;
    }

    /** A record of a group has come. What it answers, the first time, is what the group began with, if it did. */
    synchronized Optional<CompletableFuture<?>> arrive(String groupId) {
        arrived.put(groupId, true);
        return Optional.ofNullable(begun.remove(groupId));
    }
}
