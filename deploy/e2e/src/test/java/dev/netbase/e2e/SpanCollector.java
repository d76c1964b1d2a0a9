package dev.netbase.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;

/** An OpenTelemetry collector, as far as a test needs one: takes spans by OTLP over HTTP and keeps them. */
final class SpanCollector implements AutoCloseable {
    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    /** A span as it was sent; ids are hexadecimal, and a span without a parent has an empty one. */
    record Span(String service, String trace, String id, String parent, String name, Map<String, String> attributes) {}

    private SpanCollector(HttpServer server) {
        this.server = server;
    }

    static SpanCollector start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SpanCollector collector = new SpanCollector(server);
        server.createContext("/v1/traces", collector::take);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return collector;
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What has come of a trace so far. */
    List<Span> spansOf(String trace) {
        return spans.stream().filter(span -> span.trace().equals(trace)).toList();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream body = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                        ? new GZIPInputStream(exchange.getRequestBody())
                        : exchange.getRequestBody()) {
            readRequest(ByteBuffer.wrap(body.readAllBytes()));
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** The field numbers are those of {@code opentelemetry/proto/trace/v1/trace.proto}. */
    private void readRequest(ByteBuffer request) {
        fields(request, (number, resourceSpans) -> {
            Map<String, String> resource = new HashMap<>();
            fields(message(resourceSpans), (part, value) -> {
                if (part == 1) {
                    fields(message(value), (field, attribute) -> keep(resource, field == 1, attribute));
                }
            });
            String service = resource.getOrDefault("service.name", "");
            fields(message(resourceSpans), (part, value) -> {
                if (part == 2) {
                    fields(message(value), (field, span) -> {
                        if (field == 2) {
                            spans.add(span(service, message(span)));
                        }
                    });
                }
            });
        });
    }

    private static Span span(String service, ByteBuffer message) {
        Map<Integer, Object> known = new HashMap<>();
        Map<String, String> attributes = new HashMap<>();
        fields(message, (field, value) -> {
            known.put(field, value);
            keep(attributes, field == 9, value);
        });
        return new Span(
                service, hex(known.get(1)), hex(known.get(2)), hex(known.get(4)), text(known.get(5)), attributes);
    }

    private static void keep(Map<String, String> attributes, boolean isAttribute, Object keyValue) {
        if (isAttribute) {
            Map<Integer, Object> pair = new HashMap<>();
            fields(message(keyValue), pair::put);
            fields(
                    message(pair.get(2)),
                    (kind, value) -> attributes.put(
                            text(pair.get(1)), value instanceof Long number ? number.toString() : text(value)));
        }
    }

    /** Protocol Buffers' wire format: a number for varints and fixed widths, bytes for all that has a length. */
    private static void fields(ByteBuffer message, BiConsumer<Integer, Object> each) {
        while (message.hasRemaining()) {
            int key = (int) varint(message);
            Object value = switch (key & 7) {
                case 0 -> varint(message);
                case 1 -> message.order(ByteOrder.LITTLE_ENDIAN).getLong();
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(message)];
                    message.get(bytes);
                    yield bytes;
                }
                case 5 -> (long) message.order(ByteOrder.LITTLE_ENDIAN).getInt();
                default -> throw new IllegalArgumentException("no wire type of Protocol Buffers: " + key);
            };
            each.accept(key >>> 3, value);
        }
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = from.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static ByteBuffer message(Object bytes) {
        return ByteBuffer.wrap((byte[]) bytes);
    }

    private static String hex(Object bytes) {
        return bytes == null ? "" : HexFormat.of().formatHex((byte[]) bytes);
    }

    private static String text(Object bytes) {
        return bytes instanceof byte[] text ? new String(text, StandardCharsets.UTF_8) : "";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
