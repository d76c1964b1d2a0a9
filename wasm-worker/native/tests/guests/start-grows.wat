;; Grows its memory without end, before it is called at all.
(module
  (memory (export "memory") 1)
  (func $grow (loop $again (drop (memory.grow (i32.const 16))) (br $again)))
  (start $grow)
  (func (export "_start")))
