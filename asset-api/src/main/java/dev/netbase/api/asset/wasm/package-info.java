/** Reads WebAssembly binaries and says whether the sandbox can run them. Plain Java, no native library. */
@NullMarked
package dev.netbase.api.asset.wasm;

import org.jspecify.annotations.NullMarked;
