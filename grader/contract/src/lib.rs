//! One declaration for each module: the requests that the judge can make, the plain data in them, and how the driver
//! answers them with the student's code.

mod driver;
mod parse;
mod sources;
mod wire;

use parse::Contract;
use proc_macro::TokenStream;
use quote::quote;

/// Defines a contract.
///
/// ```
/// grader_protocol::contract! {
///     /// The functions of a `greeting` submission.
///     pub trait Greeting;
///
///     /// `greeting::Tone` on the wire.
///     mirror enum Tone -> crate::greeting::Tone { Kind, Plain }
///
///     task greet {
///         /// `greeting::greet(name, tone)`.
///         fn greet(name: String, tone: Tone) -> String { crate::greeting::greet(&name, tone.native())? }
///     }
/// }
/// # mod greeting {
/// #     pub enum Tone { Kind, Plain }
/// #     pub fn greet(name: &str, tone: Tone) -> Result<String, std::fmt::Error> {
/// #         Ok(match tone { Tone::Kind => format!("Dear {name}"), Tone::Plain => name.to_owned() })
/// #     }
/// # }
/// # mod contract { pub use super::{Greeting, Tone}; }
/// mod driver {
///     greeting_driver!();
/// }
///
/// # fn main() {
/// let mut wire = grader_protocol::InProcess::new(|request| dispatch(&mut driver::Student, request));
/// assert_eq!(Client::new(&mut wire).greet("Ada".into(), Tone::Kind).unwrap(), "Dear Ada");
/// # }
/// ```
///
/// generates, in the crate of the contract:
/// - for each `plain struct` and `plain enum`, the type, whose fields are public,
/// - for each `mirror struct` and `mirror enum`, the student's type as plain data,
/// - for each `steps`, an enum of the steps,
/// - the trait, the enum `Request`, the functions `dispatch` and `describe`, the judge's `Client`, `REPLIES` and `TASKS`,
/// - the macro `greeting_driver`, which the driver calls once: it implements the trait for a type `Student`, with the
///   bodies of the declaration, and the conversions `wire()` and `native()` of each mirror.
///
/// # Plain data
///
/// ```text
/// plain struct Shape { rows: usize, columns: usize }
/// plain enum Input { Empty, Filled { value: f32 }, Random(shape: Shape, seed: u64) }
/// ```
///
/// Arguments and results are plain serde data: types of a student never cross the wire. All types of a contract are
/// `Clone`, `Debug` and `PartialEq`; `#[derive(Copy, Eq)]` adds other traits. A field of a tuple variant has a name that
/// only this declaration uses: `Input::Random(shape, 7)`.
///
/// # Mirrors
///
/// ```text
/// mirror struct Stats <- sorting::Stats in measure { swaps: usize, total: f64 = it.total() }
/// mirror enum Order -> sorting::Order { Up, Down }
/// mirror struct Limits <-> sorting::Limits in [sort, merge] { depth: usize }
/// ```
///
/// `<-` reads the student's type into plain data: `value.wire()`. `->` makes the student's type: `value.native()`. `<->`
/// does both. A field has the same name in both types, unless `= expression` says how it is read from `it`, a reference
/// to the student's value. Both methods also exist for numbers, `bool`, `String`, pairs, `Vec` and `Option`. With `in`,
/// the conversion is left out of the driver when all of these tasks are missing; a type that the task writes needs it.
///
/// # Tasks
///
/// ```text
/// task merge needs [sort] {
///     /// `sorting::merge(left, right)`.
///     fn merge(left: Vec<u32>, right: Vec<u32>) -> Vec<u32> { sorting::merge(&left, &right)? }
/// }
/// ```
///
/// The body runs in the driver. It sees the items of the contract and of `driver/mod.rs`, and its value is the result
/// itself, not an `Ok`. `?` converts an error of the student's for the wire, if it is `Debug` and `Display`. Under
/// `--cfg missing_TASK` the driver has no code of that task. `needs` names the other tasks whose interface the bodies
/// use: if one of them is missing, so is this task.
///
/// # Sessions
///
/// ```text
/// steps HeapStep -> Option<u32> {
///     /// `push(value)`.
///     push(value: u32) { state.push(value)?; None }
///     /// `pop_all()`, which another task writes.
///     pop_all() in drain { state.pop_all() }
/// }
/// task heap { session heap(capacity: usize) of HeapStep { sorting::Heap::new(capacity)? } }
/// task drain needs [heap] { session drained(capacity: usize) of HeapStep { sorting::Heap::new(capacity)? } }
/// ```
///
/// A session makes one value with its body, and each step has it as `state`. The judge calls
/// `client.drained(8, vec![HeapStep::Push(3), HeapStep::PopAll])`, and the reply has one `Result` for each step, so a step
/// that fails does not end the session. A failure of the session's own body is the failure of the call. With `in`, only
/// the sessions of these tasks have the step; the others answer it with an error.
///
/// # Without tasks
///
/// `pub trait Name { fn f(x: u8) -> u8; }` has no driver: its trait is implemented by hand.
#[proc_macro]
pub fn contract(input: TokenStream) -> TokenStream {
    let contract = syn::parse_macro_input!(input as Contract);
    let wire = wire::items(&contract);
    let driver = if contract.tasks.is_empty() { None } else { Some(driver::items(&contract)) };
    quote!(#wire #driver).into()
}

/// The files of the crate that it is called in, without its `Cargo.toml` and hidden files, as
/// `&[(name, bytes)]`: what decides about an answer is part of a result's key.
#[proc_macro]
pub fn sources(input: TokenStream) -> TokenStream {
    sources::list(&input.into()).unwrap_or_else(|error| error.to_compile_error()).into()
}
