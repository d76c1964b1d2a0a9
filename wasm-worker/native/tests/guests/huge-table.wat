;; Begins with more table elements than anyone may have.
(module
  (table 20000000 funcref)
  (memory (export "memory") 1)
  (func (export "_start")))
