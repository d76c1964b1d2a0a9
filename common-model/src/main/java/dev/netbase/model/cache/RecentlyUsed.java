package dev.netbase.model.cache;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that keeps so many entries, the most recently used. Not safe for concurrent use. */
public final class RecentlyUsed<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int size;

    /**
     * An empty map.
     *
     * @param size the most entries that it keeps
     */
    public RecentlyUsed(int size) {
        super(16, 0.75f, true);
        this.size = size;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > size;
    }
}
