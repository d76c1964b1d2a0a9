/** The state machine of a run: pure, JDK only. Given a state and events it says what follows; it does nothing. */
@NullMarked
package dev.netbase.scheduler.run.domain;

import org.jspecify.annotations.NullMarked;
