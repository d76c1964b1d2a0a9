;; Honest: counts down from the number that is its input, and answers its input. For measurements.
(module
  (memory (export "memory") 2)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (local $at i32) (local $count i64)
    (local.set $at (local.get $pointer))
    (block $read
      (loop $digits
        (br_if $read (i32.ge_u (local.get $at) (i32.add (local.get $pointer) (local.get $length))))
        (local.set $count (i64.add (i64.mul (local.get $count) (i64.const 10))
                                   (i64.sub (i64.load8_u (local.get $at)) (i64.const 48))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $digits)))
    (block $done
      (loop $work
        (br_if $done (i64.eqz (local.get $count)))
        (local.set $count (i64.sub (local.get $count) (i64.const 1)))
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.wrap_i64 (local.get $count))))
        (br $work)))
    (i64.or (i64.shl (i64.extend_i32_u (local.get $pointer)) (i64.const 32))
            (i64.extend_i32_u (local.get $length)))))
