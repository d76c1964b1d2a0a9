//! Kind 3: components of WASI 0.2, with `wasi:cli/run` or `netbase:agent/task`.

use super::determinism::HasClocks;
use super::files::HasFiles;
use super::guest::{Guest, GuestState, exit_code, exited};
use super::module::{Code, Kind, MAX_PER_COMPONENT, Prepared, invalid};
use super::outcome::{Failure, OutcomeCode};
use super::streams::too_large;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker, Type};
use wasmtime::{Engine, Error, Result, Trap, WasmBacktrace};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::bindings::filesystem::types;

const RUN: &str = "wasi:cli/run@0.2.";
const TASK: &str = "netbase:agent/task";

/// A component that is linked, and what of it is called.
pub(super) struct Entry {
    pre: InstancePre<GuestState>,
    run: ComponentExportIndex,
    kind: Kind,
}

/// A linker with everything that components may import: all of `wasi:cli/imports` 0.2. Its sockets can be named, so
/// that an ordinary component is complete, but every attempt to make one is denied.
pub fn linker(engine: &Engine) -> Result<Linker<GuestState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    linker.allow_shadowing(true);
    types::add_to_linker::<_, HasFiles>(&mut linker, GuestState::files)?;
    monotonic_clock::add_to_linker::<_, HasClocks>(&mut linker, GuestState::clocks)?;
    linker.allow_shadowing(false);
    Ok(linker)
}

/// Links a compiled component.
pub(super) fn prepare(linker: &Linker<GuestState>, component: &Component) -> Result<Prepared, Failure> {
    let pre = linker.instantiate_pre(component).map_err(|error| invalid(format!("{error:#}")))?;
    let (kind, run) = entry(component)?;
    let needs = component.resources_required().ok_or_else(|| invalid("imports a core module"))?;
    let slots = needs.num_memories.max(needs.num_tables).max(1);
    if slots > MAX_PER_COMPONENT {
        let (memories, tables) = (needs.num_memories, needs.num_tables);
        let message =
            format!("{memories} memories and {tables} tables; up to {MAX_PER_COMPONENT} of each may be defined");
        return Err(invalid(message));
    }
    let code = component.image_range();
    let sees_files =
        component.component_type().imports(component.engine()).any(|(name, _)| name.starts_with("wasi:filesystem/"));
    Ok(Prepared {
        kind,
        code: Code::Component(Entry { pre, run, kind }),
        slots,
        code_bytes: (code.end as usize - code.start as usize) as u64,
        sees_files,
    })
}

/// What is called: `netbase:agent/task` where there is one, else `wasi:cli/run`.
fn entry(component: &Component) -> Result<(Kind, ComponentExportIndex), Failure> {
    let ty = component.component_type();
    let exported = |wanted: &dyn Fn(&str) -> bool| {
        ty.exports(component.engine()).map(|(name, _)| name).find(|name| wanted(name)).map(str::to_owned)
    };
    let is_task = |name: &str| name.strip_prefix(TASK).is_some_and(|rest| rest.is_empty() || rest.starts_with('@'));
    if let Some(name) = exported(&is_task) {
        let what = "run: func(input: list<u8>) -> result<list<u8>, string>";
        return Ok((Kind::ComponentTask, function(component, &name, what, is_task_run)?));
    }
    if let Some(name) = exported(&|name| name.starts_with(RUN)) {
        return Ok((Kind::ComponentCommand, function(component, &name, "run: func() -> result", is_cli_run)?));
    }
    Err(invalid("a component that exports neither wasi:cli/run@0.2 nor netbase:agent/task"))
}

fn function(
    component: &Component,
    interface: &str,
    what: &str,
    fits: fn(&ComponentFunc) -> bool,
) -> Result<ComponentExportIndex, Failure> {
    let instance = component.get_export_index(None, interface);
    match instance.and_then(|instance| component.get_export(Some(&instance), "run")) {
        Some((ComponentItem::ComponentFunc(function), index)) if fits(&function) => Ok(index),
        _ => Err(invalid(format!("exports {interface} without {what}"))),
    }
}

fn is_bytes(ty: &Type) -> bool {
    matches!(ty, Type::List(list) if list.ty() == Type::U8)
}

fn is_task_run(function: &ComponentFunc) -> bool {
    let mut params = function.params().map(|(_, ty)| ty);
    let mut results = function.results();
    let result = match (results.next(), results.next()) {
        (Some(Type::Result(result)), None) => result,
        _ => return false,
    };
    !function.async_()
        && params.next().is_some_and(|ty| is_bytes(&ty))
        && params.next().is_none()
        && result.ok().is_some_and(|ty| is_bytes(&ty))
        && result.err() == Some(Type::String)
}

fn is_cli_run(function: &ComponentFunc) -> bool {
    let mut results = function.results();
    let empty = matches!((results.next(), results.next()), (Some(Type::Result(result)), None)
        if result.ok().is_none() && result.err().is_none());
    !function.async_() && function.params().len() == 0 && empty
}

/// Runs a component to its end. May be dropped half way.
pub(super) async fn run(guest: &mut Guest, entry: &Entry, input: &[u8]) -> Result<Vec<u8>, Failure> {
    let instance = match entry.pre.instantiate_async(&mut guest.store).await {
        Ok(instance) => instance,
        Err(error) => return Err(guest.failed_to_start(&error)),
    };
    if entry.kind == Kind::ComponentTask {
        let ended = match instance.get_typed_func::<(&[u8],), (Result<Vec<u8>, String>,)>(&mut guest.store, entry.run) {
            Ok(run) => run.call_async(&mut guest.store, (input,)).await,
            Err(error) => Err(error),
        };
        return match ended {
            Ok((Ok(output),)) if output.len() as u64 > guest.limits.output_bytes => {
                Err(too_large(guest.limits.output_bytes))
            }
            Ok((Ok(output),)) => Ok(output),
            Ok((Err(message),)) if message.trim().is_empty() => Err(exited(1)),
            Ok((Err(message),)) => Err(Failure::new(OutcomeCode::ExitCode, message)),
            Err(error) => Err(failed(guest, &error)),
        };
    }
    let ended = match instance.get_typed_func::<(), (Result<(), ()>,)>(&mut guest.store, entry.run) {
        Ok(run) => run.call_async(&mut guest.store, ()).await,
        Err(error) => Err(error),
    };
    match ended {
        Ok((Ok(()),)) => Ok(guest.stdout.take()),
        Ok((Err(()),)) => Err(exited(1)),
        Err(error) if exit_code(&error) == Some(0) => Ok(guest.stdout.take()),
        Err(error) => Err(failed(guest, &error)),
    }
}

/// As for every guest; but an error that no code of the guest's raised is about what it handed over at the end.
fn failed(guest: &Guest, error: &Error) -> Failure {
    if error.is::<Trap>() || error.is::<WasmBacktrace>() || error.is::<Failure>() || exit_code(error).is_some() {
        return guest.failed(error);
    }
    let cause = error.root_cause().to_string();
    if cause.contains("fuel allocated for hostcalls has been exhausted") {
        return too_large(guest.limits.output_bytes);
    }
    let failure = guest.failed(error);
    match failure.code {
        OutcomeCode::Trap => Failure::new(OutcomeCode::InvalidOutput, cause),
        _ => failure,
    }
}
