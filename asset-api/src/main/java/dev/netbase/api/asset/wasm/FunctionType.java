package dev.netbase.api.asset.wasm;

import java.util.List;

/** What a function takes and gives; value types as in the text format. */
record FunctionType(List<String> parameters, List<String> results) {
    FunctionType {
        parameters = List.copyOf(parameters);
        results = List.copyOf(results);
    }

    /** A type from its short form, for example {@code (i32,i32)->i64} or {@code ()->}. */
    static FunctionType of(String text) {
        int arrow = text.indexOf(")->");
        return new FunctionType(types(text.substring(1, arrow)), types(text.substring(arrow + 3)));
    }

    private static List<String> types(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    @Override
    public String toString() {
        return "(" + String.join(",", parameters) + ")->" + String.join(",", results);
    }
}
