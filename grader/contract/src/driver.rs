//! The driver's side: the contract's trait, implemented around the student's crate.
//!
//! It is a macro of the contract's crate, because only the driver's crate knows the student's. Each task is left out
//! under `--cfg missing_TASK`, so that a changed signature costs only the tasks that use it.

use crate::parse::{
    Argument, Contract, Function, Mirror, MirrorDirection, MirrorField, MirrorShape, MirrorVariant,
    Session, Step, Task,
};
use crate::wire::{driver_macro, variant};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

/// The macro, to be called once in the driver.
pub fn items(contract: &Contract) -> TokenStream {
    let macro_name = driver_macro(contract);
    let trait_name = &contract.name;
    let conversions = conversions();
    let mirrors = contract.mirrors.iter().map(mirror);
    let functions = contract.tasks.iter().flat_map(|task| of_task(contract, task));
    let lines = any_length();
    quote! {
        /// Implements the contract around the student's crate: `Student`, and `wire()` and `native()`, which convert
        /// between its types and plain data.
        #[allow(clippy::crate_in_macro_def, reason = "the driver's crate is meant: it knows the student's")]
        #[macro_export]
        macro_rules! #macro_name {
            () => {
                #[allow(unused_imports, reason = "unused when all tasks are missing")]
                use super::contract::{self, *};
                #[allow(unused_imports, reason = "not every contract uses all")]
                use ::grader_protocol::{Answer, Bytes, Floats, StudentError};
                #conversions
                #(#mirrors)*

                /// The student's code as an implementation of the contract.
                #[derive(Default)]
                pub struct Student;

                #[allow(unused_variables, reason = "the arguments of a missing task")]
                #[allow(clippy::needless_pass_by_value, reason = "requests arrive by value")]
                #[allow(clippy::redundant_closure_call, reason = "a body may use `?`")]
                #lines
                impl contract::#trait_name for Student { #(#functions)* }
            };
        }
    }
}

/// The types that are plain data themselves.
const SAME_ON_BOTH_SIDES: [&str; 11] =
    ["bool", "u8", "u32", "u64", "usize", "i8", "i32", "i64", "f32", "f64", "String"];

/// The conversions, as traits of the driver's own crate: neither side's types are.
fn conversions() -> TokenStream {
    let lines = any_length();
    let same = SAME_ON_BOTH_SIDES.map(|name| {
        let one = format_ident!("{name}");
        quote! {
            #lines
            impl Wire for #one {
                type Plain = Self;
                fn wire(&self) -> Self {
                    self.clone()
                }
            }
            #lines
            impl Native for #one {
                type Own = Self;
                fn native(&self) -> Self {
                    self.clone()
                }
            }
        }
    });
    quote! {
        /// Converts to plain data.
        #[allow(dead_code, reason = "unused when the tasks that need it are missing")]
        pub(super) trait Wire {
            type Plain;
            fn wire(&self) -> Self::Plain;
        }

        /// Converts plain data to the student's type.
        #[allow(dead_code, reason = "unused when the tasks that need it are missing")]
        pub(super) trait Native {
            type Own;
            fn native(&self) -> Self::Own;
        }

        #(#same)*

        #lines

        impl<T: Wire> Wire for Vec<T> {
            type Plain = Vec<T::Plain>;
            fn wire(&self) -> Self::Plain {
                self.iter().map(Wire::wire).collect()
            }
        }
        #lines
        impl<T: Native> Native for Vec<T> {
            type Own = Vec<T::Own>;
            fn native(&self) -> Self::Own {
                self.iter().map(Native::native).collect()
            }
        }
        #lines
        impl<T: Wire> Wire for Option<T> {
            type Plain = Option<T::Plain>;
            fn wire(&self) -> Self::Plain {
                self.as_ref().map(Wire::wire)
            }
        }
        #lines
        impl<T: Native> Native for Option<T> {
            type Own = Option<T::Own>;
            fn native(&self) -> Self::Own {
                self.as_ref().map(Native::native)
            }
        }
        #lines
        impl<A: Wire, B: Wire> Wire for (A, B) {
            type Plain = (A::Plain, B::Plain);
            fn wire(&self) -> Self::Plain {
                (self.0.wire(), self.1.wire())
            }
        }
        #lines
        impl<A: Native, B: Native> Native for (A, B) {
            type Own = (A::Own, B::Own);
            fn native(&self) -> Self::Own {
                (self.0.native(), self.1.native())
            }
        }
    }
}

