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
/// - the trait, the enum `Request`, the functions `dispatch` and `describe`, the judge's `Client`, and `TASKS`,
/// - the macro `greeting_driver`, which the driver calls once: it implements the trait for a type `Student`, with the
///   bodies that stand here, and the conversions `wire()` and `native()` of each mirror.
///
/// In a body, `?` converts an error of the student's for the wire. A task is left out of the driver under
/// `--cfg missing_TASK`. Arguments and results are plain serde data: types of a student never cross the wire.
///
/// A `session` makes one value, `state`, and takes it through steps; its reply is the `Result` of each:
/// `session cache(shape: MirrorShape) of CacheStep { Cache::new(shape)? }`. A step can be for some tasks alone:
/// `generate(prompt: Vec<usize>) in generate { .. }`.
///
/// A contract without tasks, `pub trait Name { fn f(x: u8) -> u8; }`, has no driver: its trait is implemented by hand.
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
