//! Generates honest code: a module that calls a large part of the standard library.
//!
//! The call audit must accept all of it. Each line of the data is one call. For each type of a
//! group, each of the group's calls becomes a separate function.

mod collections;
mod numbers;
mod sharing;
mod text;

use std::fmt::Write as _;

/// Calls that use the same values.
struct CallGroup {
    /// The types substituted for `T`.
    types: &'static [&'static str],
    /// The values, as statements.
    values: &'static str,
    /// The calls, as expressions.
    calls: &'static [&'static str],
}

const GROUPS: [&[CallGroup]; 4] =
    [&numbers::GROUPS, &text::GROUPS, &collections::GROUPS, &sharing::GROUPS];

/// The distinct function bodies: each call together with its values.
pub fn bodies() -> Vec<String> {
    let groups = GROUPS.into_iter().flatten();
    let typed = groups.flat_map(|group| group.types.iter().map(move |ty| (group, *ty)));
    typed
        .flat_map(|(group, ty)| {
            group.calls.iter().map(move |call| {
                let text = format!("{} let _ = black_box({{ {call} }});", group.values);
                text.replace("$T", ty)
            })
        })
        .collect()
}

/// A module with a function for each entry of `bodies`, and a function `all` that refers to all of
/// them.
pub fn module(bodies: &[String]) -> String {
    let mut text = String::from("#![allow(unused, deprecated)]\nuse std::hint::black_box;\n");
    let mut calls = String::new();
    for (at, body) in bodies.iter().enumerate() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "fn call_{at}() {{ {body} }}");
        let _ = write!(calls, "call_{at}, ");
    }
    let _ = writeln!(text, "static CALLS: &[fn()] = &[{calls}];");
    text + "pub fn all() { for call in black_box(CALLS) { call(); } }\n"
}
