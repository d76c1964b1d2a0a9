;; Has ten tables of 20,000 elements: each is within the limit, together they are not.
(module
  (table 20000 funcref) (table 20000 funcref) (table 20000 funcref) (table 20000 funcref) (table 20000 funcref)
  (table 20000 funcref) (table 20000 funcref) (table 20000 funcref) (table 20000 funcref) (table 20000 funcref)
  (memory (export "memory") 1)
  (func (export "_start")))
