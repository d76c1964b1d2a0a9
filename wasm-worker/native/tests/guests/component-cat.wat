;; Honest: a component of wasi:cli/run that copies stdin to stdout, through the streams of WASI 0.2.
(component
  (import "wasi:io/error@0.2.0" (instance $errors (export "error" (type (sub resource)))))
  (alias export $errors "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "input-stream" (type $input (sub resource)))
    (export "output-stream" (type $output (sub resource)))
    (alias outer 1 $error (type $error))
    (export "error" (type $io-error (eq $error)))
    (type $stream-error (variant (case "last-operation-failed" (own $io-error)) (case "closed")))
    (export "stream-error" (type $failure (eq $stream-error)))
    (export "[method]input-stream.blocking-read"
      (func (param "self" (borrow $input)) (param "len" u64) (result (result (list u8) (error $failure)))))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $output)) (param "contents" (list u8)) (result (result (error $failure)))))))
  (alias export $streams "input-stream" (type $input))
  (alias export $streams "output-stream" (type $output))
  (import "wasi:cli/stdin@0.2.0" (instance $stdin
    (alias outer 1 $input (type $input))
    (export "input-stream" (type $stream (eq $input)))
    (export "get-stdin" (func (result (own $stream))))))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $output (type $output))
    (export "output-stream" (type $stream (eq $output)))
    (export "get-stdout" (func (result (own $stream))))))
  (core module $memory
    (memory (export "memory") 2)
    ;; Each block is used once.
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $memory (instantiate $memory))
  (core func $read (canon lower (func $streams "[method]input-stream.blocking-read")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core func $in (canon lower (func $stdin "get-stdin")))
  (core func $out (canon lower (func $stdout "get-stdout")))
  (core module $module
    (import "memory" "memory" (memory 2))
    (import "streams" "read" (func $read (param i32 i64 i32)))
    (import "streams" "write" (func $write (param i32 i32 i32 i32)))
    (import "cli" "in" (func $in (result i32)))
    (import "cli" "out" (func $out (result i32)))
    (func $copy (param $in i32) (param $out i32) (result i32)
      ;; 0, pointer and length; or 1 at the end.
      (call $read (local.get $in) (i64.const 4096) (i32.const 16))
      (if (i32.load8_u (i32.const 16)) (then (return (i32.const 0))))
      (call $write (local.get $out) (i32.load (i32.const 20)) (i32.load (i32.const 24)) (i32.const 32))
      (i32.eqz (i32.load8_u (i32.const 32))))
    (func (export "run") (result i32)
      (local $in i32)
      (local $out i32)
      (local.set $in (call $in))
      (local.set $out (call $out))
      (loop $again (br_if $again (call $copy (local.get $in) (local.get $out))))
      (i32.const 0)))
  (core instance $guest (instantiate $module
    (with "memory" (instance $memory))
    (with "streams" (instance (export "read" (func $read)) (export "write" (func $write))))
    (with "cli" (instance (export "in" (func $in)) (export "out" (func $out))))))
  (func $run (result (result)) (canon lift (core func $guest "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $cli)))
