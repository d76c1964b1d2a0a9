package dev.netbase.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChartTest {
    private static final Set<String> SERVICES = Set.of("asset-api", "scheduler-service", "wasm-worker");
    private static List<JsonNode> rendered;

    @BeforeAll
    static void render() throws IOException {
        rendered = Chart.render(Map.of());
    }

    @Test
    void shouldPassHelmsOwnChecks() {
        LintResult result = Chart.lint();

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
    }

    @Test
    void shouldRunTheThreeServicesEachWithABudgetAndAPolicy() {
        assertThat(names("Deployment")).containsExactly("release-netbase-asset-api");
        assertThat(names("StatefulSet"))
                .containsExactlyInAnyOrder("release-netbase-scheduler-service", "release-netbase-wasm-worker");
        for (String kind : List.of("Service", "PodDisruptionBudget", "NetworkPolicy")) {
            assertThat(names(kind))
                    .as(kind)
                    .hasSize(3)
                    .allMatch(name -> SERVICES.stream().anyMatch(name::endsWith));
        }
        assertThat(names("PersistentVolumeClaim"))
                .containsExactlyInAnyOrder("release-netbase-modules", "release-netbase-artifacts");
    }

    @Test
    void shouldGiveContainersNoMoreThanTheyNeed() {
        for (JsonNode workload : workloads()) {
            JsonNode pod = workload.at("/spec/template/spec");
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
            assertThat(pod.path("hostNetwork").asBoolean()).isFalse();
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            for (JsonNode container : pod.path("containers")) {
                JsonNode security = container.path("securityContext");
                assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                        .isFalse();
                assertThat(security.path("privileged").asBoolean(true)).isFalse();
                assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
                assertThat(security.at("/capabilities/add").isMissingNode()).isTrue();
                assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
                assertThat(container.at("/resources/requests/cpu").asText()).isNotEmpty();
            }
            pod.path("volumes")
                    .forEach(volume -> assertThat(volume.has("hostPath")).isFalse());
        }
    }

    @Test
    void shouldProbeWhatTheServicesAnswer() {
        for (JsonNode workload : workloads()) {
            JsonNode container = workload.at("/spec/template/spec/containers/0");
            assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/q/health/started");
            assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/q/health/live");
            assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/q/health/ready");
        }
    }

    @Test
    void shouldTakeSecretsByReferenceOnly() {
        assertThat(names("Secret")).isEmpty();
        for (JsonNode workload : workloads()) {
            JsonNode password = environment(workload, "QUARKUS_DATASOURCE_PASSWORD");
            assertThat(password.has("value")).isFalse();
            assertThat(password.at("/valueFrom/secretKeyRef/name").asText()).isEqualTo("netbase-postgres");
        }
    }

    @Test
    void shouldLetWorkersReadModulesAndNotWriteThem() {
        JsonNode worker = workload("wasm-worker");
        List<JsonNode> modules = new ArrayList<>();
        worker.at("/spec/template/spec/containers/0/volumeMounts").forEach(mount -> {
            if (mount.path("name").asText().equals("modules")) {
                modules.add(mount);
            }
        });

        assertThat(modules)
                .singleElement()
                .satisfies(
                        mount -> assertThat(mount.path("readOnly").asBoolean()).isTrue());
        assertThat(environment(worker, "NETBASE_WORKER_NAME")
                        .at("/valueFrom/fieldRef/fieldPath")
                        .asText())
                .isEqualTo("metadata.name");
    }

    @Test
    void shouldMountEveryVolumeThatAContainerNamesAndSelectItsOwnPods() {
        for (JsonNode workload : workloads()) {
            Set<String> volumes = new HashSet<>();
            workload.at("/spec/template/spec/volumes")
                    .forEach(volume -> volumes.add(volume.path("name").asText()));
            workload.at("/spec/template/spec/containers/0/volumeMounts")
                    .forEach(mount ->
                            assertThat(volumes).contains(mount.path("name").asText()));
            JsonNode labels = workload.at("/spec/template/metadata/labels");
            workload.at("/spec/selector/matchLabels")
                    .properties()
                    .forEach(label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
        }
    }

    @Test
    void shouldOpenTheApiAndThePagesToTheOutsideAndNothingElse() throws IOException {
        JsonNode ingress = Chart.render(Map.of("assetApi.ingress.enabled", true)).stream()
                .filter(document -> document.path("kind").asText().equals("Ingress"))
                .findFirst()
                .orElseThrow();

        assertThat(ingress.at("/spec/rules/0/http/paths").findValuesAsText("path"))
                .containsExactly("/api/", "/runs");
        assertThat(ingress.at("/spec/rules/0/http/paths/1/backend/service/name").asText())
                .endsWith("asset-api");
    }

    @Test
    void shouldLetNobodyCallSchedulersAndWorkersAndServicesCallOnlyWhatTheyUse() {
        for (String service : SERVICES) {
            JsonNode policy = resource("NetworkPolicy", service);
            assertThat(policy.at("/spec/policyTypes").toString()).isEqualTo("[\"Ingress\",\"Egress\"]");
            assertThat(policy.at("/spec/ingress").isEmpty()).isEqualTo(!service.equals("asset-api"));
            Set<Integer> ports = new HashSet<>();
            policy.at("/spec/egress")
                    .forEach(rule -> rule.path("ports")
                            .forEach(port -> ports.add(port.path("port").asInt())));
            assertThat(ports).containsExactlyInAnyOrder(53, 5432, 9092, 9093);
        }
    }

    @Test
    void shouldScaleWorkersByLagIfAsked() throws IOException {
        List<JsonNode> scaled = Chart.render(Map.of("worker.autoscaling.enabled", true));

        JsonNode scaler = scaled.stream()
                .filter(document -> document.path("kind").asText().equals("HorizontalPodAutoscaler"))
                .findFirst()
                .orElseThrow();
        assertThat(scaler.at("/spec/metrics/0/external/metric/name").asText()).isEqualTo("kafka_consumergroup_lag");
        assertThat(scaled.stream()
                        .filter(document -> document.path("kind").asText().equals("StatefulSet")
                                && document.at("/metadata/name").asText().endsWith("wasm-worker")))
                .singleElement()
                .satisfies(worker ->
                        assertThat(worker.at("/spec/replicas").isMissingNode()).isTrue());
        assertThat(names("HorizontalPodAutoscaler")).isEmpty();
    }

    @Test
    void shouldTraceOnlyIfTold() throws IOException {
        assertThat(environment(workload("asset-api"), "QUARKUS_OTEL_SDK_DISABLED")
                        .isMissingNode())
                .isTrue();

        List<JsonNode> traced = Chart.render(Map.of("tracing.endpoint", "http://collector:4317"));

        assertThat(traced.toString()).contains("http://collector:4317");
    }

    @Test
    void shouldMountTheWebhooksSecretIfThereIsOne() throws IOException {
        assertThat(rendered.toString()).doesNotContain("NETBASE_WEBHOOKS");

        List<JsonNode> signing = Chart.render(Map.of(
                "webhooks.secret.name", "netbase-hooks", "webhooks.allowedOrigins[0]", "https://hooks.example.com"));

        assertThat(signing.toString())
                .contains(
                        "\"secretName\":\"netbase-hooks\"",
                        "/etc/netbase/webhooks/secret",
                        "https://hooks.example.com");
    }

    @Test
    void shouldSayWhichValuesAreMissingOrWrong() {
        assertThatThrownBy(Chart::renderDefaults).hasMessageContaining("must be given");
        assertThatThrownBy(() -> Chart.render(Map.of("worker.replica", 3))).hasMessageContaining("replica");
        assertThatThrownBy(() -> Chart.render(Map.of("securityContext.user", 0)))
                .hasMessageContaining("user");
    }

    @Test
    void shouldBuildTheImagesThatTheChartNames() throws IOException {
        String dockerfile = Files.readString(Chart.DIRECTORY.resolveSibling("../images/Dockerfile"));

        for (JsonNode workload : workloads()) {
            String image = workload.at("/spec/template/spec/containers/0/image").asText();
            String name = image.substring(image.lastIndexOf('/') + 1, image.lastIndexOf(':'));
            assertThat(dockerfile).contains(" AS " + name + "\n");
        }
        assertThat(dockerfile).contains("USER 10001:10001");
    }

    private static List<JsonNode> workloads() {
        return rendered.stream()
                .filter(document -> Set.of("Deployment", "StatefulSet")
                        .contains(document.path("kind").asText()))
                .toList();
    }

    private static JsonNode workload(String service) {
        return workloads().stream()
                .filter(document -> document.at("/metadata/name").asText().endsWith(service))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode resource(String kind, String service) {
        return rendered.stream()
                .filter(document -> document.path("kind").asText().equals(kind)
                        && document.at("/metadata/name").asText().endsWith(service))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(String kind) {
        return rendered.stream()
                .filter(document -> document.path("kind").asText().equals(kind))
                .map(document -> document.at("/metadata/name").asText())
                .toList();
    }

    private static JsonNode environment(JsonNode workload, String name) {
        for (JsonNode variable : workload.at("/spec/template/spec/containers/0/env")) {
            if (variable.path("name").asText().equals(name)) {
                return variable;
            }
        }
        return workload.path("nothing");
    }
}
