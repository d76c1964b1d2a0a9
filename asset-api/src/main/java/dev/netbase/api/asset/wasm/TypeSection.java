package dev.netbase.api.asset.wasm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The types of a module. Types other than functions' are read, so that indices stay right, and kept as null. */
final class TypeSection {
    private static final int REC = 0x4e;
    private static final int SUB_FINAL = 0x4f;
    private static final int SUB = 0x50;
    private static final int ARRAY = 0x5e;
    private static final int STRUCT = 0x5f;
    private static final int FUNCTION = 0x60;
    private static final int MAX_PARAMETERS = 1_000;

    private final BinaryReader in;
    private final List<@Nullable FunctionType> types = new ArrayList<>();

    private TypeSection(BinaryReader in) {
        this.in = in;
    }

    static List<@Nullable FunctionType> read(BinaryReader in) throws IOException, InvalidModuleException {
        TypeSection section = new TypeSection(in);
        int count = in.count("types");
        for (int i = 0; i < count; i++) {
            int form = in.u8();
            if (form == REC) {
                int members = in.count("types");
                for (int member = 0; member < members; member++) {
                    section.subType(in.u8());
                }
            } else {
                section.subType(form);
            }
        }
        return section.types;
    }

    private void subType(int form) throws IOException, InvalidModuleException {
        if (form == SUB || form == SUB_FINAL) {
            int supertypes = in.count("types");
            for (int i = 0; i < supertypes; i++) {
                in.u32();
            }
            compositeType(in.u8());
        } else {
            compositeType(form);
        }
    }

    private void compositeType(int form) throws IOException, InvalidModuleException {
        switch (form) {
            case FUNCTION -> types.add(new FunctionType(valueTypes(), valueTypes()));
            case STRUCT -> {
                int fields = in.count("fields");
                for (int i = 0; i < fields; i++) {
                    fieldType();
                }
                types.add(null);
            }
            case ARRAY -> {
                fieldType();
                types.add(null);
            }
            default ->
                throw new InvalidModuleException(
                        "has an unknown type 0x" + Integer.toHexString(form) + " before byte " + in.position());
        }
    }

    private void fieldType() throws IOException, InvalidModuleException {
        int code = in.u8();
        if (code != 0x78 && code != 0x77) {
            valueType(code);
        }
        if (in.u8() > 1) {
            throw new InvalidModuleException("has a field that is neither constant nor variable");
        }
    }

    private List<String> valueTypes() throws IOException, InvalidModuleException {
        int count = in.count("value types");
        if (count > MAX_PARAMETERS) {
            throw new InvalidModuleException("has a function with " + count + " parameters or results");
        }
        List<String> valueTypes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            valueTypes.add(valueType(in.u8()));
        }
        return valueTypes;
    }

    private String valueType(int code) throws IOException, InvalidModuleException {
        return switch (code) {
            case 0x7f -> "i32";
            case 0x7e -> "i64";
            case 0x7d -> "f32";
            case 0x7c -> "f64";
            case 0x7b -> "v128";
            case 0x63 -> "(ref null " + in.s33() + ")";
            case 0x64 -> "(ref " + in.s33() + ")";
            default -> {
                // the abstract reference types lie between exnref and nullexnref
                if (code < 0x68 || code > 0x74) {
                    throw new InvalidModuleException("has an unknown value type 0x" + Integer.toHexString(code));
                }
                yield "ref 0x" + Integer.toHexString(code);
            }
        };
    }

    /** Reads over a value type where only what follows matters. */
    static void skipValueType(BinaryReader in) throws IOException, InvalidModuleException {
        new TypeSection(in).valueType(in.u8());
    }
}
