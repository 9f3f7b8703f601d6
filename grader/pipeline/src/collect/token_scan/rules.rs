//! The rules of the scan: disallowed code, and the message to the student.

use super::super::module_tree::PathTarget;
use super::FindingSeverity;
use FindingSeverity::{Explain, Refuse, Warn};
use std::collections::BTreeMap;

/// The message and the severity of a finding.
#[derive(Debug)]
pub(super) struct ScanRule {
    pub why: &'static str,
    pub severity: FindingSeverity,
}

pub(super) const UNSAFE: ScanRule = ScanRule {
    why: "The course uses safe Rust, and the compiler is set to refuse `unsafe`. Every task has a solution \
          without it.",
    severity: Explain,
};
const ASSEMBLY: ScanRule = ScanRule {
    why: "Assembly is unsafe code, which does not compile here. Write the loop in safe Rust and \
          let the compiler vectorize it.",
    severity: Explain,
};
const INCLUDE_SYSTEM: ScanRule = ScanRule {
    why: "This includes a file of the grading machine. Include only files of the submission.",
    severity: Refuse,
};
const INCLUDE_OUTSIDE: ScanRule = ScanRule {
    why: "The compiler sees only files in the module's own folder. Put the file into that folder and \
          include it by a relative path.",
    severity: Explain,
};
const INCLUDE_MISSING: ScanRule = ScanRule {
    why: "The included file was not handed in. Hand it in at the same place, or put the data into the source.",
    severity: Explain,
};
const INCLUDE_UNREAD: ScanRule = ScanRule {
    why: "The source does not show which file this includes. If the compiler does not find it, write its path \
          as a plain string, and put the file into the module's own folder.",
    severity: Explain,
};
const BUILD_ENVIRONMENT: ScanRule = ScanRule {
    why: "At compile time, the environment contains only `CARGO_PKG_NAME`, `CARGO_PKG_VERSION` and cargo's other \
          variables of the package, `CARGO_CRATE_NAME`, `CARGO_MANIFEST_DIR` and `CARGO_MANIFEST_PATH`. Use a \
          `const` for everything else.",
    severity: Explain,
};
const OPTIONAL_ENVIRONMENT: ScanRule = ScanRule {
    why: "At compile time, only the variables that cargo sets for a package exist, so this is `None`.",
    severity: Warn,
};
const LINKING: ScanRule = ScanRule {
    why: "Attributes that steer the linker are unsafe code, which does not compile here. Remove the attribute.",
    severity: Explain,
};
const FEATURE: ScanRule = ScanRule {
    why: "This is a stable compiler, which has no unstable features. Remove the attribute.",
    severity: Explain,
};
const PROC_MACRO: ScanRule = ScanRule {
    why: "Procedural macros are programs that run inside the compiler. They are not allowed here.",
    severity: Explain,
};
const ALLOCATOR: ScanRule = ScanRule {
    why: "The grader has its own allocator, which counts allocations. Remove this one.",
    severity: Explain,
};
pub(super) const ALLOW_UNSAFE: ScanRule = ScanRule {
    why: "The compiler forbids `unsafe_code` in the whole submission, so lifting the lint is an error in \
          itself. Remove the attribute.",
    severity: Explain,
};
pub(super) const EXTERN_BLOCK: ScanRule = ScanRule {
    why: "Foreign functions are unsafe code, which does not compile here. Use Rust functions.",
    severity: Explain,
};
pub(super) const EXTERN_FN: ScanRule = ScanRule {
    why: "A foreign calling convention has no use here, because only Rust code calls the submission.",
    severity: Warn,
};
pub(super) const EXTERN_CRATE: ScanRule = ScanRule {
    why: "`extern crate` is not needed: the course's crates are available by name. Others are not available.",
    severity: Warn,
};
const INTRINSICS: ScanRule = ScanRule {
    why: "Most of `core::arch` is unsafe code, which does not compile here. Write the loop in safe \
          Rust and let the compiler vectorize it.",
    severity: Warn,
};
const PROCESS: ScanRule = ScanRule {
    why: "A submission can neither end the program nor start another one: the sandbox stops it, and ending the \
          program fails the running test. Return a value instead.",
    severity: Warn,
};
const FILES: ScanRule = ScanRule {
    why: "The program runs in an empty folder, which is removed when the program ends. It finds only files that \
          it wrote itself, and these are lost at the end.",
    severity: Warn,
};
const NETWORK: ScanRule = ScanRule {
    why: "The sandbox has no network. The first attempt to connect or to listen ends the program and fails the \
          running test. Leave it out.",
    severity: Warn,
};
const ENVIRONMENT: ScanRule = ScanRule {
    why: "The program runs without environment variables and without arguments.",
    severity: Warn,
};
const SYSTEM: ScanRule = ScanRule {
    why: "The sandbox stops features of the operating system that go beyond Rust's portable library.",
    severity: Warn,
};

