/**
 * The sandbox: {@link dev.netbase.worker.wasm.WasmManager} runs guests in Wasmtime through a small native library of
 * our own ({@code wasm-worker/native}); {@link dev.netbase.worker.wasm.AssetCache} and {@link
 * dev.netbase.worker.wasm.Workspaces} are the two folders that a guest may see.
 */
@NullMarked
package dev.netbase.worker.wasm;

import org.jspecify.annotations.NullMarked;
