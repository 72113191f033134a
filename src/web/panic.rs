//! A panic never hangs a caller: the facade hears of it, rejects what is pending and starts a fresh instance.

use wasm_bindgen::prelude::*;

thread_local! {
    static ON_PANIC: core::cell::RefCell<Option<js_sys::Function>> = const { core::cell::RefCell::new(None) };
}

/// Registers whom to tell about a panic; called once for every instance.
#[wasm_bindgen(js_name = "onPanic")]
pub fn on_panic(callback: js_sys::Function) {
    ON_PANIC.with(|held| *held.borrow_mut() = Some(callback));
    std::panic::set_hook(Box::new(|info| {
        let message = JsValue::from_str(&info.to_string());
        // The callback rejects promises and touches nothing in here. If it throws, the trap that follows tells the caller.
        let callback = ON_PANIC.with(|held| held.try_borrow().ok().and_then(|held| held.clone()));
        if let Some(callback) = callback {
            let _ = callback.call1(&JsValue::UNDEFINED, &message);
        }
    }));
}

/// Panics. The tests prove with it that the package survives what is not supposed to happen.
#[wasm_bindgen(js_name = "provokePanic")]
pub fn provoke_panic() {
    panic!("provoked");
}
