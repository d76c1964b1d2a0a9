package dev.netbase.model.problem;

/** The {@code code} of a problem detail (RFC 9457), with its HTTP status and title. Codes are stable; texts are not. */
public enum ProblemCode {
    UNAUTHENTICATED("unauthenticated", 401, "A valid bearer token is needed"),
    FORBIDDEN("forbidden", 403, "Not allowed"),
    INVALID_REQUEST("invalid-request", 400, "The request is not valid"),
    NOT_FOUND("not-found", 404, "No such resource"),
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "The resource does not know this method"),
    NOT_ACCEPTABLE("not-acceptable", 406, "No such representation"),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415, "The resource does not take this media type"),
    TOO_LARGE("too-large", 413, "The request is too large"),
    RANGE_NOT_SATISFIABLE("range-not-satisfiable", 416, "The range lies outside the content"),
    INTERNAL_ERROR("internal-error", 500, "Something went wrong on our side"),
    UNAVAILABLE("unavailable", 503, "A service this one needs is not available"),

    PACKAGE_NAME_TAKEN("package-name-taken", 409, "The package name is taken"),
    PACKAGE_NOT_FOUND("package-not-found", 404, "No such package"),
    VERSION_EXISTS("version-exists", 409, "The version exists already"),
    VERSION_NOT_FOUND("version-not-found", 404, "No such version"),
    INVALID_VERSION("invalid-version", 422, "The version string is not a semantic version"),
    INVALID_PATH("invalid-path", 422, "The path is not allowed"),
    INVALID_MODULE("invalid-module", 422, "The WebAssembly module cannot be accepted"),
    INVALID_CONFIG("invalid-config", 422, "The configuration is not valid"),
    FILE_NOT_FOUND("file-not-found", 404, "No such file"),

    NOT_EXECUTABLE("not-executable", 422, "A file of this type cannot be an agent"),
    AGENT_NAME_TAKEN("agent-name-taken", 409, "The agent name is taken"),
    AGENT_NOT_FOUND("agent-not-found", 404, "No such agent"),
    AGENT_IN_USE("agent-in-use", 409, "The agent is in use"),

    WORKFLOW_NAME_TAKEN("workflow-name-taken", 409, "The workflow name is taken"),
    WORKFLOW_NOT_FOUND("workflow-not-found", 404, "No such workflow"),
    INVALID_DEFINITION("invalid-definition", 422, "The workflow definition is not valid"),

    INVALID_INPUTS("invalid-inputs", 422, "The inputs are not what the workflow asks for"),
    SCHEDULE_NAME_TAKEN("schedule-name-taken", 409, "The schedule name is taken"),
    SCHEDULE_NOT_FOUND("schedule-not-found", 404, "No such schedule"),
    INVALID_SCHEDULE("invalid-schedule", 422, "The schedule is not valid"),

    RUN_NOT_FOUND("run-not-found", 404, "No such run"),
    RUN_FINISHED("run-finished", 409, "The run has ended"),
    RUN_NOT_RETRYABLE("run-not-retryable", 409, "The run cannot be retried"),
    RUN_NOT_STARTED("run-not-started", 409, "The run has not started"),
    RUN_NOT_A_RERUN("run-not-a-rerun", 409, "The run does not repeat another"),
    TOO_MANY_STREAMS("too-many-streams", 429, "Too many event streams are open"),
    TASK_NOT_FOUND("task-not-found", 404, "No such task"),
    ARTIFACT_NOT_FOUND("artifact-not-found", 404, "No such artifact"),
    IDEMPOTENCY_KEY_REUSED("idempotency-key-reused", 422, "The idempotency key was used with another body");

    private final String code;
    private final int status;
    private final String title;

    ProblemCode(String code, int status, String title) {
        this.code = code;
        this.status = status;
        this.title = title;
    }

    /** The stable name on the wire. */
    public String code() {
        return code;
    }

    /** The HTTP status it answers with. */
    public int status() {
        return status;
    }

    /** A short text for people. */
    public String title() {
        return title;
    }

    /** Whether the same request may succeed later, unchanged. */
    public boolean retryable() {
        return this == UNAVAILABLE || this == INTERNAL_ERROR || this == TOO_MANY_STREAMS;
    }
}
