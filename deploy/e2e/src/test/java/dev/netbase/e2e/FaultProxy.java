package dev.netbase.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes TCP connections on to a port of this machine, and does to them what bad networks do. */
final class FaultProxy implements AutoCloseable {
    private static final int BUFFER = 64 << 10;
    private static final int CONNECT_MILLIS = 1_000;
    private final ServerSocket server;
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean refusing;
    private volatile boolean closed;

    /** Guarded by this. */
    private boolean stalled;

    private FaultProxy(ServerSocket server, int target) {
        this.server = server;
        this.target = target;
    }

    /** Listens on a port of 127.0.0.1 and passes on to another, whether or not anybody listens there. */
    static FaultProxy start(int port, int target) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        FaultProxy proxy = new FaultProxy(server, target);
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    /** Ends every connection with a reset. */
    void cut() {
        links.forEach(Link::close);
    }

    /** Ends every connection, and each new one at once, until healed. */
    void refuse() {
        refusing = true;
        cut();
    }

    /** Holds up all bytes, of new connections too, until healed. */
    synchronized void stall() {
        stalled = true;
    }

    /** From now on the connections that are open say nothing and never end, as if the other machine were gone. */
    void abandon() {
        links.forEach(link -> link.abandoned = true);
    }

    /** Holds up each piece of data for so long, until healed. */
    void slow(Duration by) {
        delay = by;
    }

    /** Everything passes at once again; what was abandoned stays so. */
    synchronized void heal() {
        refusing = false;
        delay = Duration.ZERO;
        stalled = false;
        notifyAll();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        Link link = new Link(client, new Socket());
        links.add(link);
        try {
            if (refusing) {
                throw new IOException("refused");
            }
            link.server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            link.server.setTcpNoDelay(true);
        } catch (IOException e) {
            link.close();
            return;
        }
        Thread.ofVirtual().start(() -> pass(link, link.client, link.server));
        pass(link, link.server, link.client);
    }

    private void pass(Link link, Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                awaitPassage(link);
                to.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException e) {
            // Either end has gone, or the network has.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!link.abandoned) {
            link.close();
        }
    }

    private void awaitPassage(Link link) throws InterruptedException, IOException {
        Duration pause = delay;
        if (pause.isPositive()) {
            Thread.sleep(pause);
        }
        synchronized (this) {
            while ((stalled || link.abandoned) && !closed && !link.client.isClosed()) {
                wait(1_000);
            }
        }
        if (closed) {
            throw new IOException("the proxy is closed");
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        cut();
        heal();
    }

    private final class Link {
        final Socket client;
        final Socket server;
        volatile boolean abandoned;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        /** With a reset, so that nobody waits for the rest. */
        void close() {
            links.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    socket.setSoLinger(true, 0);
                } catch (IOException e) {
                    // It was never open, or is not any more.
                }
                try {
                    socket.close();
                } catch (IOException e) {
                    // Then it is as good as closed.
                }
            }
        }
    }
}
