;; Makes two links to each other and opens one.
(module
  (import "wasi_snapshot_preview1" "path_symlink" (func $link (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "out/a")
  (data (i32.const 80) "out/b")
  (func (export "_start")
    (drop (call $link (i32.const 68) (i32.const 1) (i32.const 3) (i32.const 80) (i32.const 5)))
    (drop (call $link (i32.const 84) (i32.const 1) (i32.const 3) (i32.const 64) (i32.const 5)))
    (call $exit (call $open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 5) (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 16)))))
