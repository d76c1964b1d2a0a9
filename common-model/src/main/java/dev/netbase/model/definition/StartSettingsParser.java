package dev.netbase.model.definition;

import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.schema.InputSchema;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@link StartSettings} of a definition. */
final class StartSettingsParser {
    /** The fields of a definition that are read here. */
    static final Set<String> FIELDS = Set.of("input_schema", "priority", "concurrency", "on_complete", "on_failure");

    private StartSettingsParser() {}

    static StartSettings parse(Fields root, List<FieldProblem> problems) {
        Fields concurrency = root.object("concurrency");
        concurrency.allow(Set.of("max_runs"));
        Optional<Integer> maxRuns = Optional.empty();
        if (root.has("concurrency")) {
            maxRuns = Optional.of(bounded(concurrency, "max_runs", 0, 1, StartSettings.MAX_RUNS));
        }
        return new StartSettings(
                root.has("input_schema")
                        ? InputSchema.compile(root.get("input_schema"), root.path() + ".input_schema", problems)
                        : Optional.empty(),
                bounded(root, "priority", 0, StartSettings.MIN_PRIORITY, StartSettings.MAX_PRIORITY),
                maxRuns,
                webhook(root, "on_complete"),
                webhook(root, "on_failure"));
    }

    private static int bounded(Fields fields, String name, int absent, int min, int max) {
        long value = fields.integer(name, absent);
        if (value < min || value > max) {
            fields.problem(name, "must be a whole number from " + min + " to " + max);
            return min;
        }
        return (int) value;
    }

    private static Optional<Webhook> webhook(Fields root, String name) {
        if (!root.has(name)) {
            return Optional.empty();
        }
        Fields fields = root.object(name);
        fields.allow(Set.of("url"));
        String url = fields.string("url", true);
        if (url.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(url);
            if (url.length() <= Webhook.MAX_URL_CHARS
                    && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null) {
                return Optional.of(new Webhook(uri));
            }
        } catch (URISyntaxException e) {
            // told below, as all that is no URL
        }
        fields.problem(
                "url",
                "must be a URL of https or http with a host, without user and fragment, of at most "
                        + Webhook.MAX_URL_CHARS + " characters");
        return Optional.empty();
    }
}