/// To clippy, each function of the macro is as long as the whole declaration.
fn any_length() -> TokenStream {
    quote!(#[allow(clippy::too_many_lines, reason = "the lines of the whole declaration are counted")])
}

fn missing(task: &Ident) -> Ident {
    format_ident!("missing_{task}")
}

fn mirror(mirror: &Mirror) -> TokenStream {
    let Mirror { name, native, direction, tasks, shape, .. } = mirror;
    let lines = any_length();
    let condition = if tasks.is_empty() {
        TokenStream::new()
    } else {
        let missing = tasks.iter().map(missing);
        quote!(#[cfg(not(all(#(#missing),*)))])
    };
    let to_wire = (*direction != MirrorDirection::ToNative).then(|| {
        let body = match shape {
            MirrorShape::Struct(fields) => {
                let values = fields.iter().map(to_wire);
                quote!({ let it = self; contract::#name { #(#values),* } })
            }
            MirrorShape::Enum(variants) => {
                let from = quote!(#native);
                let to = quote!(contract::#name);
                arms(variants, &from, &to, &quote!(Wire::wire))
            }
        };
        quote! {
            #condition
            #lines
            impl Wire for #native {
                type Plain = contract::#name;
                fn wire(&self) -> Self::Plain { #body }
            }
        }
    });
    let to_native = (*direction != MirrorDirection::ToWire).then(|| {
        let body = match shape {
            MirrorShape::Struct(fields) => {
                let names = fields.iter().map(|field| &field.argument.name);
                quote!(#native { #(#names: Native::native(&self.#names)),* })
            }
            MirrorShape::Enum(variants) => {
                let from = quote!(contract::#name);
                let to = quote!(#native);
                arms(variants, &from, &to, &quote!(Native::native))
            }
        };
        quote! {
            #condition
            #lines
            impl Native for contract::#name {
                type Own = #native;
                fn native(&self) -> Self::Own { #body }
            }
        }
    });
    quote! { #to_wire #to_native }
}

fn to_wire(field: &MirrorField) -> TokenStream {
    let name = &field.argument.name;
    if let Some(value) = &field.value {
        quote!(#name: #value)
    } else {
        quote!(#name: Wire::wire(&it.#name))
    }
}

fn arms(
    variants: &[MirrorVariant],
    from: &TokenStream,
    to: &TokenStream,
    convert: &TokenStream,
) -> TokenStream {
    let arms = variants.iter().map(|variant| {
        let name = &variant.name;
        let names: Vec<&Ident> = variant.fields.iter().map(|field| &field.name).collect();
        if names.is_empty() {
            return quote!(#from::#name => #to::#name);
        }
        if variant.is_tuple {
            return quote!(#from::#name(#(#names),*) => #to::#name(#(#convert(#names)),*));
        }
        quote!(#from::#name { #(#names),* } => #to::#name { #(#names: #convert(#names)),* })
    });
    quote!(match self { #(#arms),* })
}

/// The methods of one task.
fn of_task(contract: &Contract, task: &Task) -> Vec<TokenStream> {
    let functions = task.functions.iter().map(|function| function_of(&task.name, function));
    let sessions = task.sessions.iter().map(|session| session_of(contract, &task.name, session));
    functions.chain(sessions).collect()
}

fn parameters(arguments: &[Argument]) -> Vec<TokenStream> {
    arguments.iter().map(|Argument { name, of }| quote!(#name: #of)).collect()
}

/// The answer of a task that may be missing.
fn answer_of(task: &Ident, answer: &TokenStream) -> TokenStream {
    let missing = missing(task);
    let name = task.to_string();
    quote! {
        #[cfg(not(#missing))]
        let answer = #answer;
        #[cfg(#missing)]
        let answer = Err(::grader_protocol::StudentError::missing_task(#name));
        answer
    }
}

fn function_of(task: &Ident, function: &Function) -> TokenStream {
    let Function { name, arguments, returned, body, .. } = function;
    let parameters = parameters(arguments);
    let answer =
        answer_of(task, &quote!((|| -> ::grader_protocol::Answer<#returned> { Ok(#body) })()));
    quote! {
        fn #name(&mut self, #(#parameters),*) -> ::grader_protocol::Answer<#returned> { #answer }
    }
}

fn session_of(contract: &Contract, task: &Ident, session: &Session) -> TokenStream {
    let Session { name, arguments, body, .. } = session;
    let Some(steps) = contract.steps_of(session) else { return TokenStream::new() };
    let parameters = parameters(arguments);
    let reply = &steps.reply;
    let kind = &steps.name;
    let arms = steps.steps.iter().map(|step| arm(kind, task, step));
    let returned = quote!(Vec<::grader_protocol::Answer<#reply>>);
    let answer = answer_of(
        task,
        &quote! {
            (|| -> ::grader_protocol::Answer<#returned> {
                #[allow(unused_mut, reason = "a step may need it")]
                let mut state = #body;
                let replies = steps.into_iter().map(|step| -> ::grader_protocol::Answer<#reply> {
                    Ok(match step { #(#arms),* })
                });
                Ok(replies.collect())
            })()
        },
    );
    quote! {
        fn #name(&mut self, #(#parameters,)* steps: Vec<contract::#kind>) -> ::grader_protocol::Answer<#returned> {
            #answer
        }
    }
}

fn arm(kind: &Ident, task: &Ident, step: &Step) -> TokenStream {
    let Step { name, arguments, tasks, body, .. } = step;
    let name = variant(name);
    let names = arguments.iter().map(|argument| &argument.name);
    let fields = if arguments.is_empty() { TokenStream::new() } else { quote!((#(#names),*)) };
    if tasks.is_empty() || tasks.contains(task) {
        return quote!(contract::#kind::#name #fields => #body);
    }
    let what = format!("a step `{name}` here");
    quote!(contract::#kind::#name { .. } => return Err(::grader_protocol::StudentError::unavailable(#what)))
}
