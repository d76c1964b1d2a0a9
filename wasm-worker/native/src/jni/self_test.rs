//! For tests of the bridge itself.

use super::exports::{ThrowAndDefault, Thrown};
use jni::EnvUnowned;
use jni::objects::JClass;

/// Panics: what every other export must turn into an exception.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_netbase_worker_wasm_NativeSandbox_panic<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
) {
    env.with_env(|_| -> Result<(), Thrown> { panic!("asked to") }).resolve::<ThrowAndDefault>()
}
