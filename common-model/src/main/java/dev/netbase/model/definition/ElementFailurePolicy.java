package dev.netbase.model.definition;

import java.util.Locale;
import java.util.Optional;

/** What becomes of a {@code for_each} of which an element has failed for good. */
public enum ElementFailurePolicy {
    /** All elements run to their ends; then the node fails. */
    FAIL_LATE,
    /** Elements that have not ended are stopped; then the node fails. */
    FAIL_FAST,
    /** All elements run to their ends; then the node completes, with null in the place of what failed. */
    CONTINUE;

    /** As definitions write it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The policy of this key, or empty if there is none. */
    public static Optional<ElementFailurePolicy> of(String key) {
        for (ElementFailurePolicy policy : values()) {
            if (policy.key().equals(key)) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }
}
