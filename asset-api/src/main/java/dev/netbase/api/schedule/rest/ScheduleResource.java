package dev.netbase.api.schedule.rest;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.platform.security.Users;
import dev.netbase.api.platform.validation.Names;
import dev.netbase.api.schedule.application.ScheduleRepository;
import dev.netbase.api.schedule.application.Schedules;
import dev.netbase.api.schedule.application.Schedules.Wish;
import dev.netbase.api.schedule.domain.Schedule;
import dev.netbase.api.schedule.domain.Tick;
import dev.netbase.model.definition.StartSettings;
import dev.netbase.model.json.Json;
import dev.netbase.model.problem.ProblemCode;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Schedules. */
@Path("/api/v1/schedules")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Users.ADMIN)
@Tag(name = "Schedules", description = "Runs that start by the clock.")
public class ScheduleResource {
    private static final String VERSION_RULE = "must be at least 1";
    private static final String PRIORITY_RULE = "must be a whole number from -100 to 100";
    private static final java.util.regex.Pattern ID = java.util.regex.Pattern.compile("[0-9]{1,18}");

    private final Schedules schedules;
    private final ScheduleRepository repository;
    private final Users users;

    ScheduleResource(Schedules schedules, ScheduleRepository repository, Users users) {
        this.schedules = schedules;
        this.repository = repository;
        this.users = users;
    }

    /**
     * A schedule to be made.
     *
     * @param name 1 to 128 letters, digits, '.', '_' or '-', unique in the installation
     * @param workflow the workflow's name
     * @param version absent for the latest at each tick
     * @param cron five fields: minute, hour, day of month, month, day of week
     * @param timeZone a name of the IANA database; absent for UTC
     * @param inputs the same for every run; absent for none
     * @param priority absent for the definition's
     * @param catchUp skip (if absent), one or all
     * @param overlap allow (if absent), skip or queue
     * @param paused absent for false
     */
    @Schema(name = "NewSchedule")
    public record NewSchedule(
            @NotNull(message = "must be given") @Pattern(regexp = Names.PLAIN, message = Names.PLAIN_RULE)
            String name,

            @NotNull(message = "must be given") String workflow,

            @Nullable @Min(value = 1, message = VERSION_RULE)
            Integer version,

            @NotNull(message = "must be given") String cron,

            @Nullable String timeZone,

            @Nullable Map<String, @Nullable Object> inputs,

            @Nullable
            @Min(value = StartSettings.MIN_PRIORITY, message = PRIORITY_RULE)
            @Max(value = StartSettings.MAX_PRIORITY, message = PRIORITY_RULE)
            Integer priority,

            @Nullable String catchUp,
            @Nullable String overlap,
            @Nullable Boolean paused) {}

    /** What is to change; what is absent stays. */
    @Schema(name = "ScheduleChange")
    public record Change(
            @Nullable @Min(value = 1, message = VERSION_RULE)
            Integer version,

            @Nullable String cron,
            @Nullable String timeZone,
            @Nullable Map<String, @Nullable Object> inputs,

            @Nullable
            @Min(value = StartSettings.MIN_PRIORITY, message = PRIORITY_RULE)
            @Max(value = StartSettings.MAX_PRIORITY, message = PRIORITY_RULE)
            Integer priority,

            @Nullable String catchUp,
            @Nullable String overlap,
            @Nullable Boolean paused) {}

    /** A schedule. */
    @Schema(name = "Schedule")
    public record ScheduleView(
            long id,
            String name,
            String workflow,
            @Nullable Integer version,
            String cron,
            String timeZone,

            @JsonRawValue @Schema(implementation = Object.class)
            String inputs,

            @Nullable Integer priority,
            String catchUp,
            String overlap,
            boolean paused,
            @Nullable OffsetDateTime nextAt,
            @Nullable String lastRunId,
            long ownerId,
            OffsetDateTime createdAt,
            OffsetDateTime updatedAt) {
        static ScheduleView of(Schedule schedule) {
            return new ScheduleView(
                    schedule.id(),
                    schedule.name(),
                    schedule.workflow(),
                    schedule.version(),
                    schedule.cron(),
                    schedule.timeZone(),
                    schedule.inputs(),
                    schedule.priority(),
                    schedule.catchUp(),
                    schedule.overlap(),
                    schedule.paused(),
                    schedule.nextAt(),
                    schedule.lastRunId(),
                    schedule.ownerId(),
                    schedule.createdAt(),
                    schedule.updatedAt());
        }
    }

