//! What compiled functions lead to, and which of it was not allowed.
//!
//! Some tasks must be solved by hand: a product of matrices that calls a library's product is right,
//! fast and not the student's. No search for words finds that (`tensor.view().dot(..)` needs no `use`), and no
//! answer shows it. The compiled code does. Each function lies in a section of its own, and the section's
//! relocations name whatever it calls, or takes the address of. From the functions that were asked for,
//! [`ProgramGraph::leads`] follows them to the first thing that is neither the student's own nor allowed.
//!
//! A pointer counts as a call: a table of functions, a vtable and a closure for a thread are followed
//! like any other reference. Code that a library has as a generic is compiled into the student's crate,
//! under the library's name, and is known by that name.
//!
//! What the course's own code reaches around these functions (constructors, constants, threads) is looked at too:
//! [`ProgramGraph::charges`].

mod allow;
mod callers;
mod instruction;
mod name;
mod object_file;
mod program;
mod reach;
mod shared;
mod standard;
mod v0;
mod walk;

pub use allow::{AllowList, BadPattern};
pub use callers::{CourseCallers, FunctionGroup, IndirectFinding};
pub use name::ItemName;
pub use object_file::ObjectError;
pub use program::ProgramGraph;
pub use reach::ReachKind;
pub use shared::SystemNeeds;
pub use standard::StandardLibrary;
pub use walk::{ForbiddenPath, WalkRules};

/// This crate's own sources: part of the key of every result that it has a say in.
pub const SOURCES: [&str; 12] = [
    include_str!("lib.rs"),
    include_str!("allow.rs"),
    include_str!("callers.rs"),
    include_str!("instruction.rs"),
    include_str!("name.rs"),
    include_str!("object_file.rs"),
    include_str!("program.rs"),
    include_str!("reach.rs"),
    include_str!("shared.rs"),
    include_str!("standard.rs"),
    include_str!("v0.rs"),
    include_str!("walk.rs"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_source_is_part_of_the_key() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(super::SOURCES.contains(&text.as_str()), "{text}");
        }
    }
}
