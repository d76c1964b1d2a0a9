//! Modules that are small to publish and dear to compile.
#![allow(dead_code, reason = "every test crate uses a part of it")]

fn module(body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module (memory (export "memory") 1)
             (func (export "alloc") (param i32) (result i32) (i32.const 8)) {body})"#
    );
    wat::parse_str(text).unwrap()
}

/// One function of many values that are all alive at once, which is hard on the allocation of registers.
pub fn one_huge_function(values: usize) -> Vec<u8> {
    let mut body = String::from(r#"(func (export "run") (param i32 i32) (result i64) "#);
    let locals = "(local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)";
    body.push_str(locals);
    for value in 0..values {
        let (a, b, c) = (2 + value % 16, 2 + (value * 7 + 3) % 16, 2 + (value * 5 + 1) % 16);
        body.push_str(&format!(
            "(local.set {a} (i64.add (i64.mul (local.get {b}) (i64.const {value})) (i64.load (i32.wrap_i64 (local.get {c})))))
             (if (i64.eqz (local.get {a})) (then (local.set {b} (i64.rotl (local.get {c}) (local.get {a})))))"
        ));
    }
    body.push_str("(local.get 2))");
    module(&body)
}

/// Blocks in blocks in blocks.
pub fn deep_nesting(depth: usize) -> Vec<u8> {
    let body = format!(
        r#"(func (export "run") (param i32 i32) (result i64) {} (i64.const 0))"#,
        "block ".repeat(depth) + &"end ".repeat(depth)
    );
    module(&body)
}

pub fn many_functions(count: usize) -> Vec<u8> {
    let mut body = String::from(r#"(func (export "run") (param i32 i32) (result i64) (i64.const 0))"#);
    for function in 0..count {
        body.push_str(&format!("(func (param i32) (result i32) (i32.add (local.get 0) (i32.const {function})))"));
    }
    module(&body)
}
