//! Probes of functions, methods and associated functions.

use crate::interface::ProbeKind;
use crate::printed::printed;
use crate::qualify::{CrateScope, PathQualifier};
use std::collections::BTreeSet;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericParam, Generics, Lifetime, Pat, PathArguments, ReturnType, Signature, Type,
    TypeParamBound,
};

/// The `impl` block (or trait) that a function is in.
pub(crate) struct FunctionOwner<'a> {
    /// The type's public path, without the crate's name.
    pub(crate) path: String,
    pub(crate) generics: &'a Generics,
    pub(crate) self_type: &'a Type,
    /// `impl<C: Clock> Timer<C>`, where the type has parameters.
    pub(crate) header: Option<String>,
    /// Another crate has to import a trait to call its methods with a dot.
    pub(crate) is_trait: bool,
}

/// A public function of the reference.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// As another crate calls it: `hashing::Table::get`.
    path: String,
    name: String,
    /// Generic parameters of the `impl` block that have no concrete type, then those of the function.
    outer: Vec<String>,
    inner: Vec<String>,
    /// The receiver's type.
    receiver: Option<String>,
    params: Vec<FunctionParam>,
    output: Output,
    /// Whether the type of a function pointer can say it.
    has_pointer: bool,
    is_of_trait: bool,
    /// Public types of the crate in the signature.
    pub(crate) types: BTreeSet<String>,
}

#[derive(Clone, Debug)]
enum Output {
    Nothing,
    Value(String),
    /// A shared reference, and the type that it points to.
    Reference(String, String),
}

#[derive(Clone, Debug)]
enum FunctionParam {
    Value(String),
    Closure(ClosureArgument),
}

/// An argument of type `impl Fn(..)`.
#[derive(Clone, Debug)]
struct ClosureArgument {
    kind: String,
    inputs: Vec<String>,
    output: String,
}

/// The lifetime of a receiver that the output borrows from.
const RECEIVER: &str = "'receiver";

impl Function {
    /// `None` when another crate cannot write the signature.
    pub(crate) fn read(
        scope: &CrateScope<'_>,
        module: &[String],
        signature: &Signature,
        (owner, path): (Option<&FunctionOwner<'_>>, &str),
    ) -> Option<Self> {
        let mut types = PathQualifier::new(scope, module);
        let mut outer = Vec::new();
        if let Some(owner) = owner {
            let kept = types.instantiate(owner.generics);
            outer = lifetimes(owner.generics);
            outer.extend(declared(&mut types, &kept));
            let this = types.qualified(owner.self_type);
            types.replace("Self", this);
        }
        let kept = types.instantiate(&signature.generics);
        let (closures, kept): (Vec<_>, Vec<_>) =
            kept.into_iter().partition(|(_, bounds)| closure_bound(bounds).is_some());
        let mut inner = lifetimes(&signature.generics);
        inner.extend(declared(&mut types, &kept));
        let mut receiver = None;
        let mut params = Vec::new();
        for input in &signature.inputs {
            match input {
                FnArg::Receiver(this) => receiver = Some(types.qualified(&this.ty)),
                FnArg::Typed(param) => {
                    params.push(param_of(&mut types, &param.ty, &closures));
                }
            }
        }
        let mut output = match &signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(types.qualified(ty)),
        };
        if let (Some(Type::Reference(this)), Some(output)) = (&mut receiver, &mut output) {
            let mut elided = NamedElision::default();
            elided.visit_type_mut(output);
            if elided.found && this.lifetime.is_none() {
                this.lifetime = Some(Lifetime::new(RECEIVER, proc_macro2::Span::call_site()));
                inner.insert(0, RECEIVER.to_owned());
            }
        }
        let is_value = |param: &FunctionParam| matches!(param, FunctionParam::Value(ty) if !ty.contains("impl "));
        let are_lifetimes = |names: &[String]| names.iter().all(|name| name.starts_with('\''));
        let has_pointer =
            params.iter().all(is_value) && are_lifetimes(&outer) && are_lifetimes(&inner);
        (!types.is_hidden).then(|| Self {
            path: format!("{}::{path}", scope.crate_name),
            name: signature.ident.to_string(),
            outer,
            inner,
            receiver: receiver.as_ref().map(printed),
            params,
            output: Output::of(output.as_ref()),
            has_pointer,
            is_of_trait: owner.is_some_and(|owner| owner.is_trait),
            types: types.types,
        })
    }

