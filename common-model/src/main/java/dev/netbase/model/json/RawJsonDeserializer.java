package dev.netbase.model.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.io.StringWriter;

/** Reads a value as {@link RawValue} of its compact JSON text, every digit of its numbers kept; null is the text null. */
public final class RawJsonDeserializer extends StdDeserializer<RawValue> {
    private static final long serialVersionUID = 1L;

    public RawJsonDeserializer() {
        super(RawValue.class);
    }

    @Override
    public RawValue deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = Json.MAPPER.getFactory().createGenerator(text)) {
            generator.copyCurrentStructureExact(parser);
        }
        return new RawValue(text.toString());
    }

    @Override
    public RawValue getNullValue(DeserializationContext context) {
        return new RawValue("null");
    }
}
