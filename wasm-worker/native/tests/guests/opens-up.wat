;; Climbs out of a folder with more dots than there are levels.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "in/../../../../../../etc/passwd")
  ;; Ends with 0 only if it was opened.
  (func (export "_start")
    (call $exit (call $open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 31) (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 16)))))
