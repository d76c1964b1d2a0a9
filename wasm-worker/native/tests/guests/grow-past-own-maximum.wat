;; Asks for more than it declared, which fails inside the guest; then answers "no".
(module
  (memory (export "memory") 1 2)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (if (i32.ne (memory.grow (i32.const 7)) (i32.const -1)) (then (unreachable)))
    (i64.const 0x800000002))
  (data (i32.const 8) "no")
)
