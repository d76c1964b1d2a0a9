package dev.netbase.worker.container;

import java.util.Arrays;

/** The last bytes of a stream. */
final class StderrTail {
    private final byte[] ring;
    private long written;

    StderrTail(int maxBytes) {
        ring = new byte[maxBytes];
    }

    synchronized void write(byte[] bytes, int offset, int length) {
        int kept = Math.min(length, ring.length);
        int from = offset + length - kept;
        long start = written + length - kept;
        for (int i = 0; i < kept; i++) {
            ring[(int) ((start + i) % ring.length)] = bytes[from + i];
        }
        written += length;
    }

    synchronized byte[] bytes() {
        if (written <= ring.length) {
            return Arrays.copyOf(ring, (int) written);
        }
        int cut = (int) (written % ring.length);
        byte[] all = new byte[ring.length];
        System.arraycopy(ring, cut, all, 0, ring.length - cut);
        System.arraycopy(ring, 0, all, ring.length - cut, cut);
        return all;
    }
}
