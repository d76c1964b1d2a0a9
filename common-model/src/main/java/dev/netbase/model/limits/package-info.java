/** What a task may use: defaults, operator's caps, and how configuration sets them. */
@NullMarked
package dev.netbase.model.limits;

import org.jspecify.annotations.NullMarked;
