;; Calls alloc and run from within alloc, over and over.
(module
  (memory (export "memory") 1)
  (func $alloc (export "alloc") (param i32) (result i32)
    (drop (call $run (call $alloc (local.get 0)) (local.get 0)))
    (i32.const 0))
  (func $run (export "run") (param i32 i32) (result i64)
    (i64.extend_i32_u (call $alloc (local.get 1)))))
