;; Answers what _initialize stored; tells whether it was called first.
(module
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "_initialize") (i32.store8 (i32.const 8) (i32.const 0x79)))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x800000001))
)
