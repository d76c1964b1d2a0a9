package dev.netbase.worker.wasm;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compiled code by the checksum of its module, bounded by the size of its machine code; least recently used goes
 * first. It also remembers what could not be compiled, so that a broken module costs one compilation and not one a
 * task.
 */
final class CodeCache {
    /** What a remembered refusal counts for. */
    private static final long REFUSAL_BYTES = 4096;

    private final long maxBytes;
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    CodeCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** What became of a compilation. */
    sealed interface Entry {
        /** Its share of the cache. */
        long bytes();
    }

    /** Code in the native library. */
    record Code(long handle, long bytes, boolean seesFiles) implements Entry {}

    /** The module cannot be used, however often one tries. */
    record Refusal(TaskRefusedException cause) implements Entry {
        @Override
        public long bytes() {
            return REFUSAL_BYTES;
        }
    }

    synchronized Optional<Entry> get(String checksum) {
        return Optional.ofNullable(entries.get(checksum));
    }

    /** Adds an entry and answers the code that has to go for it; the newest entry stays, whatever its size. */
    synchronized List<Code> put(String checksum, Entry entry) {
        List<Code> evicted = new ArrayList<>();
        remove(entries.remove(checksum), evicted);
        Iterator<Entry> oldest = entries.values().iterator();
        while (bytes + entry.bytes() > maxBytes && oldest.hasNext()) {
            Entry gone = oldest.next();
            oldest.remove();
            remove(gone, evicted);
        }
        entries.put(checksum, entry);
        bytes += entry.bytes();
        return evicted;
    }

    /** Bytes of all entries. */
    synchronized long bytes() {
        return bytes;
    }

    private void remove(@Nullable Entry entry, List<Code> evicted) {
        if (entry == null) {
            return;
        }
        bytes -= entry.bytes();
        if (entry instanceof Code code) {
            evicted.add(code);
        }
    }
}
