/** What the execution of task groups speaks of: tasks, claims, outcomes, results, the lease. No IO, no frameworks. */
@NullMarked
package dev.netbase.worker.group.domain;

import org.jspecify.annotations.NullMarked;
