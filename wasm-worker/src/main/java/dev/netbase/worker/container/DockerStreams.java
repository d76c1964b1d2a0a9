package dev.netbase.worker.container;

import dev.netbase.worker.container.DockerHttp.ChannelStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * A container's stdin, stdout and stderr, attached before it starts.
 *
 * <p>Stdin has a connection of its own. With all three in one, Podman ends the attachment when a program has ended without
 * reading its input, whatever of its output is still on the way, and writes an error of its own amid it. What the program
 * writes comes by that connection too, and is thrown away: where nobody takes it, Podman's monitor waits, and with it the
 * program.
 */
final class DockerStreams implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(DockerStreams.class);
    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    private final SocketChannel output;
    private final SocketChannel input;

    private DockerStreams(SocketChannel output, SocketChannel input) {
        this.output = output;
        this.input = input;
    }

    /** Takes what a container writes, piece by piece. */
    interface Sink {
        void stdout(byte[] buffer, int length);

        void stderr(byte[] buffer, int length);
    }

    static DockerStreams attach(DockerHttp http, String container, Duration timeout) throws IOException {
        String target = "/containers/" + container + "/attach?stream=1";
        SocketChannel output = http.upgrade(target + "&stdout=1&stderr=1", timeout);
        try {
            return new DockerStreams(output, http.upgrade(target + "&stdin=1&stdout=1&stderr=1", timeout));
        } catch (IOException | RuntimeException e) {
            DockerHttp.close(output);
            throw e;
        }
    }

    /** Writes all of the input and ends it, on a thread of its own. A program need not read it. */
    void write(byte[] bytes) {
        Thread.ofVirtual().name("container-stdin").start(() -> writeAll(bytes));
        Thread.ofVirtual().name("container-stdin-echo").start(this::discard);
    }

    private void writeAll(byte[] bytes) {
        try {
            OutputStream out = new ChannelStreams(input).output();
            out.write(bytes);
            input.shutdownOutput();
        } catch (IOException e) {
            LOG.debugf("the input was not read to its end: %s", e.getMessage());
        }
    }

    private void discard() {
        try {
            long unused = new ChannelStreams(input).input().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            LOG.debugf("the input's connection has ended: %s", e.getMessage());
        }
    }

    /** Reads until both streams have ended: frames of a kind, three zeroes, a length of four bytes, and so many bytes. */
    void read(Sink sink) throws IOException {
        InputStream in = new ChannelStreams(output).input();
        byte[] head = new byte[8];
        byte[] buffer = new byte[32 << 10];
        while (in.readNBytes(head, 0, head.length) == head.length) {
            long left = (head[4] & 0xffL) << 24 | (head[5] & 0xffL) << 16 | (head[6] & 0xffL) << 8 | head[7] & 0xffL;
            while (left > 0) {
                int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (n < 0) {
                    return;
                }
                if (head[0] == STDOUT) {
                    sink.stdout(buffer, n);
                } else if (head[0] == STDERR) {
                    sink.stderr(buffer, n);
                }
                left -= n;
            }
        }
    }

    @Override
    public void close() {
        DockerHttp.close(input);
        DockerHttp.close(output);
    }
}
