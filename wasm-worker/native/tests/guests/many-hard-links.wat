;; Gives one file names without end.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "out/x0")
  (data (i32.const 80) "out/0000")
  (global $n (mut i32) (i32.const 0))
  (func $digit (param $at i32) (param $of i32)
    (i32.store8 (local.get $at) (i32.add (i32.const 97) (i32.rem_u (i32.div_u (global.get $n) (local.get $of)) (i32.const 26)))))
  (func (export "_start")
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 6) (i32.const 1) (i64.const 66) (i64.const 66) (i32.const 0) (i32.const 16)))
    (loop $again
      (call $digit (i32.const 84) (i32.const 1))
      (call $digit (i32.const 85) (i32.const 26))
      (call $digit (i32.const 86) (i32.const 676))
      (drop (call $link (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 6) (i32.const 3) (i32.const 80) (i32.const 8)))
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (br $again))))
