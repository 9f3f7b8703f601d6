//! What judge and driver share: plain data, the trait, requests and their dispatch, the client.

use crate::parse::{
    Argument, Contract, Function, Mirror, MirrorShape, MirrorVariant, Session, SessionSteps,
};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Ident, Type};

/// A request: a function or a session.
pub struct Call<'a> {
    pub attributes: &'a [Attribute],
    pub name: &'a Ident,
    pub arguments: Vec<Argument>,
    pub returned: Type,
}

impl Contract {
    /// Every request, in the order of the declaration.
    pub fn calls(&self) -> Vec<Call<'_>> {
        let mut calls: Vec<Call> = self.functions.iter().map(Call::of_function).collect();
        for task in &self.tasks {
            calls.extend(task.functions.iter().map(Call::of_function));
            let sessions = task.sessions.iter();
            calls
                .extend(sessions.filter_map(|session| {
                    Some(Call::of_session(session, self.steps_of(session)?))
                }));
        }
        calls
    }
}

impl<'a> Call<'a> {
    fn of_function(function: &'a Function) -> Self {
        Self {
            attributes: &function.attributes,
            name: &function.name,
            arguments: function.arguments.clone(),
            returned: function.returned.clone(),
        }
    }

    fn of_session(session: &'a Session, steps: &SessionSteps) -> Self {
        let kind = &steps.name;
        let reply = &steps.reply;
        let mut arguments = session.arguments.clone();
        arguments
            .push(Argument { name: format_ident!("steps"), of: syn::parse_quote!(Vec<#kind>) });
        Self {
            attributes: &session.attributes,
            name: &session.name,
            arguments,
            returned: syn::parse_quote!(Vec<::grader_protocol::Answer<#reply>>),
        }
    }

    /// `a: A, b: B`.
    fn parameters(&self) -> Vec<TokenStream> {
        self.arguments.iter().map(|Argument { name, of }| quote!(#name: #of)).collect()
    }

    fn names(&self) -> Vec<&Ident> {
        self.arguments.iter().map(|argument| &argument.name).collect()
    }
}

/// All items of the contract's own crate.
pub fn items(contract: &Contract) -> TokenStream {
    let plain =
        contract.plain.iter().map(|plain| definition(&plain.attributes, &plain.name, &plain.shape));
    let mirrors = contract.mirrors.iter().map(mirror);
    let steps = contract.steps.iter().map(step_kinds);
    let calls = contract.calls();
    let the_trait = trait_of(contract, &calls);
    let request = request(&calls);
    let dispatch = dispatch(&contract.name, &calls);
    let describe = describe(&calls);
    let client = client(&calls);
    let replies = replies(&calls);
    let tasks = if contract.tasks.is_empty() { TokenStream::new() } else { tasks(contract) };
    quote! { #(#plain)* #(#mirrors)* #(#steps)* #the_trait #request #dispatch #describe #client #replies #tasks }
}

/// The attributes of every type that crosses the wire.
fn plain_data() -> TokenStream {
    quote! {
        #[allow(missing_docs, reason = "named as in the submission")]
        #[derive(
            Clone, Debug, PartialEq,
            ::grader_protocol::private::serde::Serialize, ::grader_protocol::private::serde::Deserialize,
        )]
        #[serde(crate = "::grader_protocol::private::serde")]
    }
}

fn mirror(mirror: &Mirror) -> TokenStream {
    let native = &mirror.native;
    let native = quote!(#native).to_string().replace(' ', "");
    let doc = format!("`{native}` as plain data.");
    let definition = definition(&mirror.attributes, &mirror.name, &mirror.shape);
    quote! { #[doc = #doc] #definition }
}

fn definition(attributes: &[Attribute], name: &Ident, shape: &MirrorShape) -> TokenStream {
    let derive = plain_data();
    let kind = match shape {
        MirrorShape::Struct(fields) => {
            let fields = fields.iter().map(|field| {
                let Argument { name, of } = &field.argument;
                quote!(pub #name: #of)
            });
            quote!(struct #name { #(#fields),* })
        }
        MirrorShape::Enum(variants) => {
            let variants = variants.iter().map(variant_of);
            quote!(enum #name { #(#variants),* })
        }
    };
    quote! { #(#attributes)* #derive pub #kind }
}

fn variant_of(variant: &MirrorVariant) -> TokenStream {
    let name = &variant.name;
    let types = variant.fields.iter().map(|field| &field.of);
    let fields = variant.fields.iter().map(|Argument { name, of }| quote!(#name: #of));
    if variant.is_tuple {
        quote!(#name(#(#types),*))
    } else if variant.fields.is_empty() {
        quote!(#name)
    } else {
        quote!(#name { #(#fields),* })
    }
}

/// `truncate` as a variant: `Truncate`.
pub fn variant(step: &Ident) -> Ident {
    let words = step.to_string();
    let words = words.split('_').map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    });
    let name: Vec<String> = words.collect();
    Ident::new(&name.concat(), step.span())
}

fn step_kinds(steps: &SessionSteps) -> TokenStream {
    let SessionSteps { attributes, name, steps, .. } = steps;
    let derive = plain_data();
    let variants = steps.iter().map(|step| {
        let attributes = &step.attributes;
        let name = variant(&step.name);
        let types = step.arguments.iter().map(|argument| &argument.of);
        let fields =
            if step.arguments.is_empty() { TokenStream::new() } else { quote!((#(#types),*)) };
        quote!(#(#attributes)* #name #fields)
    });
    quote! { #(#attributes)* #derive pub enum #name { #(#variants),* } }
}

fn trait_of(contract: &Contract, calls: &[Call]) -> TokenStream {
    let Contract { attributes, name, .. } = contract;
    let functions = calls.iter().map(|call| {
        let Call { attributes, name, returned, .. } = call;
        let parameters = call.parameters();
        quote! {
            #(#attributes)*
            ///
            /// # Errors
            /// The error returned by the student's function.
            fn #name(&mut self, #(#parameters),*) -> ::grader_protocol::Answer<#returned>;
        }
    });
    quote! { #(#attributes)* pub trait #name { #(#functions)* } }
}

fn request(calls: &[Call]) -> TokenStream {
    let variants = calls.iter().map(|call| {
        let name = call.name;
        let parameters = call.parameters();
        quote!(#name { #(#parameters),* })
    });
    quote! {
        /// One call in its encoded form.
        #[allow(non_camel_case_types, missing_docs, reason = "variants are named as the functions")]
        #[derive(::grader_protocol::private::serde::Serialize, ::grader_protocol::private::serde::Deserialize)]
        #[serde(crate = "::grader_protocol::private::serde")]
        pub enum Request { #(#variants),* }
    }
}

fn dispatch(name: &Ident, calls: &[Call]) -> TokenStream {
    let arms = calls.iter().map(|call| {
        let name = call.name;
        let names = call.names();
        quote! {
            Ok(Request::#name { #(#names),* }) => {
                ::grader_protocol::encode_reply(&module.#name(#(#names),*).into())
            }
        }
    });
    quote! {
        /// Answers one encoded request. If it cannot be decoded, the reply is
        /// [`grader_protocol::Reply::Malformed`]: judge and driver were built from different contracts.
        #[allow(clippy::too_many_lines, reason = "one arm for each request")]
        pub fn dispatch(module: &mut dyn #name, request: &[u8]) -> Vec<u8> {
            match ::grader_protocol::private::postcard::from_bytes(request) {
                #(#arms)*
                Err(error) => ::grader_protocol::encode_reply(
                    &::grader_protocol::Reply::<()>::Malformed { message: error.to_string() },
                ),
            }
        }
    }
}

fn describe(calls: &[Call]) -> TokenStream {
    let arms = calls.iter().map(|call| {
        let Call { name, returned, .. } = call;
        let names = call.names();
        let texts: Vec<String> = names.iter().map(ToString::to_string).collect();
        let name_text = name.to_string();
        quote! {
            Ok(Request::#name { #(#names),* }) => {
                let answer = reply.map(::grader_protocol::decode_reply::<#returned>);
                ::grader_protocol::call_text(
                    #name_text,
                    &[#((#texts, &#names as &dyn ::std::fmt::Debug)),*],
                    answer.as_ref().map(|answer| {
                        answer.as_ref().map(|value| value as &dyn ::std::fmt::Debug)
                    }),
                )
            }
        }
    });
    quote! {
        /// A call and its answer as text: `greet(name = "Ada") = "Dear Ada"`.
        #[allow(clippy::too_many_lines, reason = "one arm for each request")]
        pub fn describe(request: &[u8], reply: Option<&[u8]>) -> String {
            match ::grader_protocol::private::postcard::from_bytes(request) {
                #(#arms)*
                Err(error) => format!("a request that cannot be read: {error}"),
            }
        }
    }
}

fn client(calls: &[Call]) -> TokenStream {
    let functions = calls.iter().map(|call| {
        let Call { attributes, name, returned, .. } = call;
        let parameters = call.parameters();
        let names = call.names();
        quote! {
            #(#attributes)*
            ///
            /// # Errors
            /// The reason the student's code gave no answer.
            pub fn #name(&mut self, #(#parameters),*) -> Result<#returned, ::grader_protocol::CallFailure> {
                let request = Request::#name { #(#names),* };
                let bytes = ::grader_protocol::private::postcard::to_stdvec(&request)
                    .map_err(::grader_protocol::CallFailure::unencodable)?;
                let reply = self.wire.call(&bytes);
                self.wire.note_call(describe, &bytes, reply.as_deref().ok());
                ::grader_protocol::decode_reply(&reply?)
            }
        }
    });
    quote! {
        /// The judge's side: the same functions, called over a transport.
        pub struct Client<'a> {
            wire: &'a mut dyn ::grader_protocol::Transport,
        }

        impl<'a> Client<'a> {
            /// A client over `wire`.
            pub fn new(wire: &'a mut dyn ::grader_protocol::Transport) -> Self {
                Self { wire }
            }

            /// The cost of the last call, measured outside the student's code.
            pub fn cost(&self) -> ::grader_protocol::CallCost {
                self.wire.last_cost()
            }

            /// Ends the process of the student's code. The next call has a fresh one, to which nothing has come over: no
            /// memory, and no file.
            ///
            /// # Errors
            /// [`CallFailure::Fault`](::grader_protocol::CallFailure::Fault) if the process cannot be ended.
            pub fn fresh_process(&mut self) -> Result<(), ::grader_protocol::CallFailure> {
                self.wire.refresh()
            }

            #(#functions)*
        }
    }
}

fn replies(calls: &[Call]) -> TokenStream {
    let replies = calls.iter().map(|call| {
        let name = call.name.to_string();
        let returned = &call.returned;
        quote!((#name, |reply| ::grader_protocol::decode_reply::<#returned>(reply).err()))
    });
    quote! {
        /// For each call, how bytes are read as its reply.
        pub const REPLIES: &[(&str, ::grader_protocol::ReadReply)] = &[#(#replies),*];
    }
}

fn tasks(contract: &Contract) -> TokenStream {
    let tasks = contract.tasks.iter().map(|task| {
        let name = task.name.to_string();
        let needs = task.needs.iter().map(ToString::to_string);
        let functions = task.functions.iter().map(|function| function.name.to_string());
        let sessions = task.sessions.iter().map(|session| session.name.to_string());
        let calls: Vec<String> = functions.chain(sessions).collect();
        quote! {
            ::grader_protocol::TaskCalls { name: #name, needs: &[#(#needs),*], calls: &[#(#calls),*] }
        }
    });
    quote! {
        /// The tasks, what each needs of others, and its calls.
        pub const TASKS: &[::grader_protocol::TaskCalls] = &[#(#tasks),*];
    }
}

/// The name of the macro that makes the driver: `greeting_driver` for the trait `Greeting`.
pub fn driver_macro(contract: &Contract) -> Ident {
    let mut snake = String::new();
    for (at, letter) in contract.name.to_string().char_indices() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    Ident::new(&format!("{snake}_driver"), Span::call_site())
}
