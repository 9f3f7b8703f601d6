//! Probes of a public interface, generated from the sources of a reference solution.
//!
//! A student's crate must have the same public items as the reference. When the grader's own code does not compile
//! around a student's crate, each probe says of one item whether it is there and can be used as the reference's can.
//! A probe is one line of Rust. The compiler's error in that line belongs to that item.
//!
//! [`Interface::read`] resolves what `lib.rs` makes public: modules, re-exports, aliases, inherent `impl` blocks.
//! [`Interface::probes`] writes the probes for the items that some sources use ([`UsedNames`]), because a student is
//! not charged for an item that is not needed. There are three [kinds](ProbeKind):
//!
//! - *use*: the item is used with arguments of the reference's types. A more general signature is accepted
//!   (`impl Into<usize>` for `usize`), and so are further methods, fields, variants and trait implementations.
//! - *path*: a function is called by its path, as when its address is taken.
//! - *exact*: the function pointer, the literal, the exhaustive match, the traits. An exact probe may fail for a
//!   crate that is fine, so it explains an error but proves none.
//!
//! Generic parameters are replaced by concrete types: by the type that the caller names for a trait ([`StandIn`]), by
//! `String` without a bound. An argument of type `impl Fn(..)` becomes a closure of exactly that kind.

mod function;
mod interface;
mod module_tree;
mod printed;
mod qualify;
mod reader;
mod shape;
mod used_names;

pub use interface::{Interface, Probe, ProbeKind};
pub use reader::{Reference, StandIn, TaskFiles};
pub use used_names::UsedNames;

/// The task of items whose file belongs to no task.
pub const GIVEN: &str = "given";

/// Why a reference cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// A file is not valid Rust.
    #[error("{file}: {error}")]
    Syntax {
        /// Below the reference's folder: `src/cache.rs`.
        file: String,
        /// What the parser says.
        error: syn::Error,
    },
    /// A module has no file.
    #[error("{file}: there is no file for `mod {module}`")]
    NoFile {
        /// The file that declares the module.
        file: String,
        /// The module's name.
        module: String,
    },
}
