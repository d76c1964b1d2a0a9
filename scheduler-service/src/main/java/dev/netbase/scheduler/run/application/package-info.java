/** Advances runs: loads their states, lets the domain decide, hands decisions on to be written. */
@NullMarked
package dev.netbase.scheduler.run.application;

import org.jspecify.annotations.NullMarked;
