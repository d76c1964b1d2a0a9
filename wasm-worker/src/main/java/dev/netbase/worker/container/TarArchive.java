package dev.netbase.worker.container;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The regular files of a folder as a tar archive: always the same bytes for the same files. */
final class TarArchive {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final String EXECUTABLE = "0000755";
    private final Path folder;
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(String name, Path file, long size) {}

    /** The files of a folder now. Blocks on the file system. */
    TarArchive(Path folder) throws IOException {
        this.folder = folder;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList()) {
                entries.add(new Entry(folder.relativize(file).toString(), file, Files.size(file)));
            }
        }
    }

    /** Its length in bytes. */
    long length() {
        long length = 2L * BLOCK;
        for (Entry entry : entries) {
            length += BLOCK + padded(entry.size());
            if (isLong(entry)) {
                length += BLOCK + padded(path(entry).length);
            }
        }
        return length;
    }

    /** Writes it. */
    void writeTo(OutputStream out) throws IOException {
        for (Entry entry : entries) {
            if (isLong(entry)) {
                byte[] path = path(entry);
                out.write(header("pax", path.length, 'x'));
                out.write(path);
                pad(path.length, out);
            }
            out.write(header(entry.name(), entry.size(), '0'));
            long written = Files.copy(entry.file(), out);
            if (written != entry.size()) {
                throw new IOException(folder + " changes while it is read");
            }
            pad(written, out);
        }
        out.write(new byte[2 * BLOCK]);
    }

    private static boolean isLong(Entry entry) {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        return name.length > NAME_BYTES || name.length != entry.name().length();
    }

    /** A pax record: its own length in decimal, a key and a value. */
    private static byte[] path(Entry entry) {
        byte[] value = (" path=" + entry.name() + "\n").getBytes(StandardCharsets.UTF_8);
        int length = value.length + 1;
        while (Integer.toString(length).length() + value.length != length) {
            length = Integer.toString(length).length() + value.length;
        }
        return (length + " path=" + entry.name() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] header(String name, long size, char type) {
        byte[] header = new byte[BLOCK];
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, 0, Math.min(bytes.length, NAME_BYTES));
        put(header, 100, EXECUTABLE);
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format(Locale.ROOT, "%011o", size));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    private static void pad(long size, OutputStream out) throws IOException {
        out.write(new byte[(int) (padded(size) - size)]);
    }
}
