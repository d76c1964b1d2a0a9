;; Grows a table past the limit.
(module
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (table $t 1 funcref)
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (drop (table.grow $t (ref.null func) (i32.const 200000)))
    (i64.const 0))
)
