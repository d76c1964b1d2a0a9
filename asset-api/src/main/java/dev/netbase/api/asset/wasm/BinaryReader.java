package dev.netbase.api.asset.wasm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Reads the numbers and names of the WebAssembly binary format by position; holds 64 KiB, whatever the file's size. */
final class BinaryReader {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int MAX_NAME_BYTES = 100_000;

    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    /** Where in the file the buffer begins. */
    private long bufferStart;
    /** Nothing is read at or past this position. */
    private long end;

    BinaryReader(FileChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
        this.end = size;
        buffer.limit(0);
    }

    long size() {
        return size;
    }

    long position() {
        return bufferStart + buffer.position();
    }

    boolean atEnd() {
        return position() >= end;
    }

    /** Narrows what may be read to the next {@code length} bytes; give the result to {@link #leave}. */
    long enter(long length, String what) throws InvalidModuleException {
        long outer = end;
        if (length > end - position()) {
            throw new InvalidModuleException("is cut short: " + what + " at byte " + position() + " has " + length
                    + " bytes, but only " + (end - position()) + " are left");
        }
        end = position() + length;
        return outer;
    }

    /** Widens what may be read again, all of the inner part having been read. */
    void leave(long outer, String what) throws InvalidModuleException {
        if (position() != end) {
            throw new InvalidModuleException(what + " has " + (end - position()) + " bytes too many");
        }
        end = outer;
    }

    void skipToEnd() {
        seek(end);
    }

    void skip(long length, String what) throws InvalidModuleException {
        long outer = enter(length, what);
        skipToEnd();
        end = outer;
    }

    int u8() throws IOException, InvalidModuleException {
        if (atEnd()) {
            throw new InvalidModuleException("is cut short at byte " + position());
        }
        if (!buffer.hasRemaining()) {
            fill();
        }
        return buffer.get() & 0xff;
    }

    /** An unsigned 32-bit number in at most 5 bytes of LEB128. */
    long u32() throws IOException, InvalidModuleException {
        return unsigned(32);
    }

    /** An unsigned 64-bit number in at most 10 bytes of LEB128; those over 2^63 - 1 are refused. */
    long u64() throws IOException, InvalidModuleException {
        long value = unsigned(64);
        if (value < 0) {
            throw new InvalidModuleException("has a number out of range before byte " + position());
        }
        return value;
    }

    private long unsigned(int bits) throws IOException, InvalidModuleException {
        long value = 0;
        for (int shift = 0; shift < bits; shift += 7) {
            int b = u8();
            int left = bits - shift;
            if (left < 7 && (b & 0x7f) >>> left != 0) {
                break;
            }
            value |= (long) (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                return value;
            }
        }
        throw new InvalidModuleException("has a number out of range before byte " + position());
    }

    /** A signed 33-bit number: an index if not negative, else an abstract heap type. */
    long s33() throws IOException, InvalidModuleException {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = u8();
            value |= (long) (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                int unused = 64 - shift - 7;
                return value << unused >> unused;
            }
        }
        throw new InvalidModuleException("has a number out of range before byte " + position());
    }

    /** A count of things that take at least one byte each, so that no count is believed that cannot be true. */
    int count(String what) throws IOException, InvalidModuleException {
        long count = u32();
        if (count > end - position()) {
            throw new InvalidModuleException("is cut short: it announces " + count + " " + what);
        }
        return (int) count;
    }

    /** A name in UTF-8. */
    String name() throws IOException, InvalidModuleException {
        long length = u32();
        if (length > MAX_NAME_BYTES || length > end - position()) {
            throw new InvalidModuleException("has a name of " + length + " bytes at byte " + position());
        }
        byte[] bytes = new byte[(int) length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) u8();
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidModuleException("has a name that is not UTF-8 before byte " + position());
        }
    }

    private void seek(long position) {
        long inBuffer = position - bufferStart;
        if (inBuffer >= 0 && inBuffer <= buffer.limit()) {
            buffer.position((int) inBuffer);
        } else {
            bufferStart = position;
            buffer.position(0).limit(0);
        }
    }

    private void fill() throws IOException, InvalidModuleException {
        long position = position();
        buffer.clear();
        int read = channel.read(buffer, position);
        bufferStart = position;
        buffer.flip();
        if (read <= 0) {
            throw new InvalidModuleException("is cut short at byte " + position);
        }
    }
}
