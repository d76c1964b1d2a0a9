;; Makes a link to /proc/self/root and opens a file through it.
(module
  (import "wasi_snapshot_preview1" "path_symlink" (func $link (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "../../../../../../proc/self/root")
  (data (i32.const 128) "out/root")
  (data (i32.const 192) "out/root/etc/passwd")
  (func (export "_start")
    (drop (call $link (i32.const 64) (i32.const 32) (i32.const 3) (i32.const 128) (i32.const 8)))
    (call $exit (call $open (i32.const 3) (i32.const 1) (i32.const 192) (i32.const 19) (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 16)))))
