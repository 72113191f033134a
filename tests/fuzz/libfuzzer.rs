//! libFuzzer around one target, which the environment names.
//!
//! libFuzzer and not a fuzzer of `cargo install`: it is a crate, C++ that any compiler takes, and the instrumentation it wants
//! (`-C passes=sancov-module`) is in the stable compiler. Only its sanitizers are not, and there is no unsafe code here for them to watch.
#![no_main]

use std::sync::OnceLock;

use openrouter_fuzz::{Target, begin};

static TARGET: OnceLock<Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let _ = TARGET.set(begin());
    },
    |bytes: &[u8]| {
        if let Some(target) = TARGET.get() {
            (target.check)(bytes);
        }
    }
);
