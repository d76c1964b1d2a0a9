package dev.netbase.model.artifact;

import dev.netbase.model.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Large JSON values as artifacts. A value whose JSON is over a limit, {@link #INLINE_BYTES} or less, is kept in the store
 * and stands as {@code {"$artifact":"<sha256>"}} in messages, in the database and in the API; whoever uses the value gets it whole.
 */
public final class ValueReferences {
    /** The largest JSON text, in bytes, that is passed inline. */
    public static final int INLINE_BYTES = 64 * 1024;

    /**
     * The largest JSON text, in bytes, of what one of many gave: an element of a {@code for_each}, or a run below another.
     * Whoever follows a run has the values of ten thousand of them in memory.
     */
    public static final int ELEMENT_BYTES = 4 * 1024;

    private static final String KEY = "$artifact";
    private final ArtifactStore store;

    public ValueReferences(ArtifactStore store) {
        this.store = store;
    }

    /**
     * The JSON to pass for a value whose JSON is {@code json}: itself, or a reference to it.
     *
     * @throws IOException if the value is large and cannot be stored
     */
    public String inlineOrStore(String json) throws IOException {
        return inlineOrStore(json, INLINE_BYTES);
    }

    /**
     * The same with another limit.
     *
     * @param maxBytes of JSON text in UTF-8 that are passed as they are
     */
    public String inlineOrStore(String json, int maxBytes) throws IOException {
        if (json.length() <= maxBytes / 3) {
            return json;
        }
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        return utf8.length <= maxBytes ? json : "{\"" + KEY + "\":\"" + store.put(utf8) + "\"}";
    }

    /** The digest that a value refers to, or empty if it is an ordinary value. */
    public static Optional<String> reference(@Nullable Object value) {
        return value instanceof Map<?, ?> map && map.size() == 1 && map.get(KEY) instanceof String sha256
                ? Optional.of(sha256)
                : Optional.empty();
    }

    /**
     * The value that {@code value} refers to, or itself if it is an ordinary one. References deeper inside stay.
     *
     * @param maxBytes the most bytes of an artifact to read for it
     * @throws TooLargeException if the artifact has more
     * @throws IOException if it refers to an artifact that is not there or cannot be read
     */
    public @Nullable Object resolve(@Nullable Object value, long maxBytes) throws IOException {
        Optional<String> sha256 = reference(value);
        return sha256.isEmpty() ? value : Json.parse(load(sha256.get(), maxBytes, maxBytes));
    }

    /**
     * The value with every reference in it, at any depth, replaced by what it refers to.
     *
     * @param maxBytes the most bytes of artifacts to read for it: references may repeat, so a small value can stand for
     *     a huge one
     * @throws TooLargeException if more would have to be read
     * @throws IOException if an artifact is not there or cannot be read
     */
    public @Nullable Object resolveDeeply(@Nullable Object value, long maxBytes) throws IOException {
        return new Resolution(maxBytes).resolve(value);
    }

    /** The references of a value stand for more bytes than its reader takes. */
    public static final class TooLargeException extends IOException {
        TooLargeException(long maxBytes) {
            super("the value's artifacts have over " + maxBytes + " bytes, which are allowed; give it as a file");
        }
    }

    private final class Resolution {
        private final long maxBytes;
        private long bytes;

        Resolution(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        @Nullable
        Object resolve(@Nullable Object value) throws IOException {
            Optional<String> sha256 = reference(value);
            if (sha256.isPresent()) {
                byte[] content = load(sha256.get(), maxBytes - bytes, maxBytes);
                bytes += content.length;
                return resolve(Json.parse(content));
            }
            if (value instanceof Map<?, ?>) {
                Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
                for (Map.Entry<String, @Nullable Object> entry :
                        Json.asObject(value).entrySet()) {
                    resolved.put(entry.getKey(), resolve(entry.getValue()));
                }
                return resolved;
            }
            if (value instanceof List<?> list) {
                List<@Nullable Object> resolved = new ArrayList<>(list.size());
                for (Object element : list) {
                    resolved.add(resolve(element));
                }
                return resolved;
            }
            return value;
        }
    }

    private byte[] load(String sha256, long left, long maxBytes) throws IOException {
        Optional<Path> file = store.locate(sha256);
        if (file.isPresent() && Files.size(file.get()) > left) {
            throw new TooLargeException(maxBytes);
        }
        return store.read(sha256).orElseThrow(() -> new IOException("artifact " + sha256 + " is not in the store"));
    }
}
