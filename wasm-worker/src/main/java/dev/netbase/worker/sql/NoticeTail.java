package dev.netbase.worker.sql;

import java.nio.charset.StandardCharsets;

/** Lines of which the last ones are kept. */
final class NoticeTail {
    private final int maxBytes;
    private final StringBuilder lines = new StringBuilder();

    NoticeTail(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized void add(String line) {
        lines.append(line).append('\n');
        if (lines.length() > 2 * maxBytes) {
            lines.delete(0, lines.length() - maxBytes);
        }
    }

    synchronized byte[] bytes() {
        byte[] all = lines.toString().getBytes(StandardCharsets.UTF_8);
        if (all.length <= maxBytes) {
            return all;
        }
        byte[] tail = new byte[maxBytes];
        System.arraycopy(all, all.length - maxBytes, tail, 0, maxBytes);
        return tail;
    }
}
