package dev.netbase.worker.wasm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which folders of copies there are, how large they are and how many use each: what may go when there are too many. */
final class CopiesOnDisk {
    private final long maxBytes;
    private final Map<Path, Held> folders = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;
    private long moved;

    private static final class Held {
        final long bytes;
        int users;

        Held(long bytes) {
            this.bytes = bytes;
        }
    }

    CopiesOnDisk(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Notes a folder that is complete, and makes room: the least recently used folders that nobody uses are moved aside.
     * The newest stays, whatever its size.
     *
     * @return where those folders are now, to be deleted
     */
    synchronized List<Path> add(Path folder, long size) throws IOException {
        if (folders.get(folder) == null) {
            if (!Files.isDirectory(folder)) {
                throw new NoSuchFileException(folder.toString(), null, "it went while it was noted");
            }
            folders.put(folder, new Held(size));
            bytes += size;
        }
        List<Path> gone = new ArrayList<>();
        Iterator<Map.Entry<Path, Held>> oldest = folders.entrySet().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            Map.Entry<Path, Held> entry = oldest.next();
            if (entry.getValue().users == 0 && !entry.getKey().equals(folder)) {
                Path aside = entry.getKey().resolveSibling("gone-" + moved++);
                Files.move(entry.getKey(), aside);
                gone.add(aside);
                bytes -= entry.getValue().bytes;
                oldest.remove();
            }
        }
        return gone;
    }

    /** Whether the folder is there. */
    synchronized boolean has(Path folder) {
        return folders.containsKey(folder);
    }

    /** Keeps a folder from going; false if it is not there any more. */
    synchronized boolean acquire(Path folder) {
        Held held = folders.get(folder);
        if (held == null) {
            return false;
        }
        held.users++;
        return true;
    }

    /** Lets go of a folder that was acquired. */
    synchronized void release(Path folder) {
        Held held = folders.get(folder);
        if (held != null) {
            held.users--;
        }
    }

    /** Bytes of all folders. */
    synchronized long bytes() {
        return bytes;
    }
}
