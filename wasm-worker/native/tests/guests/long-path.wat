;; Opens a path of sixteen million bytes.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 256)
  (func (export "_start")
    (memory.fill (i32.const 0) (i32.const 97) (i32.const 16777216))
    (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 16777000) (i32.const 1) (i64.const 66) (i64.const 66) (i32.const 0) (i32.const 16777200)))))
