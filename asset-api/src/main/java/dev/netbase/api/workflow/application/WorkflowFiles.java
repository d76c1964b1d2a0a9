package dev.netbase.api.workflow.application;

import dev.netbase.api.asset.application.VersionRepository;
import dev.netbase.model.definition.FileTemplate;
import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.Template;
import dev.netbase.model.file.FileSource;
import dev.netbase.model.problem.FieldProblem;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds files that a definition names and that are not published. Published versions stay, so what is found can run. */
@ApplicationScoped
public class WorkflowFiles {
    private final VersionRepository versions;

    WorkflowFiles(VersionRepository versions) {
        this.versions = versions;
    }

    /** The problems; what expressions will name is not known yet and gives none. */
    Uni<List<FieldProblem>> check(WorkflowDefinition definition) {
        Map<String, FileSource.Asset> assets = new LinkedHashMap<>();
        Map<String, String> nodes = new LinkedHashMap<>();
        List<NodeDefinition> all = definition.nodes();
        for (int i = 0; i < all.size(); i++) {
            List<FileTemplate> files = all.get(i).files();
            for (int j = 0; j < files.size(); j++) {
                String field = "definition.nodes[" + i + "].files[" + j + "].from";
                nodes.put(field, all.get(i).key());
                asset(files.get(j)).ifPresent(asset -> assets.put(field, asset));
            }
        }
        if (assets.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return versions.published(assets.values()).map(published -> {
            List<FieldProblem> problems = new ArrayList<>();
            assets.forEach((field, asset) -> {
                if (!published.contains(asset)) {
                    problems.add(new FieldProblem(
                            field,
                            "node '" + nodes.get(field) + "' names asset:" + asset.nanoid() + "/" + asset.version()
                                    + "/" + asset.path() + ", which does not exist"));
                }
            });
            return problems;
        });
    }

    private static Optional<FileSource.Asset> asset(FileTemplate file) {
        if (file.from() instanceof Template.Literal(Object value) && value instanceof String text) {
            try {
                return FileSource.parse(text) instanceof FileSource.Asset asset ? Optional.of(asset) : Optional.empty();
            } catch (FileSource.InvalidException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
