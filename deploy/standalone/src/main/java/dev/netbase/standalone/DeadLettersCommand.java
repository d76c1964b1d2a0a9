package dev.netbase.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.netbase.standalone.letters.DeadLetter;
import dev.netbase.standalone.letters.DeadLetterTopic;
import dev.netbase.standalone.process.StartupException;
import dev.netbase.standalone.stack.DataDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What nobody could read: shows it, and sends it back once whatever stood in its way is mended. */
@Command(name = "dead-letters", description = "Shows the records that nobody could read, or sends them back.")
final class DeadLettersCommand {
    private static final String ROW = "%-8s %-24s %-28s %9s %10s %8s  %-24s %s%n";
    private static final int SHOWN_KEY = 24;

    /** Which broker. */
    static final class Where {
        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "a running stack's (default ~/.local/share/netbase)")
        private @Nullable Path data;

        @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "a broker's address")
        private @Nullable String kafka;

        DeadLetterTopic connect() throws IOException {
            if (kafka != null) {
                return DeadLetterTopic.connect(kafka);
            }
            Path directory = data == null ? StackSettings.defaultData() : data;
            return DeadLetterTopic.connect(DataDirectory.kafkaOfRunningStack(directory));
        }
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    @Command(name = "list", description = "Shows the letters that have not been replayed, oldest first.")
    int list(
            @ArgGroup(exclusive = true) @Nullable Where where,
            @Option(names = "--json", description = "one JSON object a line, keys and reasons whole") boolean json)
            throws IOException {
        try (DeadLetterTopic topic = place(where).connect()) {
            if (!json) {
                System.out.printf(ROW, "ID", "TIME", "TOPIC", "PARTITION", "OFFSET", "BYTES", "KEY", "REASON");
            }
            topic.forEach(letter -> {
                if (!topic.isReplayed(letter)) {
                    System.out.print(json ? json(letter) : row(letter));
                }
            });
        }
        return 0;
    }

    @Command(name = "replay", description = "Sends letters back to the topics they came from, as they were.")
    int replay(
            @ArgGroup(exclusive = true) @Nullable Where where,
            @Option(names = "--all", description = "all that have not been replayed") boolean all,
            @Parameters(arity = "0..*", paramLabel = "ID", description = "as list shows them") @Nullable
                    List<String> given)
            throws IOException, InterruptedException {
        Set<String> ids = new LinkedHashSet<>(given == null ? List.of() : given);
        if (all != ids.isEmpty()) {
            throw new StartupException("replay takes the ids of letters, or --all.");
        }
        try (DeadLetterTopic topic = place(where).connect()) {
            List<DeadLetter> letters = new ArrayList<>();
            List<DeadLetter> left = new ArrayList<>();
            topic.forEach(letter -> {
                if (all ? !topic.isReplayed(letter) : ids.remove(letter.id())) {
                    (all && !letter.isWhole() ? left : letters).add(letter);
                }
            });
            if (!ids.isEmpty()) {
                throw new StartupException("There is no dead letter " + String.join(", ", ids) + "; nothing was sent.");
            }
            topic.replay(letters);
            System.out.println("replayed " + letters.size());
            left.forEach(letter -> System.err.println(
                    "left " + letter.id() + ": it was too large to keep its value; only its sender can send it again"));
        }
        return 0;
    }

    private static Where place(@Nullable Where where) {
        return where == null ? new Where() : where;
    }

    private static String row(DeadLetter letter) {
        String key = oneLine(letter.key());
        return ROW.formatted(
                letter.id(),
                letter.time(),
                letter.topic().orElse("?"),
                letter.partition(),
                letter.offset(),
                letter.size(),
                key.length() <= SHOWN_KEY ? key : key.substring(0, SHOWN_KEY - 1) + "…",
                oneLine(letter.reason()));
    }

    /** Whoever made the record may have put anything into it; a terminal shall not obey it. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "·");
    }

    private static String json(DeadLetter letter) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", letter.id());
        fields.put("time", letter.time().toString());
        fields.put("topic", letter.topic().orElse("?"));
        fields.put("partition", letter.partition());
        fields.put("offset", letter.offset());
        fields.put("size_bytes", letter.size());
        fields.put("key", letter.key());
        fields.put("reason", letter.reason());
        try {
            return new ObjectMapper().writeValueAsString(fields) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
