;; Executes unreachable, in a function with a name.
(module
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func $inner (unreachable))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (call $inner)
    (i64.const 0))
)
