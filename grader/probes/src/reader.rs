//! From sources to an interface.

use crate::function::{self, Function, FunctionOwner};
use crate::interface::{Interface, Item, ProbeBody, PublicConstant};
use crate::module_tree::{
    Definition, ModulePath, ModuleTree, PathMeaning, is_conditional, name_of,
};
use crate::printed::printed;
use crate::qualify::{CrateScope, PathQualifier};
use crate::shape::{TraitImpl, TypeShape, derived};
use crate::{GIVEN, Unreadable};
use std::collections::BTreeMap;
use syn::{ImplItem, ItemImpl, ItemTrait, TraitItem, Type, Visibility};

/// The crate that another one is compared to.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    /// As other crates name it: `hashing`.
    pub crate_name: &'a str,
    /// Its sources: `src/cache.rs` to contents.
    pub files: &'a BTreeMap<String, Vec<u8>>,
    /// Its tasks.
    pub tasks: &'a [TaskFiles<'a>],
    /// Concrete types for generic parameters.
    pub stand_ins: &'a [StandIn<'a>],
}

/// A task and the files that are written for it.
#[derive(Clone, Debug)]
pub struct TaskFiles<'a> {
    /// Its id.
    pub task: &'a str,
    /// `src/cache.rs`.
    pub files: Vec<String>,
}

/// The type that a generic parameter with one bound is replaced by.
#[derive(Clone, Copy, Debug)]
pub struct StandIn<'a> {
    /// The trait's path: `toolkit::clock::Clock`.
    pub bound: &'a str,
    /// A type that implements it.
    pub ty: &'a str,
}

impl Interface {
    /// Reads what `src/lib.rs` makes public. An item whose signature names a private type is left out.
    ///
    /// # Errors
    /// When a file is no Rust, or a module has no file.
    pub fn read(reference: &Reference<'_>) -> Result<Self, Unreadable> {
        let tree = ModuleTree::read(reference.files)?;
        let public = tree.public_paths();
        let scope = CrateScope {
            crate_name: reference.crate_name,
            tree: &tree,
            public: &public,
            stand_ins: reference.stand_ins,
        };
        let reader = Reader { scope: &scope, reference };
        let mut items = Vec::new();
        for (path, module) in tree.modules() {
            for item in &module.items {
                items.extend(reader.items(path, &module.file, item));
            }
        }
        Ok(Self { items })
    }
}

struct Reader<'a> {
    scope: &'a CrateScope<'a>,
    reference: &'a Reference<'a>,
}

/// A function and where it is.
struct Found<'a> {
    module: &'a [String],
    file: &'a str,
    owner: Option<&'a FunctionOwner<'a>>,
    path: String,
    visibility: &'a Visibility,
    signature: &'a syn::Signature,
}

