//! The native methods of `dev.netbase.worker.wasm.NativeSandbox`. Every one catches panics: they become exceptions.

use super::callbacks::{Callbacks, Compiled};
use super::compiling;
use super::handles::{Open, Table, sandboxes};
use super::options::Options;
use crate::compile::Checksum;
use crate::sandbox::{Failure, OutcomeCode, Sandbox, SandboxConfig, Task};
use jni::errors::ErrorPolicy;
use jni::objects::{JByteArray, JClass, JLongArray, JObjectArray, JString};
use jni::strings::JNIStr;
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned, jni_str};
use std::any::Any;
use std::path::Path;
use std::sync::{Arc, OnceLock};

static CALLBACKS: OnceLock<Callbacks> = OnceLock::new();

/// An exception for Java.
#[derive(Debug)]
pub(super) enum Thrown {
    Closed,
    Released,
    Invalid(String),
    Jni(jni::errors::Error),
}

impl From<jni::errors::Error> for Thrown {
    fn from(error: jni::errors::Error) -> Self {
        Self::Jni(error)
    }
}

pub(super) struct ThrowAndDefault;

impl<T: Default> ErrorPolicy<T, Thrown> for ThrowAndDefault {
    type Captures<'local: 'native_method, 'native_method> = ();

    fn on_error<'local: 'native_method, 'native_method>(
        env: &mut Env<'local>,
        (): &mut (),
        error: Thrown,
    ) -> jni::errors::Result<T> {
        let state = jni_str!("java/lang/IllegalStateException");
        match error {
            Thrown::Closed => throw(env, state, "the sandbox is closed"),
            Thrown::Released => throw(env, state, "the module was released"),
            Thrown::Invalid(what) => throw(env, jni_str!("java/lang/IllegalArgumentException"), &what),
            Thrown::Jni(error) => throw(env, state, &error.to_string()),
        }
        Ok(T::default())
    }

    fn on_panic<'local: 'native_method, 'native_method>(
        env: &mut Env<'local>,
        (): &mut (),
        _: Box<dyn Any + Send>,
    ) -> jni::errors::Result<T> {
        throw(env, jni_str!("java/lang/IllegalStateException"), "the sandbox failed; see its log");
        Ok(T::default())
    }
}

fn throw(env: &mut Env<'_>, class: &JNIStr, message: &str) {
    if !env.exception_check() {
        // Answers an error when it succeeds, as every call does after which an exception is pending.
        let _ = env.throw_new(class, jni::strings::JNIString::from(message));
    }
}

