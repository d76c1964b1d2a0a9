;; Makes a folder in a folder without end.
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "d")
  (func (export "_start")
    (local $folder i32)
    (local.set $folder (i32.const 3))
    (loop $again
      (drop (call $make (local.get $folder) (i32.const 64) (i32.const 1)))
      (drop (call $open (local.get $folder) (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 2) (i64.const 25088) (i64.const 25088) (i32.const 0) (i32.const 16)))
      (if (i32.ne (local.get $folder) (i32.const 3)) (then (drop (call $close (local.get $folder)))))
      (local.set $folder (i32.load (i32.const 16)))
      (br $again))))