    /** Makes a schedule. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Make a schedule")
    @APIResponse(responseCode = "201", description = "The schedule with its next tick")
    @APIResponse(responseCode = "409", description = "schedule-name-taken")
    @APIResponse(responseCode = "422", description = "invalid-schedule, invalid-inputs")
    public Uni<RestResponse<ScheduleView>> create(@NotNull(message = "must be given") @Valid NewSchedule body) {
        Wish wish = new Wish(
                body.version(),
                body.cron(),
                Objects.requireNonNullElse(body.timeZone(), "UTC"),
                body.inputs() == null ? Map.of() : body.inputs(),
                body.priority(),
                Objects.requireNonNullElse(body.catchUp(), "skip"),
                Objects.requireNonNullElse(body.overlap(), "allow"),
                Objects.requireNonNullElse(body.paused(), false));
        return users.callerId()
                .flatMap(owner -> schedules.create(body.name(), body.workflow(), wish, owner))
                .map(schedule -> RestResponse.ResponseBuilder.<ScheduleView>created(
                                URI.create("/api/v1/schedules/" + schedule.id()))
                        .entity(ScheduleView.of(schedule))
                        .build());
    }

    /** Lists schedules by name. */
    @GET
    @Operation(summary = "List schedules by name", description = "workflow: only those of this workflow.")
    public Uni<Page<ScheduleView>> list(
            @QueryParam("workflow") @Nullable String workflow,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        if (workflow != null && workflow.indexOf('\0') >= 0) {
            throw ProblemException.invalidField("workflow", "must not contain a control character");
        }
        return repository.list(workflow, PageRequest.parse(page, size)).map(found -> found.map(ScheduleView::of));
    }

    /** Shows a schedule. */
    @GET
    @Path("/{id}")
    @Operation(summary = "Show a schedule")
    @APIResponse(responseCode = "404", description = "schedule-not-found")
    public Uni<ScheduleView> get(@RestPath String id) {
        return find(parse(id)).map(ScheduleView::of);
    }

    /** Changes a schedule. */
    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Change a schedule",
            description = "Fields that are absent stay. Where the times change or it is resumed, ticks count from now.")
    @APIResponse(responseCode = "404", description = "schedule-not-found")
    @APIResponse(responseCode = "422", description = "invalid-schedule, invalid-inputs")
    public Uni<ScheduleView> change(@RestPath String id, @NotNull(message = "must be given") @Valid Change body) {
        return find(parse(id))
                .flatMap(before -> schedules.change(before, wish(before, body)))
                .map(ScheduleView::of);
    }

    private static Wish wish(Schedule before, Change change) {
        return new Wish(
                change.version() == null ? before.version() : change.version(),
                Objects.requireNonNullElse(change.cron(), before.cron()),
                Objects.requireNonNullElse(change.timeZone(), before.timeZone()),
                change.inputs() == null ? Json.parseObject(before.inputs()) : change.inputs(),
                change.priority() == null ? before.priority() : change.priority(),
                Objects.requireNonNullElse(change.catchUp(), before.catchUp()),
                Objects.requireNonNullElse(change.overlap(), before.overlap()),
                Objects.requireNonNullElse(change.paused(), before.paused()));
    }

    /** Removes a schedule. */
    @DELETE
    @Path("/{id}")
    @Operation(summary = "Remove a schedule", description = "Its runs stay.")
    @APIResponse(responseCode = "204", description = "It is gone")
    @APIResponse(responseCode = "404", description = "schedule-not-found")
    public Uni<RestResponse<Void>> delete(@RestPath String id) {
        long number = parse(id);
        return repository.delete(number).map(deleted -> {
            if (!deleted) {
                throw Schedules.notFound(number);
            }
            return RestResponse.noContent();
        });
    }

    /** Lists what a schedule's ticks came to, latest first. */
    @GET
    @Path("/{id}/ticks")
    @Operation(summary = "List what a schedule's ticks came to, latest first")
    @APIResponse(responseCode = "404", description = "schedule-not-found")
    public Uni<Page<Tick>> ticks(
            @RestPath String id, @QueryParam("page") @Nullable String page, @QueryParam("size") @Nullable String size) {
        long number = parse(id);
        return repository
                .ticks(number, PageRequest.parse(page, size))
                .map(found -> found.orElseThrow(() -> Schedules.notFound(number)));
    }

    private Uni<Schedule> find(long id) {
        return repository.find(id).map(found -> found.orElseThrow(() -> Schedules.notFound(id)));
    }

    private static long parse(String id) {
        if (!ID.matcher(id).matches()) {
            throw new ProblemException(ProblemCode.SCHEDULE_NOT_FOUND, "there is no schedule '" + id + "'");
        }
        return Long.parseLong(id);
    }
}
