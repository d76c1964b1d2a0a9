package dev.netbase.worker.group.application;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that keeps so many entries, the most recently used. Not safe for concurrent use. */
final class RecentlyUsed<K, V> extends LinkedHashMap<K, V> {
    private final int size;

    RecentlyUsed(int size) {
        super(16, 0.75f, true);
        this.size = size;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > size;
    }
}
