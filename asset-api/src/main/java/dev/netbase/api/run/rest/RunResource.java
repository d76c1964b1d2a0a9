package dev.netbase.api.run.rest;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.platform.security.Users;
import dev.netbase.api.run.application.RunNodes;
import dev.netbase.api.run.application.RunRepository;
import dev.netbase.api.run.application.Runs;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.run.RunStatus;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Runs and their tasks. */
@Path("/api/v1/runs")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Users.ADMIN)
@Tag(name = "Runs", description = "Executions of workflows, task by task.")
public class RunResource {
    private static final Pattern TASK_ID = Pattern.compile("[0-9]{1,18}");
    private static final String STDERR_TYPE = "text/plain;charset=UTF-8";

    private final Runs runs;
    private final RunNodes nodes;
    private final RunRepository repository;

    RunResource(Runs runs, RunNodes nodes, RunRepository repository) {
        this.runs = runs;
        this.nodes = nodes;
        this.repository = repository;
    }

    /** A run that was asked to end. */
    public record CancelledRun(String runId, RunStatus status) {}

    /** Lists runs, newest first. */
    @GET
    @Operation(
            summary = "List runs, newest first",
            description = "workflow: only those of this workflow. status: only those that stand so. parent: only the"
                    + " sub-workflows' runs that are part of this run. Items lack inputs that are over 64 KiB; a run"
                    + " shown by itself has them.")
    public Uni<Page<RunView>> list(
            @QueryParam("workflow") @Nullable String workflow,
            @QueryParam("status") @Nullable String status,
            @QueryParam("parent") @Nullable String parent,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        withoutNul("workflow", workflow);
        withoutNul("parent", parent);
        return repository
                .list(workflow, status == null ? null : parseStatus(status), parent, PageRequest.parse(page, size))
                .map(found -> found.map(RunView::of));
    }

    /** Shows a run, at once or when it has ended. */
    @GET
    @Path("/{runId}")
    @Operation(
            summary = "Show a run",
            description = "wait: answers when the run has ended or this time is up, for example 500ms, 30s or 1m; at"
                    + " most 1m.")
    @APIResponse(responseCode = "404", description = "run-not-found")
    public Uni<RunView> get(@RestPath String runId, @QueryParam("wait") @Nullable String wait) {
        return runs.find(runId, WaitTime.parse(wait)).map(RunView::of);
    }

    /** Lists the tasks of a run in the order of their ids. */
    @GET
    @Path("/{runId}/tasks")
    @Operation(summary = "List the tasks of a run", description = "node: only those of this node.")
    @APIResponse(responseCode = "404", description = "run-not-found")
    public Uni<Page<TaskView>> tasks(
            @RestPath String runId,
            @QueryParam("node") @Nullable String node,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        withoutNul("node", node);
        return repository
                .tasks(runId, node, PageRequest.parse(page, size))
                .map(found -> found.orElseThrow(() -> Runs.notFound(runId)).map(TaskView::of));
    }

    /** Lists the nodes of a run in the order of its definition. */
    @GET
    @Path("/{runId}/nodes")
    @Operation(
            summary = "List the nodes of a run",
            description = "One line per node of the definition: how it stands, how many of its tasks have each status,"
                    + " and when.")
    @APIResponse(responseCode = "404", description = "run-not-found")
    public Uni<Page<NodeView>> nodes(
            @RestPath String runId,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        PageRequest request = PageRequest.parse(page, size);
        return nodes.of(runId)
                .map(lines -> Page.of(
                        lines.stream()
                                .skip(request.offset())
                                .limit(request.size())
                                .map(NodeView::of)
                                .toList(),
                        request,
                        lines.size()));
    }

    /** Sends what a task wrote to stderr. */
    @GET
    @Path("/{runId}/tasks/{taskInstanceId}/logs")
    @Operation(summary = "Read a task's stderr", description = "Its tail, up to the task's limit.")
    @APIResponse(responseCode = "404", description = "task-not-found")
    @Produces(MediaType.TEXT_PLAIN)
    public Uni<RestResponse<byte[]>> logs(@RestPath String runId, @RestPath String taskInstanceId) {
        if (!TASK_ID.matcher(taskInstanceId).matches()) {
            throw taskNotFound(runId, taskInstanceId);
        }
        return repository
                .stderr(runId, Long.parseLong(taskInstanceId))
                .map(found -> RestResponse.ResponseBuilder.ok(
                                found.orElseThrow(() -> taskNotFound(runId, taskInstanceId)), STDERR_TYPE)
                        .build());
    }

    /** Lists the attempts of a task, the current one last. */
    @GET
    @Path("/{runId}/tasks/{taskInstanceId}/attempts")
    @Operation(
            summary = "List a task's attempts, the current one last",
            description = "Status LOST means that the attempt's worker was lost; such an attempt is no try of a retry.")
    @APIResponse(responseCode = "404", description = "task-not-found")
    public Uni<Page<Object>> attempts(
            @RestPath String runId,
            @RestPath String taskInstanceId,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        if (!TASK_ID.matcher(taskInstanceId).matches()) {
            throw taskNotFound(runId, taskInstanceId);
        }
        return repository
                .attempts(runId, Long.parseLong(taskInstanceId), PageRequest.parse(page, size))
                .map(found -> found.orElseThrow(() -> taskNotFound(runId, taskInstanceId)));
    }

    /** Asks for a run's end. */
    @POST
    @Path("/{runId}/cancel")
    @Operation(summary = "Cancel a run", description = "It ends CANCELLED when its tasks have stopped.")
    @APIResponse(responseCode = "202", description = "The run will end")
    @APIResponse(responseCode = "404", description = "run-not-found")
    @APIResponse(responseCode = "409", description = "run-finished")
    public Uni<RestResponse<CancelledRun>> cancel(@RestPath String runId) {
        return runs.cancel(runId).map(status -> RestResponse.accepted(new CancelledRun(runId, status)));
    }

    private static void withoutNul(String name, @Nullable String value) {
        if (value != null && value.indexOf('\0') >= 0) {
            throw ProblemException.invalidField(name, "must not contain a control character");
        }
    }

    private static RunStatus parseStatus(String status) {
        for (RunStatus candidate : RunStatus.values()) {
            if (candidate.name().equals(status)) {
                return candidate;
            }
        }
        throw ProblemException.invalidField("status", "must be PENDING, RUNNING, COMPLETED, FAILED or CANCELLED");
    }

    private static ProblemException taskNotFound(String runId, String taskInstanceId) {
        return new ProblemException(
                ProblemCode.TASK_NOT_FOUND, "there is no task " + taskInstanceId + " of run '" + runId + "'");
    }
}
