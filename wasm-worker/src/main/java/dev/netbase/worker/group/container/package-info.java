/** {@code run_container}: tasks of CONTAINER agents, on the engine that the operator names. */
@NullMarked
package dev.netbase.worker.group.container;

import org.jspecify.annotations.NullMarked;
