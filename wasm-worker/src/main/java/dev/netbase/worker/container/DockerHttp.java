package dev.netbase.worker.container;

import dev.netbase.model.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 over a Unix socket, as little as the Docker API needs: a connection for each request, bodies of known
 * length out, any body in, and connections that become raw streams. Blocks; meant for virtual threads.
 */
final class DockerHttp implements AutoCloseable {
    private static final int MAX_HEAD_BYTES = 64 << 10;
    private static final int MAX_BODY_BYTES = 8 << 20;
    private final UnixDomainSocketAddress address;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("container-timer").daemon().factory());

    DockerHttp(Path socket) {
        this.address = UnixDomainSocketAddress.of(socket);
    }

    /** Writes a request's body. */
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** An answer read to its end. */
    record Answer(int status, byte[] body) {
        boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        /** The engine's own words for what went wrong. */
        String message() {
            String text = new String(body, StandardCharsets.UTF_8).strip();
            try {
                return Json.parse(text) instanceof java.util.Map<?, ?> problem
                                && problem.get("message") instanceof String message
                        ? message
                        : text;
            } catch (dev.netbase.model.json.JsonException e) {
                return text;
            }
        }
    }

    /** Takes an answer's body as it comes. */
    interface Reader {
        void read(InputStream body) throws IOException;
    }

    /** A request with a JSON body, or none. */
    Answer call(String method, String target, @Nullable Object json, Duration timeout) throws IOException {
        byte[] body = json == null ? new byte[0] : Json.writeBytes(json);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        int status = stream(
                method,
                target,
                "application/json",
                body.length,
                out -> out.write(body),
                in -> {
                    byte[] buffer = new byte[8192];
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        answer.write(buffer, 0, n);
                        if (answer.size() > MAX_BODY_BYTES) {
                            throw new IOException("an answer over " + MAX_BODY_BYTES + " bytes");
                        }
                    }
                },
                timeout);
        return new Answer(status, answer.toByteArray());
    }

    /** A request of any kind; answers the status once the answer's body was read. */
    int stream(String method, String target, String type, long length, Body body, Reader reader, Duration timeout)
            throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            Future<?> deadline = timer.schedule(() -> close(channel), timeout.toMillis(), TimeUnit.MILLISECONDS);
            try {
                channel.connect(address);
                ChannelStreams streams = new ChannelStreams(channel);
                OutputStream out = streams.output();
                out.write((method + " " + target + " HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: "
                                + type + "\r\nContent-Length: " + length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                body.writeTo(out);
                InputStream in = streams.input();
                Head head = Head.read(in);
                reader.read(head.body(in));
                return head.status();
            } finally {
                deadline.cancel(false);
            }
        }
    }

    /** Turns a connection into a raw stream in both directions. The caller closes it. */
    SocketChannel upgrade(String target, Duration timeout) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Future<?> deadline = timer.schedule(() -> close(channel), timeout.toMillis(), TimeUnit.MILLISECONDS);
        try {
            channel.connect(address);
            ChannelStreams streams = new ChannelStreams(channel);
            streams.output()
                    .write(("POST " + target + " HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                                    + "Content-Length: 0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Head head = Head.read(streams.input());
            if (head.status() != 101 && head.status() != 200) {
                throw new IOException("the engine does not attach: status " + head.status());
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e;
        } finally {
            deadline.cancel(false);
        }
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no more use either way.
            return;
        }
    }

    /** Reads and writes a channel at the same time, which the JDK's own adapters of channels do not allow. */
    record ChannelStreams(SocketChannel channel) {
        InputStream input() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    return length == 0 ? 0 : channel.read(ByteBuffer.wrap(into, offset, length));
                }
            };
        }

        OutputStream output() {
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                }
            };
        }
    }

    /** An answer's status line and what its headers say of the body; {@code length} -1 if they say nothing. */
    private record Head(int status, boolean chunked, long length) {
        static Head read(InputStream in) throws IOException {
            String[] lines = text(in).split("\r\n", -1);
            String[] status = lines[0].split(" ", 3);
            if (status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("[0-9]{3}")) {
                throw new IOException("not an HTTP answer");
            }
            boolean chunked = false;
            long length = -1;
            for (int i = 1; i < lines.length; i++) {
                String line = lines[i].toLowerCase(java.util.Locale.ROOT);
                if (line.startsWith("transfer-encoding:")) {
                    chunked = line.contains("chunked");
                } else if (line.startsWith("content-length:")) {
                    length =
                            Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
                }
            }
            int code = Integer.parseInt(status[1]);
            return new Head(code, chunked, code == 204 || code == 304 ? 0 : length);
        }

        private static String text(InputStream in) throws IOException {
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                int c = in.read();
                if (c < 0) {
                    throw new EOFException("the engine closed the connection");
                }
                if (head.length() >= MAX_HEAD_BYTES) {
                    throw new IOException("an answer's head over " + MAX_HEAD_BYTES + " bytes");
                }
                head.append((char) c);
            }
            return head.toString();
        }

        InputStream body(InputStream in) {
            return chunked ? new ChunkedInput(in) : new BoundedInput(in, length < 0 ? Long.MAX_VALUE : length);
        }
    }

    private static final class BoundedInput extends InputStream {
        private final InputStream in;
        private long left;

        BoundedInput(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(into, offset, (int) Math.min(length, left));
            left -= Math.max(n, 0);
            return n;
        }
    }

    private static final class ChunkedInput extends InputStream {
        private final InputStream in;
        private long left;
        private boolean begun;
        private boolean ended;

        ChunkedInput(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                if (begun) {
                    line();
                }
                begun = true;
                left = Long.parseLong(line().split(";", 2)[0].strip(), 16);
                ended = left == 0;
            }
            if (ended) {
                return -1;
            }
            int n = in.read(into, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("the engine ended in the middle of an answer");
            }
            left -= n;
            return n;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0 || line.length() > 100) {
                    throw new IOException("a broken chunk");
                }
                line.append((char) c);
            }
            return line.toString().strip();
        }
    }
}
