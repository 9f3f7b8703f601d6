//! Probes of structs, enums and constants.

use crate::function::{in_angles, lifetimes};
use crate::interface::ProbeKind;
use crate::printed::printed;
use crate::qualify::{CrateScope, PathQualifier};
use crate::used_names::UsedNames;
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::{Attribute, Fields, Generics, Item, ItemEnum, ItemStruct, Path, Type, Visibility};

/// A public struct or enum of the reference.
#[derive(Clone, Debug)]
pub(crate) struct TypeShape {
    /// With the crate's name and without arguments, as an expression names it.
    path: String,
    /// With arguments.
    ty: String,
    lifetimes: Vec<String>,
    /// `pub struct KvView<'a>`.
    head: String,
    /// The head and what is public in it.
    declaration: String,
    has_type_params: bool,
    parts: ShapeParts,
    /// The traits that the reference implements for it.
    traits: Vec<TraitImpl>,
    /// Whether it is the error of the crate's functions.
    pub(crate) is_error: bool,
}

#[derive(Clone, Debug)]
enum ShapeParts {
    /// The public fields, and whether these are all.
    Fields(Vec<ShapeField>, bool),
    /// The variants, and whether these are all for ever.
    Variants(Vec<ShapeVariant>, bool),
}

#[derive(Clone, Debug)]
struct ShapeField {
    name: String,
    ty: String,
    types: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct ShapeVariant {
    name: String,
    fields: Vec<ShapeField>,
    is_named: bool,
}

/// An implementation of a trait.
#[derive(Clone, Debug)]
pub(crate) struct TraitImpl {
    /// As the reference writes it: `From<TensorError>`.
    pub(crate) written: String,
    /// As another crate writes it.
    pub(crate) path: String,
}

/// A probe of a shape: what to show, and the code.
pub(crate) struct ShapeProbe {
    pub(crate) expected: String,
    pub(crate) kind: ProbeKind,
    pub(crate) code: String,
}

impl TypeShape {
    /// A struct or an enum; `None` for another item.
    pub(crate) fn read(
        scope: &CrateScope<'_>,
        module: &[String],
        item: &Item,
        (path, traits): (&str, Vec<TraitImpl>),
    ) -> Option<Self> {
        let (attributes, generics) = match item {
            Item::Struct(item) => (&item.attrs, &item.generics),
            Item::Enum(item) => (&item.attrs, &item.generics),
            _ => return None,
        };
        let mut types = PathQualifier::new(scope, module);
        let arguments = arguments(&mut types, generics);
        let is_open = attributes.iter().any(|one| one.path().is_ident("non_exhaustive"));
        let (parts, head, declaration) = match item {
            Item::Struct(item) => {
                (fields_of(&types, item, is_open), head(item), declared_struct(item))
            }
            Item::Enum(item) => {
                (variants_of(&types, item, is_open), head(item), declared_enum(item))
            }
            _ => return None,
        };
        let path = format!("{}::{path}", scope.crate_name);
        Some(Self {
            ty: format!("{path}{arguments}"),
            path,
            lifetimes: lifetimes(generics),
            head,
            declaration,
            has_type_params: generics.type_params().next().is_some(),
            parts,
            traits,
            is_error: false,
        })
    }

    /// Public types in the fields and variants that are used.
    pub(crate) fn types(&self, used: Option<&UsedNames>) -> BTreeSet<String> {
        let fields: Vec<&ShapeField> = match &self.parts {
            ShapeParts::Fields(fields, _) => {
                fields.iter().filter(|field| is_used(used, &field.name)).collect()
            }
            ShapeParts::Variants(variants, _) => {
                let variants = variants.iter().filter(|_| !self.is_error);
                let used = variants.filter(|variant| is_used(used, &variant.name));
                used.flat_map(|variant| &variant.fields).collect()
            }
        };
        fields.into_iter().flat_map(|field| field.types.iter().cloned()).collect()
    }

    /// What is probed of it. `suffix` says where a given item was handed out.
    pub(crate) fn probes(&self, used: Option<&UsedNames>, suffix: &str) -> Vec<ShapeProbe> {
        let exact = |expected: String, code| ShapeProbe {
            expected: format!("{expected}{suffix}"),
            kind: ProbeKind::Exact,
            code,
        };
        let mut probes = vec![self.used(used, suffix)];
        match &self.parts {
            ShapeParts::Fields(fields, true) if !fields.is_empty() && !self.has_type_params => {
                let expected = format!("{}, and no other field", self.declaration);
                probes.push(exact(expected, self.literal(fields)));
            }
            ShapeParts::Variants(variants, true)
                if !self.is_error
                    && variants.iter().all(|variant| is_used(used, &variant.name)) =>
            {
                let expected = format!("{}, and no other variant", self.declaration);
                probes.push(exact(expected, self.exhaustive_match(variants)));
            }
            ShapeParts::Fields(..) | ShapeParts::Variants(..) => {}
        }
        if self.has_type_params {
            return probes;
        }
        if self.lifetimes.is_empty() {
            let expected = format!("{}, without parameters, so that it can be kept", self.head);
            let code = format!(
                "fn probe(value: {}) -> ::std::boxed::Box<dyn ::std::any::Any> {{ ::std::boxed::Box::new(value) }}",
                self.ty
            );
            probes.push(exact(expected, code));
        }
        for implemented in &self.traits {
            let expected = format!("{}, which implements {}", self.head, implemented.written);
            probes.push(exact(expected, self.bounds(&[implemented])));
        }
        probes
    }

