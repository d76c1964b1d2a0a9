;; Traps in a function whose name would colour a terminal and break a line.
(module
  (memory (export "memory") 1)
  (func $"\1b[31m\0d\00owned" (unreachable))
  (func (export "_start") (call $"\1b[31m\0d\00owned")))
