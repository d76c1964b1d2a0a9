;; Asks for more than 4 GiB in one step.
(module
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (drop (memory.grow (i32.const 65536)))
    (i64.const 0))
)
