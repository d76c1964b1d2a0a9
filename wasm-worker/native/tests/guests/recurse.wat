;; Recurses without end.
(module
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func $deeper (param i32) (result i32)
    (i32.add (call $deeper (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (i64.extend_i32_s (call $deeper (i32.const 0))))
)
