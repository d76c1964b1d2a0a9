package dev.netbase.scheduler.run.domain;

import dev.netbase.model.task.TaskErrorCode;

/** Why a task, or a node without tasks, failed. */
public record TaskFailure(TaskErrorCode code, String message) {}
