/** {@code run_wasm_calculation}: tasks of WASM agents, in the sandbox. */
@NullMarked
package dev.netbase.worker.group.wasm;

import org.jspecify.annotations.NullMarked;
