//! Honest code: a crate's module that calls a wide part of the standard library.
//!
//! The call audit may refuse none of it. Each line of the data is one call; each type of a group gets each of the
//! group's calls, in a function of its own.

mod collections;
mod numbers;
mod sharing;
mod text;

use std::fmt::Write as _;

/// Calls on the same values.
struct Group {
    /// What `T` is, one after the other.
    types: &'static [&'static str],
    /// The values, as statements.
    values: &'static str,
    /// The calls, as expressions.
    calls: &'static [&'static str],
}

const GROUPS: [&[Group]; 4] =
    [&numbers::GROUPS, &text::GROUPS, &collections::GROUPS, &sharing::GROUPS];

/// The calls, each with its values: the bodies of functions.
fn bodies() -> impl Iterator<Item = String> {
    let of_type = |group: &'static Group, ty: &'static str| {
        group.calls.iter().map(move |call| {
            let text = format!("{} let _ = black_box({{ {call} }});", group.values);
            text.replace("$T", ty)
        })
    };
    let of_group = move |group: &'static Group| {
        group.types.iter().copied().flat_map(move |ty| of_type(group, ty))
    };
    GROUPS.into_iter().flatten().flat_map(of_group)
}

/// How many distinct calls there are.
pub fn count() -> usize {
    bodies().count()
}

/// The module's text: `pub fn all()` refers to every call. `extra` is one more body.
pub fn module(extra: &str) -> String {
    let mut text = String::from("#![allow(unused, deprecated)]\nuse std::hint::black_box;\n");
    let mut calls = String::new();
    for (at, body) in bodies().chain([extra.to_owned()]).enumerate() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "fn call_{at}() {{ {body} }}");
        let _ = write!(calls, "call_{at}, ");
    }
    let _ = writeln!(text, "static CALLS: &[fn()] = &[{calls}];");
    text + "pub fn all() { for call in black_box(CALLS) { call(); } }\n"
}
