/** The worker service: executes task groups in a sandbox. */
@NullMarked
package dev.netbase.worker;

import org.jspecify.annotations.NullMarked;
