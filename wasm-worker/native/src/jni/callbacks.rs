//! From a thread of the sandbox into Java.

use crate::sandbox::{Failure, Outcome, OutcomeCode};
use jni::objects::{JByteArray, JClass, JStaticMethodID, JString};
use jni::refs::Global;
use jni::signature::{Primitive, ReturnType};
use jni::sys::jvalue;
use jni::{Env, JavaVM, jni_sig, jni_str};
use std::ffi::c_void;
use std::ptr::null_mut;

/// The two static methods of `NativeSandbox` that take results.
pub struct Callbacks {
    vm: JavaVM,
    class: Global<JClass<'static>>,
    compiled: JStaticMethodID,
    ended: JStaticMethodID,
}

/// What Java learns of a compiled module.
#[derive(Clone, Copy, Default)]
pub struct Compiled {
    pub handle: i64,
    pub code_bytes: u64,
    pub sees_files: bool,
    /// Number of an [`Origin`](crate::compile::Origin).
    pub origin: i32,
}

impl Callbacks {
    pub fn new(env: &mut Env<'_>, class: &JClass<'_>) -> jni::errors::Result<Self> {
        Ok(Self {
            vm: env.get_java_vm()?,
            compiled: env.get_static_method_id(class, jni_str!("compiled"), jni_sig!("(JJJZIILjava/lang/String;)V"))?,
            ended: env.get_static_method_id(class, jni_str!("ended"), jni_sig!("(JI[B[BLjava/lang/String;JJ)V"))?,
            class: env.new_global_ref(class)?,
        })
    }

    /// Hands over a module, or why there is none.
    pub fn compiled(&self, call: i64, module: &Result<Compiled, Failure>) {
        self.call(|env, callbacks| {
            let (module, code, message) = match module {
                Ok(module) => (*module, OutcomeCode::Completed, JString::null()),
                Err(failure) => (Compiled::default(), failure.code, env.new_string(&failure.message)?),
            };
            let arguments = [
                jvalue { j: call },
                jvalue { j: module.handle },
                jvalue { j: module.code_bytes.cast_signed() },
                jvalue { z: module.sees_files },
                jvalue { i: module.origin },
                jvalue { i: code.number() },
                jvalue { l: message.as_raw() },
            ];
            callbacks.invoke(env, callbacks.compiled, &arguments)
        });
    }

    /// Hands over how a guest ended. Where the result does not fit into Java's heap, at least its end is told.
    pub fn ended(&self, call: i64, outcome: &Outcome) {
        if !self.call(|env, callbacks| callbacks.try_ended(env, call, outcome)) {
            let failure = Failure::new(OutcomeCode::HostError, "the result could not be handed over");
            let bare = Outcome { usage: outcome.usage, ..Outcome::not_started(failure) };
            self.call(|env, callbacks| callbacks.try_ended(env, call, &bare));
        }
    }

    fn try_ended(&self, env: &mut Env<'_>, call: i64, outcome: &Outcome) -> jni::errors::Result<()> {
        let (output, message) = match &outcome.result {
            Ok(output) => (env.byte_array_from_slice(output)?, JString::null()),
            Err(failure) => (JByteArray::null(), env.new_string(&failure.message)?),
        };
        let stderr = match outcome.stderr.as_slice() {
            [] => JByteArray::null(),
            stderr => env.byte_array_from_slice(stderr)?,
        };
        let arguments = [
            jvalue { j: call },
            jvalue { i: outcome.code().number() },
            jvalue { l: output.as_raw() },
            jvalue { l: stderr.as_raw() },
            jvalue { l: message.as_raw() },
            jvalue { j: outcome.usage.fuel.cast_signed() },
            jvalue { j: outcome.usage.peak_memory_bytes.cast_signed() },
        ];
        self.invoke(env, self.ended, &arguments)
    }

    fn invoke(&self, env: &mut Env<'_>, method: JStaticMethodID, arguments: &[jvalue]) -> jni::errors::Result<()> {
        let returns = ReturnType::Primitive(Primitive::Void);
        // SAFETY: the ids were looked up in this class by the signatures that `arguments` were built for, and the
        // class cannot be unloaded while there is a global reference to it.
        unsafe { env.call_static_method_unchecked(&self.class, method, returns, arguments) }?;
        Ok(())
    }

    /// Runs `work` in this thread as one of Java's; false if it failed. An exception ends here, said on stderr.
    fn call(&self, work: impl FnOnce(&mut Env<'_>, &Self) -> jni::errors::Result<()>) -> bool {
        attach_for_good(&self.vm);
        match self.vm.attach_current_thread(|env| work(env, self)) {
            Ok(()) => true,
            Err(error) => {
                eprintln!("netbase-sandbox: a callback failed: {error}");
                false
            }
        }
    }
}

thread_local! {
    static ATTACHED: std::cell::OnceCell<Attached> = const { std::cell::OnceCell::new() };
}

/// Detaches the thread when it ends.
struct Attached(*mut jni::sys::JavaVM);

impl Drop for Attached {
    fn drop(&mut self) {
        // SAFETY: the pointer is the process's one VM, and this thread was attached by `attach_for_good`.
        unsafe { ((**self.0).v1_1.DetachCurrentThread)(self.0) };
    }
}

/// Attaches this thread once, as a daemon, so that it keeps no JVM from ending. On failure, the ordinary attachment
/// of the caller says why.
fn attach_for_good(vm: &JavaVM) {
    ATTACHED.with(|attached| {
        attached.get_or_init(|| {
            let raw = vm.get_raw();
            let name = c"netbase-guest";
            let mut arguments = jni::sys::JavaVMAttachArgs {
                version: jni::sys::JNI_VERSION_1_8,
                name: name.as_ptr().cast_mut(),
                group: null_mut(),
            };
            let mut env: *mut c_void = null_mut();
            // SAFETY: the pointer is the process's one VM, and the arguments live until the call returns.
            unsafe {
                ((**raw).v1_4.AttachCurrentThreadAsDaemon)(raw, &raw mut env, (&raw mut arguments).cast());
            }
            Attached(raw)
        });
    });
}
