//! Compiles one module and ends: a process that the worker starts, so that no module's compilation costs a sibling.

use netbase_sandbox::compile::child::{EndingWhenOutOfMemory, run};

#[global_allocator]
static ALLOCATOR: EndingWhenOutOfMemory = EndingWhenOutOfMemory;

fn main() {
    std::process::exit(run(std::env::args().skip(1)));
}
