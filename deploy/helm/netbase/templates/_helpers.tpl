{{- define "netbase.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{/* The labels that select a service's pods. Takes a dict of root and service. */}}
{{- define "netbase.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end -}}

{{- define "netbase.labels" -}}
{{ include "netbase.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "netbase.claim" -}}
{{- $storage := index .root.Values.storage .name -}}
{{- $storage.existingClaim | default (printf "%s-%s" (include "netbase.fullname" .root) .name) -}}
{{- end -}}

{{- define "netbase.podMetadata" -}}
labels:
  {{- include "netbase.labels" . | nindent 2 }}
{{- if .root.Values.metrics.annotations }}
annotations:
  prometheus.io/scrape: "true"
  prometheus.io/port: "8080"
  prometheus.io/path: /q/metrics
{{- end }}
{{- end -}}

{{/* What all pods share: nobody is root, nothing is written but to volumes, no credentials of the cluster. */}}
{{- define "netbase.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .root.Values.securityContext.user }}
  runAsGroup: {{ .root.Values.securityContext.group }}
  fsGroup: {{ .root.Values.securityContext.group }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "netbase.selector" . | nindent 8 }}
{{- end -}}

{{/* Image, security, port, probes and resources of a container. Takes root, service and settings. */}}
{{- define "netbase.container" -}}
image: "{{ .root.Values.image.registry }}/{{ .service }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}"
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  privileged: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
ports:
  - name: http
    containerPort: 8080
startupProbe:
  httpGet: {path: /q/health/started, port: http}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /q/health/live, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /q/health/ready, port: http}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
resources:
  {{- toYaml .settings.resources | nindent 2 }}
{{- end -}}

{{- define "netbase.env" -}}
- name: QUARKUS_HTTP_HOST
  value: "0.0.0.0"
- name: QUARKUS_HTTP_PORT
  value: "8080"
- name: QUARKUS_DATASOURCE_REACTIVE_URL
  value: {{ printf "postgresql://%s:%d/%s" (required "postgres.host must be given" .root.Values.postgres.host) (int .root.Values.postgres.port) .root.Values.postgres.database | quote }}
- name: QUARKUS_DATASOURCE_USERNAME
  value: {{ .root.Values.postgres.username | quote }}
- name: QUARKUS_DATASOURCE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ required "postgres.passwordSecret.name must be given" .root.Values.postgres.passwordSecret.name }}
      key: {{ .root.Values.postgres.passwordSecret.key }}
- name: KAFKA_BOOTSTRAP_SERVERS
  value: {{ required "kafka.bootstrapServers must be given" .root.Values.kafka.bootstrapServers | quote }}
- name: NETBASE_MODULES_ROOT
  value: /var/lib/netbase/modules
- name: NETBASE_ARTIFACTS_ROOT
  value: /var/lib/netbase/artifacts
- name: QUARKUS_LOG_CONSOLE_JSON_ENABLED
  value: {{ eq .root.Values.logs "json" | quote }}
{{- with .root.Values.webhooks.allowedOrigins }}
- name: NETBASE_WEBHOOKS_ALLOWED_ORIGINS
  value: {{ join "," . | quote }}
{{- end }}
{{- if .root.Values.tracing.endpoint }}
- name: QUARKUS_OTEL_SDK_DISABLED
  value: "false"
- name: QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .root.Values.tracing.endpoint | quote }}
- name: QUARKUS_OTEL_TRACES_SAMPLER_ARG
  value: {{ .root.Values.tracing.ratio | quote }}
{{- end }}
{{- range $name, $value := .settings.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{- define "netbase.placement" -}}
{{- with .settings.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
