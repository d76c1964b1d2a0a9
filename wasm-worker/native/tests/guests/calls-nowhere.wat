;; Calls a table element that is empty, through an index of its input's.
(module
  (type $f (func))
  (table 4 funcref)
  (memory (export "memory") 1)
  (func (export "_start") (call_indirect (type $f) (i32.const 3))))