fn open(sandbox: jlong) -> Result<Arc<Open>, Thrown> {
    sandboxes().get(sandbox).ok_or(Thrown::Closed)
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_outcomeNames<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JObjectArray<'local, JString<'local>> {
    env.with_env(|env| -> Result<_, Thrown> {
        let names = JObjectArray::<JString>::new(env, OutcomeCode::NAMES.len(), JString::null())?;
        for (index, name) in OutcomeCode::NAMES.iter().enumerate() {
            let name = env.new_string(name)?;
            names.set_element(env, index, name)?;
        }
        Ok(names)
    })
    .resolve::<ThrowAndDefault>()
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_useCompiler<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    path: JString<'local>,
) {
    env.with_env(|env| -> Result<_, Thrown> {
        let path = path.try_to_string(env)?;
        compiling::use_program(Path::new(&path))
            .map_err(|error| Thrown::Invalid(format!("the compiler {path} cannot be opened: {error}")))
    })
    .resolve::<ThrowAndDefault>()
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_create<'local>(
    mut env: EnvUnowned<'local>,
    class: JClass<'local>,
    slots: jint,
    threads: jint,
    compilations: jint,
    max_memory_bytes: jlong,
    max_table_elements: jlong,
    compile: JByteArray<'local>,
) -> jlong {
    env.with_env(|env| -> Result<_, Thrown> {
        if CALLBACKS.get().is_none() {
            // Two threads may both get here; one set of callbacks is as good as the other.
            let _ = CALLBACKS.set(Callbacks::new(env, &class)?);
        }
        let positive = |name: &str, value: i64| match value {
            ..=0 => Err(Thrown::Invalid(format!("{name} must be positive"))),
            value => Ok(value.unsigned_abs()),
        };
        let config = SandboxConfig {
            slots: positive("slots", slots.into())? as u32,
            threads: positive("threads", threads.into())? as usize,
            compilations: positive("compilations", compilations.into())? as usize,
            max_memory_bytes: positive("maxMemoryBytes", max_memory_bytes)?,
            max_table_elements: positive("maxTableElements", max_table_elements)?,
        };
        let settings = compiling::decode(&env.convert_byte_array(&compile)?)
            .ok_or_else(|| Thrown::Invalid("the settings for compiling cannot be read".to_owned()))?;
        let sandbox =
            Sandbox::with_compiler(config, &settings).map_err(|error| Thrown::Invalid(format!("{error:#}")))?;
        Ok(sandboxes().add(Open { sandbox, modules: Table::default() }))
    })
    .resolve::<ThrowAndDefault>()
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_compile<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    call: jlong,
    module: JByteArray<'local>,
    checksum: JString<'local>,
) {
    env.with_env(|env| -> Result<_, Thrown> {
        let open = open(handle)?;
        let checksum = Checksum::parse(&checksum.try_to_string(env)?)
            .ok_or_else(|| Thrown::Invalid("the checksum is not 64 digits of hex".to_owned()))?;
        let bytes = env.convert_byte_array(&module)?;
        open.sandbox.compile_as(bytes, checksum, move |result| {
            let Some(callbacks) = CALLBACKS.get() else {
                return;
            };
            let module = result.and_then(|(prepared, origin)| {
                let closed = || Failure::new(OutcomeCode::Cancelled, "the sandbox was closed");
                let open = sandboxes().get(handle).ok_or_else(closed)?;
                let (code_bytes, sees_files) = (prepared.code_bytes, prepared.sees_files);
                Ok(Compiled { handle: open.modules.add(prepared), code_bytes, sees_files, origin: origin as i32 })
            });
            callbacks.compiled(call, &module);
        });
        Ok(())
    })
    .resolve::<ThrowAndDefault>()
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_submit<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    module: jlong,
    call: jlong,
    input: JByteArray<'local>,
    options: JByteArray<'local>,
) {
    env.with_env(|env| -> Result<_, Thrown> {
        let open = open(handle)?;
        let module = open.modules.get(module).ok_or(Thrown::Released)?;
        let options = Options::decode(&env.convert_byte_array(&options)?)
            .ok_or_else(|| Thrown::Invalid("the options cannot be read".to_owned()))?;
        let Options { limits, args, env: environment, workspace, asset, determinism } = options;
        let input = env.convert_byte_array(&input)?;
        let task = Task { module, input, limits, args, env: environment, workspace, asset, determinism };
        open.sandbox.submit(call, task, move |outcome| {
            if let Some(callbacks) = CALLBACKS.get() {
                callbacks.ended(call, &outcome);
            }
        });
        Ok(())
    })
    .resolve::<ThrowAndDefault>()
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_cancel<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    call: jlong,
) {
    env.with_env(|_| -> Result<_, Thrown> {
        open(handle)?.sandbox.cancel(call);
        Ok(())
    })
    .resolve::<ThrowAndDefault>()
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_release<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    module: jlong,
) {
    env.with_env(|_| -> Result<_, Thrown> {
        // Guests that still run keep the code until they end.
        open(handle)?.modules.remove(module);
        Ok(())
    })
    .resolve::<ThrowAndDefault>()
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_codeStats<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) -> JLongArray<'local> {
    env.with_env(|env| -> Result<_, Thrown> {
        let stats = open(handle)?.sandbox.code_stats();
        let numbers =
            [stats.compiled, stats.refused, stats.stored_hits, stats.tampered, stats.evicted, stats.not_saved];
        let array = JLongArray::new(env, numbers.len())?;
        array.set_region(env, 0, &numbers.map(u64::cast_signed))?;
        Ok(array)
    })
    .resolve::<ThrowAndDefault>()
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_guestNanos<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) -> jlong {
    env.with_env(|_| -> Result<_, Thrown> { Ok(open(handle)?.sandbox.guest_time().as_nanos() as jlong) })
        .resolve::<ThrowAndDefault>()
}

#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_close<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) {
    env.with_env(|_| -> Result<_, Thrown> {
        let closed = sandboxes().remove(handle).ok_or(Thrown::Closed)?;
        closed.sandbox.close();
        Ok(())
    })
    .resolve::<ThrowAndDefault>()
}