impl Reader<'_> {
    fn items(&self, module: &ModulePath, file: &str, item: &syn::Item) -> Vec<Item> {
        if let syn::Item::Impl(block) = item {
            return self.inherent(module, file, block);
        }
        let Some(name) = name_of(item) else { return Vec::new() };
        let definition = Definition { module: module.clone(), name };
        let Some(path) = self.scope.public.get(&definition) else { return Vec::new() };
        match item {
            syn::Item::Fn(function) => {
                let found = Found {
                    module,
                    file,
                    owner: None,
                    path: path.clone(),
                    visibility: &function.vis,
                    signature: &function.sig,
                };
                self.function(&found).into_iter().collect()
            }
            syn::Item::Const(one) => {
                let declared = &syn::ItemConst { attrs: Vec::new(), ..one.clone() };
                let body = self.constant(module, &one.ty, (path, None));
                vec![self.item(file, path, (None, printed(declared)), ProbeBody::Constant(body))]
            }
            syn::Item::Trait(declared) => self.methods(module, file, declared, path),
            _ => self.shape(module, file, item, path).into_iter().collect(),
        }
    }

    fn item(
        &self,
        file: &str,
        name: &str,
        (owner, expected): (Option<String>, String),
        body: ProbeBody,
    ) -> Item {
        let tasks = self.reference.tasks.iter();
        let task = tasks.filter(|task| task.files.iter().any(|of| of == file)).map(|of| of.task);
        let task = task.chain([GIVEN]).next().unwrap_or(GIVEN);
        Item { task: task.into(), file: file.into(), name: name.into(), owner, expected, body }
    }

    fn function(&self, found: &Found<'_>) -> Option<Item> {
        let owned = (found.owner, found.path.as_str());
        let function = Function::read(self.scope, found.module, found.signature, owned)?;
        let written = function::written(found.visibility, found.signature);
        let header = found.owner.and_then(|owner| owner.header.as_ref());
        let expected = match header {
            Some(header) => format!("{header} {{ {written} }}"),
            None => written,
        };
        let owner = found.owner.map(|owner| owner.path.clone());
        Some(self.item(found.file, &found.path, (owner, expected), ProbeBody::Function(function)))
    }

    fn constant(
        &self,
        module: &[String],
        ty: &Type,
        (path, this): (&str, Option<&Type>),
    ) -> PublicConstant {
        let mut types = PathQualifier::new(self.scope, module);
        if let Some(this) = this {
            let this = types.qualified(this);
            types.replace("Self", this);
        }
        let ty = printed(&types.qualified(ty));
        let code = format!("fn probe() -> {ty} {{ {}::{path} }}", self.scope.crate_name);
        PublicConstant { code, types: types.types }
    }

    /// The public functions and constants of an `impl` block of a public type.
    fn inherent(&self, module: &ModulePath, file: &str, block: &ItemImpl) -> Vec<Item> {
        let (None, Type::Path(this)) = (&block.trait_, &*block.self_ty) else { return Vec::new() };
        let Some(path) = self.scope.public_path(module, &this.path) else { return Vec::new() };
        let owner = FunctionOwner {
            path: path.clone(),
            generics: &block.generics,
            self_type: &block.self_ty,
            header: self.has_type_params(path).then(|| header(block)),
            is_trait: false,
        };
        let mut items = Vec::new();
        for item in &block.items {
            match item {
                ImplItem::Fn(one) if is_shown(&one.vis, &one.attrs) => {
                    items.extend(self.function(&Found {
                        module,
                        file,
                        owner: Some(&owner),
                        path: format!("{path}::{}", one.sig.ident),
                        visibility: &one.vis,
                        signature: &one.sig,
                    }));
                }
                ImplItem::Const(one) if is_shown(&one.vis, &one.attrs) => {
                    let name = format!("{path}::{}", one.ident);
                    let body = self.constant(module, &one.ty, (&name, Some(&block.self_ty)));
                    let declared = syn::ImplItemConst { attrs: Vec::new(), ..one.clone() };
                    let named = (Some(path.clone()), printed(&declared));
                    items.push(self.item(file, &name, named, ProbeBody::Constant(body)));
                }
                _ => {}
            }
        }
        items
    }

    /// The methods of a public trait, for any type that implements it.
    fn methods(
        &self,
        module: &ModulePath,
        file: &str,
        declared: &ItemTrait,
        path: &str,
    ) -> Vec<Item> {
        let name = &declared.ident;
        let generics: syn::Generics = syn::parse_quote!(<Implementor: #name>);
        let this: Type = syn::parse_quote!(Implementor);
        let owner = FunctionOwner {
            path: path.to_owned(),
            generics: &generics,
            self_type: &this,
            header: Some(format!("pub trait {name}")),
            is_trait: true,
        };
        let methods = declared.items.iter().filter_map(|item| match item {
            TraitItem::Fn(method) if method.sig.receiver().is_some() => Some(method),
            _ => None,
        });
        let items = methods.filter_map(|method| {
            self.function(&Found {
                module,
                file,
                owner: Some(&owner),
                path: format!("{path}::{}", method.sig.ident),
                visibility: &Visibility::Inherited,
                signature: &method.sig,
            })
        });
        items.collect()
    }

    fn shape(&self, module: &ModulePath, file: &str, item: &syn::Item, path: &str) -> Option<Item> {
        let attributes = match item {
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            _ => return None,
        };
        let mut traits = derived(attributes);
        traits.extend(self.implemented(path));
        let mut shape = TypeShape::read(self.scope, module, item, (path, traits))?;
        shape.is_error = self.is_error(path);
        Some(self.item(file, path, (None, String::new()), ProbeBody::Shape(shape)))
    }

    /// The traits that `impl` blocks without parameters implement for the type at `path`.
    fn implemented(&self, path: &str) -> Vec<TraitImpl> {
        let mut all = Vec::new();
        for (module, code) in self.scope.tree.modules() {
            for item in &code.items {
                let syn::Item::Impl(block) = item else { continue };
                let Some((None, implemented, _)) = &block.trait_ else { continue };
                let Type::Path(this) = &*block.self_ty else { continue };
                let is_of = self.scope.public_path(module, &this.path).is_some_and(|of| of == path);
                let last = implemented.segments.last();
                let Some(last) = last.filter(|last| last.ident != "Drop" && is_of) else {
                    continue;
                };
                if !block.generics.params.is_empty() {
                    continue;
                }
                let mut types = PathQualifier::new(self.scope, module);
                let qualified = types.qualified_trait(implemented);
                if !types.is_hidden {
                    all.push(TraitImpl { written: printed(last), path: printed(&qualified) });
                }
            }
        }
        all
    }

    /// Whether the crate's own `Result` has this error.
    fn is_error(&self, path: &str) -> bool {
        let root: &[String] = &[];
        let PathMeaning::Item(alias) = self.scope.tree.meaning(root, &["Result".to_owned()]) else {
            return false;
        };
        let Some(syn::Item::Type(item)) = self.scope.tree.item(&alias) else { return false };
        let mut types = PathQualifier::new(self.scope, &alias.module);
        types.qualified(&item.ty);
        types.types.contains(path)
    }

    fn has_type_params(&self, path: &str) -> bool {
        let definition = self.scope.public.iter().find(|(_, public)| *public == path);
        let item = definition.and_then(|(definition, _)| self.scope.tree.item(definition));
        let generics = match item {
            Some(syn::Item::Struct(item)) => &item.generics,
            Some(syn::Item::Enum(item)) => &item.generics,
            _ => return false,
        };
        generics.type_params().next().is_some()
    }
}

/// `impl<C: Clock> Timer<C>`.
fn header(block: &ItemImpl) -> String {
    let (generics, this) = (&block.generics, &block.self_ty);
    printed(&quote::quote!(impl #generics #this))
}

fn is_shown(visibility: &Visibility, attributes: &[syn::Attribute]) -> bool {
    matches!(visibility, Visibility::Public(_)) && !is_conditional(attributes)
}
