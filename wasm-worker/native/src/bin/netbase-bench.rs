//! The sandbox without Java: figures that `./netbase bench engine` compares its own with. Prints `key=value` lines.
//!
//! `netbase-bench GUESTS COMPILER`: the folder of the guests' binaries, and the program `netbase-compile`.
//! `netbase-bench GUESTS COMPILER GUEST`: only a round of executions of that guest, for a round of Java's beside it.

use netbase_sandbox::compile::{CompileLimits, CompileSettings, Program};
use netbase_sandbox::sandbox::{Prepared, Sandbox, SandboxConfig, Task, TaskLimits, code_settings};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Instant;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, Linker, Module, PoolingAllocationConfig, Store};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The same numbers as in `EngineBench`: executions of a round, and how many are under way at a time.
const EXECUTIONS: usize = 20_000;
const IN_FLIGHT: usize = 32;
const ROUNDS: usize = 5;
const WORK: u64 = 20_000_000;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(guests), Some(compiler)) = (arguments.next(), arguments.next()) else {
        return Err("usage: netbase-bench GUESTS COMPILER".into());
    };
    let guest = |name: &str| std::fs::read(guests.join(name).with_extension("wasm"));
    let sandbox = Sandbox::new(SandboxConfig::default())?;
    if let Some(name) = arguments.next() {
        let module = compile(&sandbox, guest(&name.to_string_lossy())?)?;
        println!("execution_us={:.3}", per_execution(&sandbox, &module)?);
        return Ok(());
    }

    let echo = guest("echo")?;
    println!("bare_pooling_us={:.3}", instances(&pooling()?, &echo)?);
    println!("bare_on_demand_us={:.3}", instances(&code_settings(), &echo)?);
    let mut without_fuel = pooling()?;
    without_fuel.consume_fuel(false);
    let work = guest("work")?;
    println!("work_with_fuel_ms={:.3}", working(&pooling()?, &work)?);
    println!("work_without_fuel_ms={:.3}", working(&without_fuel, &work)?);

    println!("compile_here_ms={:.3}", compiling(&sandbox, &echo)?);
    println!("compile_apart_ms={:.3}", compiling(&apart(&compiler)?, &echo)?);
    Ok(())
}

fn compile(sandbox: &Sandbox, bytes: Vec<u8>) -> Result<Arc<Prepared>> {
    let (sender, receiver) = channel();
    sandbox.compile(bytes, move |result| {
        let _ = sender.send(result);
    });
    Ok(Arc::new(receiver.recv()??))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Microseconds an execution, [`IN_FLIGHT`] at a time: the end of one starts the next. After some that do not count.
fn per_execution(sandbox: &Sandbox, module: &Arc<Prepared>) -> Result<f64> {
    execute(sandbox, module, EXECUTIONS / 4)?;
    let begin = Instant::now();
    execute(sandbox, module, EXECUTIONS)?;
    Ok(begin.elapsed().as_secs_f64() * 1e6 / EXECUTIONS as f64)
}

fn execute(sandbox: &Sandbox, module: &Arc<Prepared>, executions: usize) -> Result<()> {
    let (sender, receiver) = channel();
    let mut call = 0;
    let mut start = || {
        call += 1;
        let sender = sender.clone();
        sandbox.submit(call, task(module), move |outcome| {
            let _ = sender.send(outcome.result);
        });
    };
    for _ in 0..IN_FLIGHT {
        start();
    }
    for ended in 1..=executions {
        receiver.recv()??;
        if ended + IN_FLIGHT <= executions {
            start();
        }
    }
    Ok(())
}

fn task(module: &Arc<Prepared>) -> Task {
    Task {
        module: module.clone(),
        input: br#"{"n":1}"#.to_vec(),
        limits: TaskLimits::default(),
        args: vec!["bin/guest.wasm".to_owned()],
        env: Vec::new(),
        workspace: None,
        asset: None,
        determinism: None,
    }
}

fn pooling() -> Result<Config> {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_core_instances(10).total_memories(10).total_tables(10).total_stacks(10);
    let mut config = code_settings();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Ok(config)
}

/// Microseconds for a store, an instance and a call, one after the other on this thread.
fn instances(config: &Config, module: &[u8]) -> Result<f64> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        calls(config, module, b"1", EXECUTIONS)?;
        rounds.push(begin.elapsed().as_secs_f64() * 1e6 / EXECUTIONS as f64);
    }
    Ok(median(rounds))
}

/// Milliseconds for a fixed amount of work.
fn working(config: &Config, module: &[u8]) -> Result<f64> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        calls(config, module, WORK.to_string().as_bytes(), 1)?;
        rounds.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(rounds))
}

fn calls(config: &Config, module: &[u8], input: &[u8], count: usize) -> Result<()> {
    let engine = Engine::new(config)?;
    let pre = Linker::<()>::new(&engine).instantiate_pre(&Module::from_binary(&engine, module)?)?;
    let fuel = config_has_fuel(&engine);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        for _ in 0..count {
            let mut store = Store::new(&engine, ());
            if fuel {
                store.set_fuel(TaskLimits::default().fuel)?;
            }
            store.set_epoch_deadline(1);
            let instance = pre.instantiate_async(&mut store).await?;
            let memory = instance.get_memory(&mut store, "memory").ok_or("no memory")?;
            let alloc = instance.get_typed_func::<i32, i32>(&mut store, "alloc")?;
            let pointer = alloc.call_async(&mut store, input.len() as i32).await?;
            memory.write(&mut store, pointer as usize, input)?;
            let run = instance.get_typed_func::<(i32, i32), i64>(&mut store, "run")?;
            run.call_async(&mut store, (pointer, input.len() as i32)).await?;
        }
        Ok(())
    })
}

fn config_has_fuel(engine: &Engine) -> bool {
    Store::new(engine, ()).set_fuel(1).is_ok()
}

fn apart(compiler: &Path) -> Result<Sandbox> {
    let program = Arc::new(Program::open(compiler)?);
    let settings = CompileSettings { program, limits: CompileLimits::default(), store: None };
    Ok(Sandbox::with_compiler(SandboxConfig { slots: 10, ..SandboxConfig::default() }, &settings)?)
}

/// Milliseconds to compile a small module and have it ready.
fn compiling(sandbox: &Sandbox, module: &[u8]) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..20 {
        let begin = Instant::now();
        compile(sandbox, module.to_vec())?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(times))
}
