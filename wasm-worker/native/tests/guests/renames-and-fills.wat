;; Writes a file, hides it under another name, and writes the next, without end.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 64) "out/x")
  (data (i32.const 80) "out/h0")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 65536))
    (loop $again
      (drop (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 5) (i32.const 1) (i64.const 66) (i64.const 66) (i32.const 0) (i32.const 16)))
      (drop (call $write (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 8)))
      (drop (call $close (i32.load (i32.const 16))))
      (i32.store8 (i32.const 85) (i32.add (i32.load8_u (i32.const 85)) (i32.const 1)))
      (drop (call $rename (i32.const 3) (i32.const 64) (i32.const 5) (i32.const 3) (i32.const 80) (i32.const 6)))
      (br $again))))
