//! What is looked for, and what the student is told.

use super::Severity;
use Severity::{Refuse, Warn};

/// What is said of a finding.
#[derive(Debug)]
pub(super) struct Rule {
    pub why: &'static str,
    pub severity: Severity,
}

pub(super) const UNSAFE: Rule = Rule {
    why: "The course is written in safe Rust, and the compiler is told to refuse `unsafe`. Every \
          task can be solved without it.",
    severity: Refuse,
};
const ASSEMBLY: Rule = Rule {
    why: "Assembly is unsafe code, which does not compile here. Write the loop in safe Rust and \
          let the compiler vectorize it.",
    severity: Refuse,
};
const INCLUDE: Rule = Rule {
    why: "Only Rust files below `src` exist when this is compiled, and no file may be pulled in \
          by its path. Write `mod name;`, or put the data into the source.",
    severity: Refuse,
};
const BUILD_ENVIRONMENT: Rule = Rule {
    why: "The compiler runs without any environment variables here. Use a `const`.",
    severity: Refuse,
};
const LINKING: Rule = Rule {
    why: "Attributes that steer the linker are not allowed: a submission is linked by the grader \
          alone. Remove it.",
    severity: Refuse,
};
const PATH: Rule = Rule {
    why: "`#[path]` is not allowed: a module's file lies where its name says. Write `mod name;` \
          and call the file `name.rs`.",
    severity: Refuse,
};
const FEATURE: Rule = Rule {
    why: "This is a stable compiler, which has no unstable features. Remove it.",
    severity: Refuse,
};
const PROC_MACRO: Rule = Rule {
    why: "Procedural macros are programs that run inside the compiler. They are not allowed here.",
    severity: Refuse,
};
const ALLOCATOR: Rule = Rule {
    why: "The allocator belongs to the grader, which counts allocations with it. Remove it.",
    severity: Refuse,
};
pub(super) const ALLOW_UNSAFE: Rule = Rule {
    why: "The compiler forbids `unsafe_code` for the whole submission, so that lifting the lint is \
          an error by itself. Remove the attribute.",
    severity: Refuse,
};
pub(super) const EXTERN_BLOCK: Rule = Rule {
    why: "Foreign functions are unsafe code, which does not compile here. Use Rust functions.",
    severity: Refuse,
};
pub(super) const EXTERN_FN: Rule = Rule {
    why: "A foreign calling convention has no use here: nothing but Rust calls the submission.",
    severity: Warn,
};
pub(super) const EXTERN_CRATE: Rule = Rule {
    why: "`extern crate` is not needed: the crates that the course gives are there by name. Others \
          are not available.",
    severity: Warn,
};
const INTRINSICS: Rule = Rule {
    why: "Most of `core::arch` is unsafe code, which does not compile here. Write the loop in safe \
          Rust and let the compiler vectorize it.",
    severity: Warn,
};
const PROCESS: Rule = Rule {
    why: "A submission can neither end the program nor start another: the sandbox stops it, and \
          ending the program fails the test that is running. Return a value instead.",
    severity: Warn,
};
const FILES: Rule =
    Rule { why: "There is no file system in the sandbox: the call will fail.", severity: Warn };
const NETWORK: Rule =
    Rule { why: "There is no network in the sandbox: the call will fail.", severity: Warn };
const ENVIRONMENT: Rule = Rule {
    why: "There are no environment variables and no arguments in the sandbox.",
    severity: Warn,
};
const SYSTEM: Rule = Rule {
    why: "What the operating system offers beyond Rust's own library is stopped by the sandbox.",
    severity: Warn,
};

/// A macro by its name.
pub(super) fn macro_call(name: &str) -> Option<&'static Rule> {
    match name {
        "asm" | "global_asm" | "naked_asm" => Some(&ASSEMBLY),
        "include" | "include_str" | "include_bytes" => Some(&INCLUDE),
        "env" | "option_env" => Some(&BUILD_ENVIRONMENT),
        _ => None,
    }
}

/// What follows an attribute's name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    Equals,
    Parenthesis,
    Other,
}

/// An attribute by its name and what follows it: `#[cfg(feature = "x")]` is not `#![feature(x)]`.
pub(super) fn attribute(name: &str, follows: Follows) -> Option<&'static Rule> {
    match (name, follows) {
        ("no_mangle" | "export_name" | "link_section" | "link_name" | "link_args" | "naked", _)
        | ("link", Follows::Parenthesis) => Some(&LINKING),
        ("path", Follows::Equals) => Some(&PATH),
        ("feature", Follows::Parenthesis) => Some(&FEATURE),
        ("proc_macro" | "proc_macro_derive" | "proc_macro_attribute", _) => Some(&PROC_MACRO),
        ("global_allocator", _) => Some(&ALLOCATOR),
        _ => None,
    }
}

/// A path by its segments, of which the first four are given; what to call it, and the rule.
pub(super) fn path(segments: &[&str]) -> Option<(String, &'static Rule)> {
    let named = |count: usize, rule| Some((segments[..count].join("::"), rule));
    match segments {
        ["proc_macro", ..] => named(1, &PROC_MACRO),
        ["std" | "core", "arch", "is_x86_feature_detected" | "is_aarch64_feature_detected", ..] => {
            None
        }
        ["std" | "core", "arch", "asm" | "global_asm" | "naked_asm", ..] => named(3, &ASSEMBLY),
        ["std" | "core", "arch", ..] => named(2, &INTRINSICS),
        ["std" | "core", "include" | "include_str" | "include_bytes"] => named(2, &INCLUDE),
        ["std" | "core", "option_env"] => named(2, &BUILD_ENVIRONMENT),
        ["std", "process", "exit" | "abort" | "Command", ..] => named(3, &PROCESS),
        ["process", "exit" | "abort" | "Command", ..] | ["std", "process", ..] => {
            named(2, &PROCESS)
        }
        ["std", "fs", ..] => named(2, &FILES),
        ["std", "net", ..] => named(2, &NETWORK),
        ["std", "env", ..] => named(2, &ENVIRONMENT),
        ["std", "os", ..] => named(2, &SYSTEM),
        _ => None,
    }
}

/// `extern crate name`.
pub(super) fn extern_crate(name: &str) -> &'static Rule {
    if name == "proc_macro" { &PROC_MACRO } else { &EXTERN_CRATE }
}
