package dev.netbase.model.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain Java values: {@code Map<String, Object>} in the order written, {@code List}, {@code String},
 * {@code Long} or {@code BigInteger}, {@code BigDecimal}, {@code Boolean} and {@code null}.
 * Numbers keep every digit; duplicate keys are refused.
 */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxStringLength(64 * 1024 * 1024)
                    .build())
            .build();

    /** The one mapper for messages and values: snake_case, nothing unknown is an error. */
    public static final ObjectMapper MAPPER = JsonMapper.builder(FACTORY)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule("plain-values").addDeserializer(Object.class, new PlainValueDeserializer()))
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    private Json() {}

    /**
     * The value of a JSON text.
     *
     * @throws JsonException if the text is not JSON, nests deeper than 200, or repeats a key
     */
    public static @Nullable Object parse(String text) {
        try {
            return MAPPER.readValue(text, Object.class);
        } catch (JsonProcessingException e) {
            throw new JsonException(e.getOriginalMessage(), e);
        }
    }

    /**
     * The value of a UTF-8 JSON text.
     *
     * @throws JsonException if the bytes are not JSON, nest deeper than 200, or repeat a key
     */
    public static @Nullable Object parse(byte[] utf8) {
        try {
            return MAPPER.readValue(utf8, Object.class);
        } catch (JsonProcessingException e) {
            throw new JsonException(e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new JsonException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The object that a JSON text holds.
     *
     * @throws JsonException if the text is not JSON or not an object
     */
    public static Map<String, @Nullable Object> parseObject(String text) {
        Object value = parse(text);
        if (value instanceof Map<?, ?>) {
            return asObject(value);
        }
        throw new JsonException("a JSON object is expected", null);
    }

    /** A parsed value, which is known to be an object, as a map. */
    @SuppressWarnings("unchecked")
    public static Map<String, @Nullable Object> asObject(Object value) {
        return (Map<String, @Nullable Object>) value;
    }

    /** The value as compact JSON text on one line. */
    public static String write(@Nullable Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new JsonException(e.getOriginalMessage(), e);
        }
    }

    /** The value as compact UTF-8 JSON on one line. */
    public static byte[] writeBytes(@Nullable Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new JsonException(e.getOriginalMessage(), e);
        }
    }

    /**
     * A record of {@code type} from UTF-8 JSON.
     *
     * @throws JsonException if the bytes are not such a record
     */
    public static <T> T read(byte[] utf8, Class<T> type) {
        try {
            T value = MAPPER.readValue(utf8, type);
            if (value == null) {
                throw new JsonException("a JSON object is expected, not null", null);
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new JsonException(e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new JsonException(String.valueOf(e.getMessage()), e);
        }
    }
}
