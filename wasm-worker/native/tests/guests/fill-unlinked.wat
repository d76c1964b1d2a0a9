;; Writes to a file that it has deleted, until it is stopped.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink_file (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 2)
  (func $ok (param i32) (if (local.get 0) (then (call $proc_exit (local.get 0)))))
  (data (i32.const 512) "out/big")
  (func (export "_start")
    (call $ok (call $path_open (i32.const 3) (i32.const 0) (i32.const 512) (i32.const 7) (i32.const 1) (i64.const 66) (i64.const 66) (i32.const 0) (i32.const 12)))
    (call $ok (call $path_unlink_file (i32.const 3) (i32.const 512) (i32.const 7)))
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 65536))
    (loop $again
      (call $ok (call $fd_write (i32.load (i32.const 12)) (i32.const 0) (i32.const 1) (i32.const 8)))
      (br $again))))
