//! The macro that generates a trait, requests, dispatch and a client from one list of functions.

/// Defines a module's contract.
///
/// For
/// ```
/// grader_protocol::contract! {
///     /// The functions of a `greeting` submission.
///     pub trait Greeting {
///         /// Greets `name`.
///         fn greet(name: String) -> String;
///     }
/// }
/// # struct Polite;
/// # impl Greeting for Polite {
/// #     fn greet(&mut self, name: String) -> grader_protocol::Answer<String> { Ok(format!("Dear {name}")) }
/// # }
/// let mut wire = grader_protocol::InProcess::new(|request| dispatch(&mut Polite, request));
/// assert_eq!(Client::new(&mut wire).greet("Ada".into()).unwrap(), "Dear Ada");
/// # let request = grader_protocol::private::postcard::to_stdvec(&Request::greet { name: "Ada".into() }).unwrap();
/// # let reply = dispatch(&mut Polite, &request);
/// assert_eq!(describe(&request, Some(&reply)), r#"greet(name = "Ada") = "Dear Ada""#);
/// ```
/// the macro generates the trait `Greeting` (implemented once, by the driver, around the student's
/// code), the enum `Request`, the functions `dispatch` and `describe`, and the judge's `Client`.
///
/// Arguments and results are plain serde data. Types defined by a student never cross the wire.
#[macro_export]
macro_rules! contract {
    (
        $(#[$trait_meta:meta])*
        pub trait $Trait:ident {
            $(
                $(#[$meta:meta])*
                fn $name:ident($($arg:ident: $Arg:ty),* $(,)?) -> $Ret:ty;
            )+
        }
    ) => {
        $(#[$trait_meta])*
        pub trait $Trait {
            $(
                $(#[$meta])*
                ///
                /// # Errors
                /// The error returned by the student's function.
                fn $name(&mut self, $($arg: $Arg),*) -> $crate::Answer<$Ret>;
            )+
        }

        /// One call in its encoded form.
        #[allow(non_camel_case_types, missing_docs, reason = "variants are named as the functions")]
        #[derive($crate::private::serde::Serialize, $crate::private::serde::Deserialize)]
        #[serde(crate = "grader_protocol::private::serde")]
        pub enum Request {
            $( $name { $($arg: $Arg),* } ),+
        }

        /// Answers one encoded request. If it cannot be decoded, the reply is
        /// [`grader_protocol::Reply::Malformed`]: the judge and the driver were built from
        /// different contracts.
        pub fn dispatch(module: &mut dyn $Trait, request: &[u8]) -> Vec<u8> {
            match $crate::private::postcard::from_bytes(request) {
                $( Ok(Request::$name { $($arg),* }) => {
                    $crate::encode_reply(&module.$name($($arg),*).into())
                } )+
                Err(error) => $crate::encode_reply(
                    &$crate::Reply::<()>::Malformed { message: error.to_string() },
                ),
            }
        }

        /// A call and its answer as text: `greet(name = "Ada") = "Dear Ada"`.
        pub fn describe(request: &[u8], reply: Option<&[u8]>) -> String {
            match $crate::private::postcard::from_bytes(request) {
                $( Ok(Request::$name { $($arg),* }) => {
                    let answer = reply.map($crate::decode_reply::<$Ret>);
                    $crate::call_text(
                        stringify!($name),
                        &[$((stringify!($arg), &$arg as &dyn ::std::fmt::Debug)),*],
                        answer.as_ref().map(|answer| {
                            answer.as_ref().map(|value| value as &dyn ::std::fmt::Debug)
                        }),
                    )
                } )+
                Err(error) => format!("a request that cannot be read: {error}"),
            }
        }

        /// The judge's side: the same functions, called over a transport.
        pub struct Client<'a> {
            wire: &'a mut dyn $crate::Transport,
        }

        impl<'a> Client<'a> {
            /// A client over `wire`.
            pub fn new(wire: &'a mut dyn $crate::Transport) -> Self {
                Self { wire }
            }

            /// The cost of the last call, measured outside the student's code.
            pub fn cost(&self) -> $crate::CallCost {
                self.wire.last_cost()
            }

            $(
                $(#[$meta])*
                ///
                /// # Errors
                /// The reason the student's code gave no answer.
                pub fn $name(&mut self, $($arg: $Arg),*) -> Result<$Ret, $crate::CallFailure> {
                    let request = Request::$name { $($arg),* };
                    let bytes = $crate::private::postcard::to_stdvec(&request)
                        .map_err($crate::CallFailure::unencodable)?;
                    let reply = self.wire.call(&bytes);
                    self.wire.note_call(describe, &bytes, reply.as_deref().ok());
                    $crate::decode_reply(&reply?)
                }
            )+
        }
    };
}
