//! Types of the reference as another crate writes them.

use crate::module_tree::{Definition, ModuleTree, PathMeaning};
use crate::printed::printed;
use crate::reader::StandIn;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit_mut::{self, VisitMut};
use syn::{Generics, Item, Path, PathArguments, Type, TypeParamBound, WherePredicate};

/// What is known of the whole crate.
pub(crate) struct CrateScope<'a> {
    /// As other crates name it.
    pub(crate) crate_name: &'a str,
    pub(crate) tree: &'a ModuleTree,
    pub(crate) public: &'a BTreeMap<Definition, String>,
    pub(crate) stand_ins: &'a [StandIn<'a>],
}

impl CrateScope<'_> {
    /// The public path of what `path` means in `module`, without the crate's name.
    pub(crate) fn public_path(&self, module: &[String], path: &Path) -> Option<&String> {
        match self.tree.meaning(module, &words(path)) {
            PathMeaning::Item(definition) => self.public.get(&definition),
            PathMeaning::Module(_) | PathMeaning::Foreign(_) => None,
        }
    }
}

/// Rewrites types that are written in one module.
#[derive(Clone)]
pub(crate) struct PathQualifier<'a> {
    scope: &'a CrateScope<'a>,
    module: &'a [String],
    /// Concrete types of generic parameters and of `Self`.
    concrete: BTreeMap<String, Type>,
    /// Public items of the crate that were met.
    pub(crate) types: BTreeSet<String>,
    /// Whether something was met that no other crate can write.
    pub(crate) is_hidden: bool,
}

impl<'a> PathQualifier<'a> {
    pub(crate) const fn new(scope: &'a CrateScope<'a>, module: &'a [String]) -> Self {
        Self { scope, module, concrete: BTreeMap::new(), types: BTreeSet::new(), is_hidden: false }
    }

    /// The type as another crate writes it.
    pub(crate) fn qualified(&mut self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        self.visit_type_mut(&mut ty);
        ty
    }

    pub(crate) fn replace(&mut self, name: &str, ty: Type) {
        self.concrete.insert(name.to_owned(), ty);
    }

    /// A trait's path as another crate writes it.
    pub(crate) fn qualified_trait(&mut self, path: &Path) -> Path {
        let mut path = path.clone();
        self.qualify(&mut path);
        path
    }

    /// Gives type parameters concrete types: stand-ins, or `String` where there is no bound. The others are returned,
    /// with their bounds.
    pub(crate) fn instantiate(
        &mut self,
        generics: &Generics,
    ) -> Vec<(String, Vec<TypeParamBound>)> {
        let mut kept = Vec::new();
        for param in generics.type_params() {
            let name = param.ident.to_string();
            let bounds: Vec<_> = param.bounds.iter().chain(in_where(generics, &name)).collect();
            match self.concrete_type(&bounds) {
                Some(ty) => self.replace(&name, ty),
                None => kept.push((name, bounds.into_iter().cloned().collect())),
            }
        }
        kept
    }

    fn concrete_type(&self, bounds: &[&TypeParamBound]) -> Option<Type> {
        let mut traits = bounds.iter().filter_map(|bound| match bound {
            TypeParamBound::Trait(one) if matches!(one.modifier, syn::TraitBoundModifier::None) => {
                Some(printed(&self.clone().qualified_trait(&one.path)))
            }
            _ => None,
        });
        let Some(first) = traits.next() else {
            return syn::parse_str("::std::string::String").ok();
        };
        let stand_in = self.scope.stand_ins.iter().find(|one| one.bound == first)?;
        traits.next().is_none().then(|| syn::parse_str(stand_in.ty).ok()).flatten()
    }

    /// Rewrites a path. A type behind an alias is returned.
    fn qualify(&mut self, path: &mut Path) -> Option<Type> {
        for segment in &mut path.segments {
            self.visit_path_arguments_mut(&mut segment.arguments);
        }
        let written = words(path);
        if path.leading_colon.is_some() {
            return None;
        }
        if written.len() > 1 && self.concrete.contains_key(&written[0]) {
            self.is_hidden = true;
            return None;
        }
        match self.scope.tree.meaning(self.module, &written) {
            PathMeaning::Foreign(full) if full == written => {}
            PathMeaning::Foreign(full) => rename(path, &full),
            PathMeaning::Module(_) => self.is_hidden = true,
            PathMeaning::Item(definition) => {
                if let Some(Item::Type(alias)) = self.scope.tree.item(&definition) {
                    return Some(self.behind(alias, &definition, path));
                }
                let Some(public) = self.scope.public.get(&definition) else {
                    self.is_hidden = true;
                    return None;
                };
                self.types.insert(public.clone());
                let krate = self.scope.crate_name.to_owned();
                let full: Vec<_> =
                    [krate].into_iter().chain(public.split("::").map(str::to_owned)).collect();
                rename(path, &full);
            }
        }
        None
    }

    /// The type that an alias with the arguments of `path` stands for.
    fn behind(&mut self, alias: &syn::ItemType, definition: &Definition, path: &Path) -> Type {
        let mut inner = PathQualifier::new(self.scope, &definition.module);
        let arguments = path.segments.last().map(|last| &last.arguments);
        let given = match arguments {
            Some(PathArguments::AngleBracketed(given)) => given.args.iter().collect(),
            _ => Vec::new(),
        };
        let types = given.into_iter().filter_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        });
        let defaults = alias.generics.type_params().map(|param| param.default.clone());
        let mut types = types.map(Some).chain(std::iter::repeat(None));
        for (param, default) in alias.generics.type_params().zip(defaults) {
            if let Some(ty) = types.next().flatten().or(default) {
                inner.replace(&param.ident.to_string(), ty);
            }
        }
        let ty = inner.qualified(&alias.ty);
        self.types.extend(inner.types);
        self.is_hidden |= inner.is_hidden;
        ty
    }
}

impl VisitMut for PathQualifier<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let Type::Path(path) = ty else { return visit_mut::visit_type_mut(self, ty) };
        if path.qself.is_some() {
            self.is_hidden = true;
            return;
        }
        let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
        if let Some(concrete) = self.concrete.get(&name) {
            *ty = concrete.clone();
        } else if let Some(behind) = self.qualify(&mut path.path) {
            *ty = behind;
        }
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut syn::TraitBound) {
        self.qualify(&mut bound.path);
    }
}

/// The bounds on `name` in the `where` clause.
fn in_where<'a>(generics: &'a Generics, name: &str) -> impl Iterator<Item = &'a TypeParamBound> {
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    predicates
        .filter_map(move |predicate| match predicate {
            WherePredicate::Type(one) if printed(&one.bounded_ty) == name => Some(&one.bounds),
            _ => None,
        })
        .flatten()
}

fn words(path: &Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// Another path with the same arguments at the end.
fn rename(path: &mut Path, full: &[String]) {
    let arguments = path.segments.last().map(|last| last.arguments.clone()).unwrap_or_default();
    if let Ok(mut renamed) = syn::parse_str::<Path>(&full.join("::")) {
        if let Some(last) = renamed.segments.last_mut() {
            last.arguments = arguments;
        }
        *path = renamed;
    }
}
