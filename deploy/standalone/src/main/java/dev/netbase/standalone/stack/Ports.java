package dev.netbase.standalone.stack;

import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Finds free ports, and says clearly which one is not. */
final class Ports {
    /**
     * Below the range from which systems give ports to outgoing connections (32768 on Linux, 49152 on macOS): a port
     * that is free for the second in which a child restarts must not become somebody's client port.
     */
    private static final int LOWEST = 15_000;

    private static final int HIGHEST = 32_000;
    private static final int TRIES = 1_000;

    private final Random random = new SecureRandom();

    /**
     * One distinct port for each request, in their order.
     *
     * @throws StartupException if one that was asked for is taken
     */
    List<Integer> choose(List<PortRequest> requests) {
        Set<Integer> chosen = new HashSet<>();
        for (PortRequest request : requests) {
            request.wanted().ifPresent(port -> {
                if (!chosen.add(port)) {
                    throw new StartupException(
                            "Port " + port + " is given twice: choose another with " + request.option() + " PORT.");
                }
                if (!isFree(port)) {
                    throw new StartupException("Port " + port
                            + " is in use by another program: stop it, or choose another port with "
                            + request.option() + " PORT.");
                }
            });
        }
        List<Integer> ports = new ArrayList<>();
        for (PortRequest request : requests) {
            ports.add(request.wanted().orElseGet(() -> anyFree(chosen)));
        }
        return ports;
    }

    private int anyFree(Set<Integer> chosen) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            int port = random.nextInt(LOWEST, HIGHEST);
            if (!chosen.contains(port) && isFree(port)) {
                chosen.add(port);
                return port;
            }
        }
        throw new StartupException("No free port was found between " + LOWEST + " and " + HIGHEST + ".");
    }

    /** On both loopback addresses: "localhost" may mean either. A system without IPv6 has one. */
    private static boolean isFree(int port) {
        return canListen("127.0.0.1", port) && canListen("::1", port);
    }

    private static boolean canListen(String address, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return true;
        } catch (BindException e) {
            boolean noSuchAddress = String.valueOf(e.getMessage()).contains("assign requested address");
            return noSuchAddress;
        } catch (SocketException e) {
            return address.contains(":");
        } catch (IOException e) {
            return false;
        }
    }
}
