;; Traps in alloc.
(module
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (unreachable))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0))
)
