package dev.netbase.worker.wasm;

/**
 * A verified module, compiled and ready to run. It may be kept: if the cache has let go of its machine code, {@link
 * WasmManager} compiles it again.
 *
 * @param ref where it came from
 * @param handle its number in the native library
 * @param codeBytes size of its machine code
 * @param seesFiles whether it imports anything by which it could see a workspace or its package version; if not,
 *     neither needs to be prepared
 */
public record CompiledModule(ModuleRef ref, long handle, long codeBytes, boolean seesFiles) {}
