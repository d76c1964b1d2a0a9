package dev.netbase.model.definition;

import dev.netbase.model.task.TaskErrorCode;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reads {@code retry} of a node. */
final class RetryPolicyParser {
    private RetryPolicyParser() {}

    static RetryPolicy parse(Fields retry) {
        retry.allow(Set.of("max_attempts", "backoff", "multiplier", "max_backoff", "codes"));
        long attempts = retry.integer("max_attempts", RetryPolicy.NONE.maxAttempts());
        if (attempts < 1 || attempts > 100) {
            retry.problem("max_attempts", "must be from 1 to 100");
        }
        double multiplier = RetryPolicy.NONE.multiplier();
        Object given = retry.get("multiplier");
        if (given instanceof Long number) {
            multiplier = number;
        } else if (given instanceof BigDecimal number) {
            multiplier = number.doubleValue();
        } else if (given != null) {
            retry.problem("multiplier", "must be a number");
        }
        if (multiplier < 1 || multiplier > 100) {
            retry.problem("multiplier", "must be from 1 to 100");
        }
        Set<TaskErrorCode> codes = EnumSet.noneOf(TaskErrorCode.class);
        List<?> names = retry.list("codes", false);
        for (int i = 0; i < names.size(); i++) {
            try {
                codes.add(TaskErrorCode.valueOf(String.valueOf(names.get(i))));
            } catch (IllegalArgumentException e) {
                retry.problem("codes[" + i + "]", "'" + names.get(i) + "' is not an error code of a task");
            }
        }
        return new RetryPolicy(
                (int) Math.clamp(attempts, 1, 100),
                retry.duration("backoff").orElse(RetryPolicy.NONE.backoff()),
                multiplier,
                retry.duration("max_backoff").orElse(RetryPolicy.NONE.maxBackoff()),
                Set.copyOf(codes));
    }
}
