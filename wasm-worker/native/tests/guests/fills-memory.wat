;; Fills its whole memory in single instructions, again and again.
(module
  (memory (export "memory") 800)
  (func (export "_start")
    (loop $again
      (memory.fill (i32.const 0) (i32.const 7) (i32.const 52428800))
      (memory.copy (i32.const 1) (i32.const 0) (i32.const 52428799))
      (br $again))))
