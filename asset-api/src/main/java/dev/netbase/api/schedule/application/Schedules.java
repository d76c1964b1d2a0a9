package dev.netbase.api.schedule.application;

import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.run.application.RunRepository;
import dev.netbase.api.run.application.RunRepository.Target;
import dev.netbase.api.schedule.application.ScheduleRepository.Settings;
import dev.netbase.api.schedule.domain.Schedule;
import dev.netbase.api.workflow.application.CompiledDefinitions;
import dev.netbase.model.json.Json;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.schedule.CatchUp;
import dev.netbase.model.schedule.CronSchedule;
import dev.netbase.model.schedule.Overlap;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes and changes schedules. The scheduler takes their ticks. */
@ApplicationScoped
public class Schedules {
    /** The most characters of a schedule's inputs as JSON: they are copied into every run. */
    public static final int MAX_INPUT_CHARS = 65_536;

    private final ScheduleRepository repository;
    private final RunRepository runs;
    private final CompiledDefinitions definitions;
    private final Clock clock;

    Schedules(ScheduleRepository repository, RunRepository runs, CompiledDefinitions definitions, Clock clock) {
        this.repository = repository;
        this.runs = runs;
        this.definitions = definitions;
        this.clock = clock;
    }

    /**
     * What is asked of a schedule.
     *
     * @param catchUp, overlap in lower case
     */
    public record Wish(
            @Nullable Integer version,
            String cron,
            String timeZone,
            Map<String, @Nullable Object> inputs,
            @Nullable Integer priority,
            String catchUp,
            String overlap,
            boolean paused) {}

    /** Adds a schedule. Fails with {@code invalid-schedule}, {@code invalid-inputs} or {@code schedule-name-taken}. */
    public Uni<Schedule> create(String name, String workflow, Wish wish, long ownerId) {
        List<FieldProblem> problems = new ArrayList<>();
        Settings settings = settings(wish, null, problems);
        return target(workflow, wish, problems)
                .flatMap(target -> repository.create(name, target.workflowId(), settings, ownerId));
    }

    /** Changes a schedule. Fails as {@link #create}, or with {@code schedule-not-found}. */
    public Uni<Schedule> change(Schedule before, Wish wish) {
        List<FieldProblem> problems = new ArrayList<>();
        Settings settings = settings(wish, before, problems);
        return target(before.workflow(), wish, problems)
                .flatMap(target -> repository.update(before.id(), settings))
                .map(found -> found.orElseThrow(() -> notFound(before.id())));
    }

    /** A schedule that is not there. */
    public static ProblemException notFound(long id) {
        return new ProblemException(ProblemCode.SCHEDULE_NOT_FOUND, "there is no schedule " + id);
    }

    private Settings settings(Wish wish, @Nullable Schedule before, List<FieldProblem> problems) {
        check("catch_up", wish.catchUp(), CatchUp.values(), problems);
        check("overlap", wish.overlap(), Overlap.values(), problems);
        String inputs = Json.write(wish.inputs());
        if (inputs.length() > MAX_INPUT_CHARS) {
            problems.add(new FieldProblem("inputs", "has more than " + MAX_INPUT_CHARS + " characters as JSON"));
        }
        CronSchedule times = times(wish, problems);
        OffsetDateTime next = null;
        if (before != null && sameTimes(before, wish)) {
            next = before.nextAt();
        } else if (times != null && !wish.paused()) {
            next = times.next(clock.instant())
                    .map(tick -> tick.atOffset(ZoneOffset.UTC))
                    .orElse(null);
            if (next == null) {
                problems.add(new FieldProblem("cron", "never comes"));
            }
        }
        return new Settings(
                wish.version(),
                wish.cron(),
                wish.timeZone(),
                inputs,
                wish.priority(),
                wish.catchUp(),
                wish.overlap(),
                wish.paused(),
                next);
    }

    private static boolean sameTimes(Schedule before, Wish wish) {
        return before.cron().equals(wish.cron())
                && before.timeZone().equals(wish.timeZone())
                && before.paused() == wish.paused();
    }

    private static @Nullable CronSchedule times(Wish wish, List<FieldProblem> problems) {
        try {
            ZoneId zone = CronSchedule.zone(wish.timeZone());
            try {
                return CronSchedule.of(wish.cron(), zone);
            } catch (IllegalArgumentException e) {
                problems.add(new FieldProblem("cron", String.valueOf(e.getMessage())));
            }
        } catch (IllegalArgumentException e) {
            problems.add(new FieldProblem("time_zone", String.valueOf(e.getMessage())));
        }
        return null;
    }

    private static void check(String field, String value, Enum<?>[] known, List<FieldProblem> problems) {
        List<String> names = Arrays.stream(known)
                .map(one -> one.name().toLowerCase(Locale.ROOT))
                .toList();
        if (!names.contains(value)) {
            problems.add(new FieldProblem(field, "must be one of " + String.join(", ", names)));
        }
    }

    private Uni<Target> target(String workflow, Wish wish, List<FieldProblem> problems) {
        return runs.target(workflow, wish.version()).flatMap(found -> {
            if (found.isEmpty()) {
                problems.add(new FieldProblem(
                        wish.version() == null ? "workflow" : "version",
                        "there is no workflow '" + workflow + "'"
                                + (wish.version() == null ? "" : " with a version " + wish.version())));
            }
            if (!problems.isEmpty()) {
                throw new ProblemException(
                        ProblemCode.INVALID_SCHEDULE,
                        problems.getFirst().field() + " " + problems.getFirst().message(),
                        problems);
            }
            Target target = found.orElseThrow();
            return definitions.get(target.workflowId(), target.version()).map(definition -> {
                List<FieldProblem> wrong = definition
                        .start()
                        .inputSchema()
                        .map(schema -> schema.check(wish.inputs()))
                        .orElse(List.of());
                if (!wrong.isEmpty()) {
                    throw new ProblemException(
                            ProblemCode.INVALID_INPUTS,
                            "the inputs are not what the workflow's input_schema asks for: "
                                    + wrong.getFirst().field() + " "
                                    + wrong.getFirst().message(),
                            wrong);
                }
                return target;
            });
        });
    }
}
