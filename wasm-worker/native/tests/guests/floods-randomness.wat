;; Has its whole memory filled with randomness, without end.
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 800)
  (func (export "_start")
    (loop $again (drop (call $random (i32.const 0) (i32.const 52428800))) (br $again))))