    /// The code of a probe; `None` when there is none of that kind.
    pub(crate) fn code(&self, kind: ProbeKind) -> Option<String> {
        match kind {
            ProbeKind::Use => Some(self.call(!self.is_of_trait)),
            ProbeKind::Path => Some(self.call(false)),
            ProbeKind::Exact => self.has_pointer.then(|| self.pointer()),
        }
    }

    /// A call with arguments of the reference's types.
    fn call(&self, as_method: bool) -> String {
        let receiver = self.receiver.iter().map(|ty| (format!("this: {ty}"), "this".to_owned()));
        let mut states = Vec::new();
        let mut arguments = Vec::new();
        let mut declared: Vec<String> = receiver.clone().map(|(declared, _)| declared).collect();
        for (at, param) in self.params.iter().enumerate() {
            match param {
                FunctionParam::Value(ty) => {
                    declared.push(format!("p{at}: {ty}"));
                    arguments.push(format!("p{at}"));
                }
                FunctionParam::Closure(closure) => {
                    states.push(format!("let mut state{at} = ::std::string::String::new(); "));
                    arguments.push(closure.written(&format!("state{at}")));
                }
            }
        }
        let states = states.concat();
        let arguments = arguments.join(", ");
        let call = match &self.receiver {
            Some(_) if as_method => format!("this.{}({arguments})", self.name),
            Some(_) if arguments.is_empty() => format!("{}(this)", self.path),
            Some(_) => format!("{}(this, {arguments})", self.path),
            None => format!("{}({arguments})", self.path),
        };
        let generics: Vec<_> = self.inner.iter().chain(&self.outer).cloned().collect();
        let head = format!("fn probe{}({})", in_angles(generics), declared.join(", "));
        match &self.output {
            Output::Nothing => format!("{head} {{ {states}{call}; }}"),
            // The owned value fits as well, and so does a smart pointer to it.
            Output::Reference(_, target) => {
                format!("{head} {{ {states}let value = {call}; let _: &{target} = &value; }}")
            }
            Output::Value(ty) => format!("{head} -> {ty} {{ {states}{call} }}"),
        }
    }

    /// A pointer to the function, for all lifetimes.
    fn pointer(&self) -> String {
        let values = self.params.iter().filter_map(|param| match param {
            FunctionParam::Value(ty) => Some(ty),
            FunctionParam::Closure(_) => None,
        });
        let inputs: Vec<_> = self.receiver.iter().chain(values).cloned().collect();
        let output = match &self.output {
            Output::Nothing => String::new(),
            Output::Value(ty) | Output::Reference(ty, _) => format!(" -> {ty}"),
        };
        let lifetimes = if self.inner.is_empty() {
            String::new()
        } else {
            format!("for{} ", in_angles(self.inner.clone()))
        };
        format!(
            "fn probe{}() {{ let _: {lifetimes}fn({}){output} = {}; }}",
            in_angles(self.outer.clone()),
            inputs.join(", "),
            self.path
        )
    }
}

impl Output {
    fn of(ty: Option<&Type>) -> Self {
        match ty {
            None => Self::Nothing,
            Some(Type::Reference(reference)) if reference.mutability.is_none() => {
                Self::Reference(printed(reference), printed(&reference.elem))
            }
            Some(ty) => Self::Value(printed(ty)),
        }
    }
}

