;; Lists a folder again and again, which costs the host more than the guest.
(module
  (import "wasi_snapshot_preview1" "fd_readdir" (func $list (param i32 i32 i32 i64 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "_start")
    (loop $again
      (drop (call $list (i32.const 3) (i32.const 1024) (i32.const 65536) (i64.const 0) (i32.const 8)))
      (br $again))))