    /// The parts that are used, each with its type; of the error of the crate's functions the traits of errors.
    fn used(&self, used: Option<&UsedNames>, suffix: &str) -> ShapeProbe {
        let is_of_errors = |one: &&TraitImpl| {
            ["Debug", "Display"].contains(&one.written.rsplit("::").next().unwrap_or_default())
                || one.written.starts_with("From<")
        };
        let traits: Vec<_> =
            self.traits.iter().filter(|_| self.is_error).filter(is_of_errors).collect();
        let bounds = self.bounds(&traits);
        let (code, has_parts) = match &self.parts {
            ShapeParts::Fields(fields, _) => {
                let fields = fields.iter().filter(|field| is_used(used, &field.name));
                let read: Vec<_> = fields
                    .map(|field| format!("let _: &{} = &value.{}; ", field.ty, field.name))
                    .collect();
                let read = read.concat();
                let generics = in_angles(self.lifetimes.clone());
                let code = format!("fn probe{generics}(value: &{}) {{ {read}}}", self.ty);
                (code, !read.is_empty())
            }
            ShapeParts::Variants(variants, _) => {
                // Errors are made by the crate itself. Others only show them.
                let variants = variants.iter().filter(|_| !self.is_error);
                let used: Vec<_> =
                    variants.filter(|variant| is_used(used, &variant.name)).collect();
                (self.made(&used), !used.is_empty())
            }
        };
        let expected = if has_parts { &self.declaration } else { &self.head };
        let implements = match listed(&traits) {
            list if list.is_empty() => String::new(),
            list => format!(", which implements {list}"),
        };
        ShapeProbe {
            expected: format!("{expected}{implements}{suffix}"),
            kind: ProbeKind::Use,
            code: if traits.is_empty() { code } else { format!("{code} {bounds}") },
        }
    }

    /// Makes a value of each variant.
    fn made(&self, variants: &[&ShapeVariant]) -> String {
        let mut params = vec![format!("_: &{}", self.ty)];
        let mut made = Vec::new();
        for (at, variant) in variants.iter().enumerate() {
            let name = |field: usize| format!("p{at}_{field}");
            let given = variant.fields.iter().enumerate();
            params.extend(given.clone().map(|(field, of)| format!("{}: {}", name(field), of.ty)));
            let values: Vec<_> = given
                .map(|(field, of)| {
                    let label =
                        if variant.is_named { format!("{}: ", of.name) } else { String::new() };
                    label + &name(field)
                })
                .collect();
            let values = match (values.is_empty(), variant.is_named) {
                (true, false) => String::new(),
                (_, true) => format!(" {{ {} }}", values.join(", ")),
                (false, false) => format!("({})", values.join(", ")),
            };
            let ShapeVariant { name, .. } = variant;
            made.push(format!("let _: {} = {}::{name}{values}; ", self.ty, self.path));
        }
        let made = made.concat();
        format!("fn probe{}({}) {{ {made}}}", in_angles(self.lifetimes.clone()), params.join(", "))
    }

    fn literal(&self, fields: &[ShapeField]) -> String {
        let params: Vec<_> = fields.iter().map(|one| format!("{}: {}", one.name, one.ty)).collect();
        let names: Vec<_> = fields.iter().map(|one| one.name.as_str()).collect();
        format!(
            "fn probe{}({}) -> {} {{ {} {{ {} }} }}",
            in_angles(self.lifetimes.clone()),
            params.join(", "),
            self.ty,
            self.path,
            names.join(", ")
        )
    }

    fn exhaustive_match(&self, variants: &[ShapeVariant]) -> String {
        let arms: Vec<_> = variants
            .iter()
            .map(|variant| format!("{}::{} {{ .. }} => {{}} ", self.path, variant.name))
            .collect();
        let arms = arms.concat();
        let generics = in_angles(self.lifetimes.clone());
        format!("fn probe{generics}(value: {}) {{ match value {{ {arms}}} }}", self.ty)
    }