/// The rule for the same code in the body of a macro. The macro may never be used, so it never refuses.
pub(super) fn in_macro(rule: &'static ScanRule) -> &'static ScanRule {
    match rule.severity {
        Refuse => &INCLUDE_OUTSIDE,
        // The path is relative to the file that uses the macro.
        _ if rule.why == INCLUDE_MISSING.why => &INCLUDE_UNREAD,
        _ => rule,
    }
}

/// The rule for a macro of this name, except those that read files and variables.
pub(super) fn macro_call(name: &str) -> Option<&'static ScanRule> {
    matches!(name, "asm" | "global_asm" | "naked_asm").then_some(&ASSEMBLY)
}

/// Whether a macro reads files or variables when the submission is compiled.
pub(super) fn reads_at_build_time(name: &str) -> bool {
    matches!(name, "include" | "include_str" | "include_bytes" | "env" | "option_env")
}

/// The rule for an `include` macro with this target. The target is `None` if its path is not a literal.
pub(super) fn include(
    target: Option<&PathTarget>,
    files: &BTreeMap<String, Vec<u8>>,
) -> Option<&'static ScanRule> {
    match target {
        None => Some(&INCLUDE_UNREAD),
        Some(PathTarget::System) => Some(&INCLUDE_SYSTEM),
        Some(PathTarget::Outside) => Some(&INCLUDE_OUTSIDE),
        Some(PathTarget::Inside(name)) => (!files.contains_key(name)).then_some(&INCLUDE_MISSING),
    }
}

/// The rule for `#[path]` with this target. A missing file has none: the compiler explains it better.
pub(super) fn path_attribute(target: &PathTarget) -> Option<&'static ScanRule> {
    match target {
        PathTarget::Inside(_) => None,
        PathTarget::Outside => Some(&INCLUDE_OUTSIDE),
        PathTarget::System => Some(&INCLUDE_SYSTEM),
    }
}

/// The rule for `env!` or `option_env!` of the variable `name`.
pub(super) fn variable(name: &str, is_optional: bool) -> Option<&'static ScanRule> {
    let is_set = crate::package::is_variable(name);
    match (is_set, is_optional) {
        (true, _) => None,
        (false, true) => Some(&OPTIONAL_ENVIRONMENT),
        (false, false) => Some(&BUILD_ENVIRONMENT),
    }
}

/// The token after an attribute's name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AttributeSuffix {
    Parenthesis,
    Other,
}

/// The rule for an attribute of this name and suffix: `#[cfg(feature = "x")]` is not `#![feature(x)]`.
pub(super) fn attribute(name: &str, suffix: AttributeSuffix) -> Option<&'static ScanRule> {
    match (name, suffix) {
        ("no_mangle" | "export_name" | "link_section" | "link_name" | "link_args" | "naked", _)
        | ("link", AttributeSuffix::Parenthesis) => Some(&LINKING),
        ("feature", AttributeSuffix::Parenthesis) => Some(&FEATURE),
        ("proc_macro" | "proc_macro_derive" | "proc_macro_attribute", _) => Some(&PROC_MACRO),
        ("global_allocator", _) => Some(&ALLOCATOR),
        _ => None,
    }
}

/// The rule for a path, given its first four segments, and the path to report.
pub(super) fn path(segments: &[&str]) -> Option<(String, &'static ScanRule)> {
    let named = |count: usize, rule| Some((segments[..count].join("::"), rule));
    match segments {
        ["proc_macro", ..] => named(1, &PROC_MACRO),
        ["std" | "core", "arch", "is_x86_feature_detected" | "is_aarch64_feature_detected", ..] => {
            None
        }
        ["std" | "core", "arch", "asm" | "global_asm" | "naked_asm", ..] => named(3, &ASSEMBLY),
        ["std" | "core", "arch", ..] => named(2, &INTRINSICS),
        ["std" | "core", "include" | "include_str" | "include_bytes"] => named(2, &INCLUDE_UNREAD),
        ["std" | "core", "option_env"] => named(2, &OPTIONAL_ENVIRONMENT),
        ["std", "process", "exit" | "abort" | "Command", ..] => named(3, &PROCESS),
        ["process", "exit" | "abort" | "Command", ..] => named(2, &PROCESS),
        ["std", "fs", ..] => named(2, &FILES),
        ["std", "net", name, ..] if is_address(name) => None,
        ["std", "net", ..] => named(2, &NETWORK),
        ["std", "env", name, ..] | ["env", name, ..] if reads_environment(name) => {
            named(2, &ENVIRONMENT)
        }
        ["std", "os", ..] => named(2, &SYSTEM),
        _ => None,
    }
}

/// Whether this item of `std::net` opens no connection.
fn is_address(name: &str) -> bool {
    name.ends_with("Addr")
        || matches!(name, "SocketAddrV4" | "SocketAddrV6" | "AddrParseError" | "Shutdown")
}

/// Whether this item of `std::env` behaves differently here than on the student's machine.
fn reads_environment(name: &str) -> bool {
    matches!(
        name,
        "args" | "args_os" | "var" | "var_os" | "vars" | "vars_os" | "set_var" | "remove_var"
    )
}

/// The rule for `extern crate name`.
pub(super) fn extern_crate(name: &str) -> &'static ScanRule {
    if name == "proc_macro" { &PROC_MACRO } else { &EXTERN_CRATE }
}
