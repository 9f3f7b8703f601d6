//! One binary for all targets: `INTAKE_TARGET` says which, the arguments are libFuzzer's.

#![no_main]

use intake::FuzzTarget;
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static TARGET: OnceLock<FuzzTarget> = OnceLock::new();

/// The target that was asked for, once.
fn chosen() -> FuzzTarget {
    let name = std::env::var("INTAKE_TARGET").unwrap_or_default();
    intake::target(&name).unwrap_or_else(|| {
        let names: Vec<_> = intake::TARGETS.iter().map(|target| target.name).collect();
        eprintln!("INTAKE_TARGET is `{name}`; it must be one of: {}", names.join(", "));
        std::process::exit(2)
    })
}

fuzz_target!(|input: &[u8]| TARGET.get_or_init(chosen).feed(input));