    fn bounds(&self, traits: &[&TraitImpl]) -> String {
        let traits: Vec<_> = traits.iter().map(|one| one.path.as_str()).collect();
        let generics = in_angles(self.lifetimes.clone());
        format!(
            "fn implements<T: {}>() {{}} fn bounds{generics}() {{ implements::<{}>(); }}",
            traits.join(" + "),
            self.ty
        )
    }
}

/// `Clone, Copy and Debug`.
fn listed(traits: &[&TraitImpl]) -> String {
    let names: Vec<_> = traits.iter().map(|one| one.written.as_str()).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}

/// The traits that an item derives.
pub(crate) fn derived(attributes: &[Attribute]) -> Vec<TraitImpl> {
    let mut derived = Vec::new();
    for attribute in attributes.iter().filter(|one| one.path().is_ident("derive")) {
        let parser = syn::punctuated::Punctuated::<Path, syn::Token![,]>::parse_terminated;
        let paths = attribute.parse_args_with(parser).unwrap_or_default();
        derived.extend(paths.iter().filter_map(|path| {
            let name = path.segments.last()?.ident.to_string();
            let path = match name.as_str() {
                "Debug" => "::std::fmt::Debug",
                "Hash" => "::std::hash::Hash",
                "Clone" | "Copy" | "Default" | "PartialEq" | "Eq" | "PartialOrd" | "Ord" => &name,
                _ => return None,
            };
            Some(TraitImpl { path: path.to_owned(), written: name })
        }));
    }
    derived
}

/// The type's arguments: its own lifetimes, and concrete types.
fn arguments(types: &mut PathQualifier<'_>, generics: &Generics) -> String {
    let kept = types.instantiate(generics);
    let mut names = lifetimes(generics);
    if kept.is_empty() {
        let concrete = generics.type_params().map(|param| {
            let name = &param.ident;
            printed(&types.qualified(&syn::parse_quote!(#name)))
        });
        names.extend(concrete.collect::<Vec<_>>());
    }
    in_angles(names)
}

fn fields_of(types: &PathQualifier<'_>, item: &ItemStruct, is_open: bool) -> ShapeParts {
    let Fields::Named(named) = &item.fields else { return ShapeParts::Fields(Vec::new(), false) };
    let public = named.named.iter().filter(|field| is_public(&field.vis));
    let fields: Vec<_> = public
        .filter_map(|field| field_of(types, field.ident.as_ref()?.to_string(), &field.ty))
        .collect();
    let are_all = fields.len() == named.named.len() && !is_open;
    ShapeParts::Fields(fields, are_all)
}

fn variants_of(types: &PathQualifier<'_>, item: &ItemEnum, is_open: bool) -> ShapeParts {
    let variants = item.variants.iter().map(|variant| {
        let fields = variant.fields.iter().enumerate();
        let fields = fields.filter_map(|(at, field)| {
            let name = field.ident.as_ref().map_or_else(|| at.to_string(), ToString::to_string);
            field_of(types, name, &field.ty)
        });
        let fields: Vec<_> = fields.collect();
        let is_named = matches!(variant.fields, Fields::Named(_));
        let can_be_made = fields.len() == variant.fields.len();
        can_be_made.then(|| ShapeVariant { name: variant.ident.to_string(), fields, is_named })
    });
    let variants: Vec<_> = variants.flatten().collect();
    let are_all = variants.len() == item.variants.len() && !is_open;
    ShapeParts::Variants(variants, are_all)
}

fn field_of(types: &PathQualifier<'_>, name: String, ty: &Type) -> Option<ShapeField> {
    let mut types = types.clone();
    let ty = printed(&types.qualified(ty));
    (!types.is_hidden).then_some(ShapeField { name, ty, types: types.types })
}

/// The item without attributes, and without what it consists of.
fn head(item: &impl ToTokens) -> String {
    let text = printed(&without_attributes(item.to_token_stream()));
    text.split([';', '{', '(']).next().unwrap_or_default().trim_end().to_owned()
}

fn declared_struct(item: &ItemStruct) -> String {
    let head = head(item);
    let fields = item.fields.iter().filter(|field| is_public(&field.vis) && field.ident.is_some());
    let fields = fields.map(|field| {
        let (vis, name, ty) = (&field.vis, &field.ident, &field.ty);
        printed(&quote::quote!(#vis #name: #ty))
    });
    let fields: Vec<_> = fields.collect();
    if fields.is_empty() { head } else { format!("{head} {{ {} }}", fields.join(", ")) }
}

fn declared_enum(item: &ItemEnum) -> String {
    let variants: Vec<_> = item
        .variants
        .iter()
        .map(|variant| printed(&without_attributes(variant.to_token_stream())))
        .collect();
    format!("{} {{ {} }}", head(item), variants.join(", "))
}

/// Tokens without `#[..]`, inside groups as well.
fn without_attributes(tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    use proc_macro2::{Group, TokenTree};
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                tokens.next();
            }
            TokenTree::Group(group) => {
                let inner = without_attributes(group.stream());
                kept.push(TokenTree::Group(Group::new(group.delimiter(), inner)));
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

const fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_used(used: Option<&UsedNames>, name: &str) -> bool {
    used.is_none_or(|used| used.has(name))
}
