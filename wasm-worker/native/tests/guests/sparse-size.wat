;; Sets a file to a terabyte.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_filestat_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 2)
  (func $ok (param i32) (if (local.get 0) (then (call $proc_exit (local.get 0)))))
  (data (i32.const 512) "out/big")
  (func (export "_start")
    (call $ok (call $path_open (i32.const 3) (i32.const 0) (i32.const 512) (i32.const 7) (i32.const 1) (i64.const 66) (i64.const 66) (i32.const 0) (i32.const 12)))
    (call $ok (call $fd_filestat_set_size (i32.load (i32.const 12)) (i64.const 1099511627776)))))