impl ClosureArgument {
    /// A closure of this kind and no better one: it changes its state, or consumes it.
    fn written(&self, state: &str) -> String {
        let inputs: Vec<_> = self.inputs.iter().map(|ty| format!("_: {ty}")).collect();
        let body = match self.kind.as_str() {
            "FnOnce" => format!("drop({state}); "),
            "FnMut" => format!("{state}.clear(); "),
            _ => String::new(),
        };
        format!("move |{}| -> {} {{ {body}unreachable!() }}", inputs.join(", "), self.output)
    }
}

/// The signature as written, on one line.
pub(crate) fn written(visibility: &syn::Visibility, signature: &Signature) -> String {
    let mut signature = signature.clone();
    for input in &mut signature.inputs {
        match input {
            FnArg::Receiver(this) => this.attrs.clear(),
            FnArg::Typed(param) => {
                param.attrs.clear();
                if let Pat::Ident(name) = &mut *param.pat {
                    name.mutability = None;
                }
            }
        }
    }
    printed(&quote::quote!(#visibility #signature))
}

fn param_of(
    types: &mut PathQualifier<'_>,
    ty: &Type,
    closures: &[(String, Vec<TypeParamBound>)],
) -> FunctionParam {
    let named = closures.iter().find(|(name, _)| printed(ty) == *name);
    let bound = match (ty, named) {
        (Type::ImplTrait(anonymous), _) => {
            closure_bound(&anonymous.bounds.iter().cloned().collect::<Vec<_>>())
        }
        (_, Some((_, bounds))) => closure_bound(bounds),
        _ => None,
    };
    let Some((kind, arguments)) = bound else {
        return FunctionParam::Value(printed(&types.qualified(ty)));
    };
    let output = match &arguments.output {
        ReturnType::Default => "()".to_owned(),
        ReturnType::Type(_, ty) => printed(&types.qualified(ty)),
    };
    let inputs = arguments.inputs.iter().map(|ty| printed(&types.qualified(ty))).collect();
    FunctionParam::Closure(ClosureArgument { kind, inputs, output })
}

/// The trait and the arguments of the first bound that a closure satisfies.
fn closure_bound(
    bounds: &[TypeParamBound],
) -> Option<(String, syn::ParenthesizedGenericArguments)> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last()?;
        let PathArguments::Parenthesized(arguments) = &last.arguments else { return None };
        Some((last.ident.to_string(), arguments.clone()))
    })
}

/// The lifetime parameters: `'a`.
pub(crate) fn lifetimes(generics: &Generics) -> Vec<String> {
    generics.lifetimes().map(|one| printed(&one.lifetime)).collect()
}

/// Type parameters with their bounds, as they are declared: `T: Into<f64>`.
fn declared(types: &mut PathQualifier<'_>, kept: &[(String, Vec<TypeParamBound>)]) -> Vec<String> {
    let declare = |(name, bounds): &(String, Vec<TypeParamBound>)| {
        let param: GenericParam = syn::parse_str(name).ok()?;
        let GenericParam::Type(mut param) = param else { return None };
        param.bounds = bounds.iter().cloned().collect();
        types.visit_type_param_mut(&mut param);
        Some(printed(&param))
    };
    kept.iter().filter_map(declare).collect()
}

/// `<'a, T>`, or nothing.
pub(crate) fn in_angles(mut names: Vec<String>) -> String {
    // Lifetimes come first.
    names.sort_by_key(|name| !name.starts_with('\''));
    if names.is_empty() { String::new() } else { format!("<{}>", names.join(", ")) }
}

/// Names the lifetimes that an output leaves out.
#[derive(Default)]
struct NamedElision {
    found: bool,
}

impl VisitMut for NamedElision {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(Lifetime::new("'_", proc_macro2::Span::call_site()));
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = Lifetime::new(RECEIVER, lifetime.span());
            self.found = true;
        }
    }

    // These have lifetimes of their own.
    fn visit_type_bare_fn_mut(&mut self, _: &mut syn::TypeBareFn) {}
    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        _: &mut syn::ParenthesizedGenericArguments,
    ) {
    }
}
