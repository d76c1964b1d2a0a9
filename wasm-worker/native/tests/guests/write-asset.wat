;; Tries to write into its package version; exits with the errno.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 2)
  (data (i32.const 512) "data.txt")
  (func (export "_start")
    (call $proc_exit (call $path_open (i32.const 4) (i32.const 0) (i32.const 512) (i32.const 8) (i32.const 0) (i64.const 66) (i64.const 66) (i32.const 0) (i32.const 12)))))
