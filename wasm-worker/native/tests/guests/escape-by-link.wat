;; Plants a link to ../secret and opens that; exits with the errno.
(module
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 2)
  (func $ok (param i32) (if (local.get 0) (then (call $proc_exit (local.get 0)))))
  (data (i32.const 512) "../secret")
  (data (i32.const 600) "link")
  (func (export "_start")
    (call $ok (call $path_symlink (i32.const 512) (i32.const 9) (i32.const 3) (i32.const 600) (i32.const 4)))
    (call $proc_exit (call $path_open (i32.const 3) (i32.const 1) (i32.const 600) (i32.const 4) (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 12)))))
