package dev.netbase.api.run.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.run.domain.Comparison;
import dev.netbase.api.run.domain.OutputDifference;
import dev.netbase.model.task.TaskStatus;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A page of tasks that did not come to what the same tasks of the repeated run came to.
 *
 * @param complete whether both runs have ended
 * @param outputDiffers whether the runs' own outputs do
 */
@Schema(name = "Differences")
record DifferencesView(
        String runId,
        @Nullable String rerunOf,
        boolean exact,
        boolean complete,
        boolean outputDiffers,
        List<DifferenceView> items,
        int page,
        int size,
        long total) {

    /** A task that differs; one side is null where only one run has it. */
    @Schema(name = "Difference")
    record DifferenceView(
            String node,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer index,

            @Nullable SideView task,
            @Nullable SideView origin) {
        static DifferenceView of(OutputDifference difference) {
            return new DifferenceView(
                    difference.node(),
                    difference.index(),
                    SideView.of(difference.task()),
                    SideView.of(difference.origin()));
        }
    }

    /** A task of one of the runs. */
    @Schema(name = "DifferenceSide")
    record SideView(
            long taskInstanceId,
            TaskStatus status,
            @Nullable String outputSha256) {
        static @Nullable SideView of(OutputDifference.@Nullable Side side) {
            return side == null ? null : new SideView(side.taskInstanceId(), side.status(), side.outputSha256());
        }
    }

    static DifferencesView of(Comparison comparison, Page<OutputDifference> page) {
        return new DifferencesView(
                comparison.runId(),
                comparison.rerunOf(),
                comparison.isExact(),
                comparison.isComplete(),
                comparison.outputDiffers(),
                page.items().stream().map(DifferenceView::of).toList(),
                page.page(),
                page.size(),
                page.total());
    }
}
