//! Turns WebAssembly text into binaries, for guests of tests and examples:
//!
//! ```text
//! netbase-wat FILE.wat… -o DIR               NAME.wasm of each
//! netbase-wat --component FILE.wat… -o DIR   NAME-component.wasm of each, a command of preview 1
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER;
use wit_component::ComponentEncoder;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let component = arguments.first().is_some_and(|argument| argument == "--component");
    if component {
        arguments.remove(0);
    }
    let Some(target) = arguments.iter().position(|argument| argument == "-o").filter(|at| at + 2 == arguments.len())
    else {
        eprintln!("usage: netbase-wat [--component] FILE.wat… -o DIR");
        return ExitCode::from(2);
    };
    let target = PathBuf::from(&arguments[target + 1]);
    arguments.truncate(arguments.len() - 2);
    for file in arguments {
        if let Err(error) = convert(Path::new(&file), &target, component) {
            eprintln!("netbase-wat: {file}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn convert(file: &Path, target: &Path, component: bool) -> Result<(), Box<dyn Error>> {
    let mut binary = wat::parse_file(file)?;
    let mut name = file.file_stem().ok_or("has no name")?.to_owned();
    if component {
        let encoder = ComponentEncoder::default().module(&binary)?;
        binary = encoder.adapter("wasi_snapshot_preview1", WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER)?.encode()?;
        name.push("-component");
    }
    std::fs::create_dir_all(target)?;
    std::fs::write(target.join(name).with_extension("wasm"), binary)?;
    Ok(())
}
