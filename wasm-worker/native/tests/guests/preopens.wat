;; Answers the names of its preopens, one after the other.
(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func $name (param $fd i32) (result i32)
    (if (call $fd_prestat_get (local.get $fd) (i32.const 16)) (then (return (i32.const 0))))
    (i32.store (i32.const 4) (i32.load (i32.const 20)))
    (drop (call $fd_prestat_dir_name (local.get $fd) (i32.const 1024) (i32.load (i32.const 20))))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.const 1))
  (func (export "_start")
    (local $fd i32)
    (i32.store (i32.const 0) (i32.const 1024))
    (local.set $fd (i32.const 3))
    (loop $again
      (if (call $name (local.get $fd))
        (then
          (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
          (br $again))))))
