/** Task instances as every service and client sees them: statuses, agent types, error codes. */
@NullMarked
package dev.netbase.model.task;

import org.jspecify.annotations.NullMarked;
