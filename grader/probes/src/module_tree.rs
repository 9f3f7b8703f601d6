//! The modules of a crate, and which item a path in one of them means.

use crate::Unreadable;
use std::collections::{BTreeMap, BTreeSet};
use syn::{Item, UseTree, Visibility};

/// The names of the modules from the crate's root.
pub(crate) type ModulePath = Vec<String>;

/// One module.
pub(crate) struct Module {
    /// `src/conv/shape.rs`.
    pub(crate) file: String,
    pub(crate) items: Vec<Item>,
    imports: Vec<UseImport>,
}

/// One name that a `use` brings into a module.
struct UseImport {
    /// `None` for a glob.
    name: Option<String>,
    target: Vec<String>,
    public: bool,
}

/// Where an item is defined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Definition {
    pub(crate) module: ModulePath,
    pub(crate) name: String,
}

/// The meaning of a path.
#[derive(Debug)]
pub(crate) enum PathMeaning {
    Item(Definition),
    Module(ModulePath),
    /// Something of another crate, of the prelude or of a generic parameter.
    Foreign(Vec<String>),
}

/// All modules of a crate, in the order of their declarations.
#[derive(Default)]
pub(crate) struct ModuleTree {
    modules: BTreeMap<ModulePath, Module>,
    order: Vec<ModulePath>,
}

impl ModuleTree {
    /// Reads `src/lib.rs` and what it declares.
    pub(crate) fn read(files: &BTreeMap<String, Vec<u8>>) -> Result<Self, Unreadable> {
        let mut tree = Self::default();
        let root = parsed(files, "src/lib.rs")?;
        tree.add(files, Vec::new(), "src/lib.rs", root.items)?;
        Ok(tree)
    }

    fn add(
        &mut self,
        files: &BTreeMap<String, Vec<u8>>,
        path: ModulePath,
        file: &str,
        items: Vec<Item>,
    ) -> Result<(), Unreadable> {
        self.order.push(path.clone());
        let mut imports = Vec::new();
        let mut children = Vec::new();
        let mut others = Vec::new();
        for item in items.into_iter().filter(|item| !is_conditional(attributes(item))) {
            match item {
                Item::Use(used) => {
                    let public = matches!(used.vis, Visibility::Public(_));
                    flatten(&used.tree, Vec::new(), public, &mut imports);
                }
                Item::Mod(module) => children.push(module),
                other => others.push(other),
            }
        }
        // A public module makes its public items public.
        for module in children.iter().filter(|module| matches!(module.vis, Visibility::Public(_))) {
            let name = module.ident.to_string();
            let target = vec!["self".to_owned(), name.clone()];
            imports.push(UseImport { name: Some(name), target, public: true });
        }
        for child in children {
            let name = child.ident.to_string();
            let below: ModulePath = path.iter().cloned().chain([name.clone()]).collect();
            if let Some((_, items)) = child.content {
                self.add(files, below, file, items)?;
                continue;
            }
            let folder = below.join("/");
            let places = [format!("src/{folder}.rs"), format!("src/{folder}/mod.rs")];
            let found = places.into_iter().find(|place| files.contains_key(place));
            let no_file = || Unreadable::NoFile { file: file.to_owned(), module: name };
            let found = found.ok_or_else(no_file)?;
            let items = parsed(files, &found)?.items;
            self.add(files, below, &found, items)?;
        }
        self.modules.insert(path, Module { file: file.to_owned(), items: others, imports });
        Ok(())
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = (&ModulePath, &Module)> {
        self.order.iter().filter_map(|path| self.modules.get_key_value(path))
    }

    /// The item of that definition: a type, function, constant or trait.
    pub(crate) fn item(&self, definition: &Definition) -> Option<&Item> {
        let module = self.modules.get(&definition.module)?;
        module.items.iter().find(|item| name_of(item).is_some_and(|name| name == definition.name))
    }

    /// The meaning of a path that is written in `module`.
    pub(crate) fn meaning(&self, module: &[String], path: &[String]) -> PathMeaning {
        self.resolved(module, path, 0)
    }

    fn resolved(&self, module: &[String], path: &[String], depth: usize) -> PathMeaning {
        let foreign = || PathMeaning::Foreign(path.to_vec());
        let Some((first, rest)) = path.split_first() else {
            return PathMeaning::Module(module.to_vec());
        };
        // Only a circle of imports is deeper.
        if depth > 32 {
            return foreign();
        }
        match first.as_str() {
            "crate" => self.resolved(&[], rest, depth + 1),
            "self" => self.resolved(module, rest, depth + 1),
            "super" => {
                let parent = module.split_last().map_or(&[][..], |(_, parent)| parent);
                self.resolved(parent, rest, depth + 1)
            }
            _ => self.declared(module, path, depth).unwrap_or_else(foreign),
        }
    }

    fn declared(&self, module: &[String], path: &[String], depth: usize) -> Option<PathMeaning> {
        let (first, rest) = path.split_first()?;
        let here = self.modules.get(module)?;
        let child: ModulePath = module.iter().chain([first]).cloned().collect();
        let is_module = self.modules.contains_key(&child);
        // A module and a function may share a name. Only a module continues.
        if is_module && !rest.is_empty() {
            return Some(self.resolved(&child, rest, depth + 1));
        }
        let definition = Definition { module: module.to_vec(), name: first.clone() };
        if rest.is_empty() && self.item(&definition).is_some() {
            return Some(PathMeaning::Item(definition));
        }
        let own = [vec!["self".to_owned()], vec![first.clone()]].concat();
        let named = here
            .imports
            .iter()
            .find(|import| import.name.as_ref() == Some(first) && import.target != own);
        if let Some(import) = named {
            let path = [&import.target[..], rest].concat();
            return Some(self.resolved(module, &path, depth + 1));
        }
        if is_module {
            return Some(PathMeaning::Module(child));
        }
        here.imports.iter().filter(|import| import.name.is_none()).find_map(|glob| {
            let path = [&glob.target[..], path].concat();
            let meaning = self.resolved(module, &path, depth + 1);
            matches!(meaning, PathMeaning::Item(_)).then_some(meaning)
        })
    }

    /// The public path of every item that can be named from outside: `Matrix`, `shapes::Square`.
    pub(crate) fn public_paths(&self) -> BTreeMap<Definition, String> {
        let mut paths = BTreeMap::new();
        self.publish(&[], "", &mut paths, &mut BTreeSet::new());
        paths
    }

    fn publish(
        &self,
        module: &[String],
        prefix: &str,
        paths: &mut BTreeMap<Definition, String>,
        seen: &mut BTreeSet<(ModulePath, String)>,
    ) {
        let Some(here) = self.modules.get(module) else { return };
        if !seen.insert((module.to_vec(), prefix.to_owned())) {
            return;
        }
        let mut shorter = |definition: Definition, path: String| {
            let known = paths.get(&definition).map_or(usize::MAX, String::len);
            if path.len() < known {
                paths.insert(definition, path);
            }
        };
        for item in here.items.iter().filter(|item| is_public(item)) {
            let Some(name) = name_of(item) else { continue };
            let path = format!("{prefix}{name}");
            shorter(Definition { module: module.to_vec(), name }, path);
        }
        let mut below = Vec::new();
        for import in here.imports.iter().filter(|import| import.public) {
            match (self.meaning(module, &import.target), &import.name) {
                (PathMeaning::Item(definition), Some(name)) => {
                    shorter(definition, format!("{prefix}{name}"));
                }
                (PathMeaning::Module(child), Some(name)) => {
                    below.push((child, format!("{prefix}{name}::")));
                }
                (PathMeaning::Module(child), None) => below.push((child, prefix.to_owned())),
                (PathMeaning::Item(_), None) | (PathMeaning::Foreign(_), _) => {}
            }
        }
        for (child, prefix) in below {
            self.publish(&child, &prefix, paths, seen);
        }
    }
}

fn parsed(files: &BTreeMap<String, Vec<u8>>, file: &str) -> Result<syn::File, Unreadable> {
    let text = files.get(file).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    syn::parse_file(&text).map_err(|error| Unreadable::Syntax { file: file.to_owned(), error })
}

fn flatten(tree: &UseTree, mut before: Vec<String>, public: bool, imports: &mut Vec<UseImport>) {
    let mut import = |name: Option<String>, target: Vec<String>| {
        imports.push(UseImport { name, target, public });
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, public, imports);
        }
        UseTree::Group(group) => {
            group.items.iter().for_each(|tree| flatten(tree, before.clone(), public, imports));
        }
        UseTree::Glob(_) => import(None, before),
        UseTree::Name(name) if name.ident == "self" => import(before.last().cloned(), before),
        UseTree::Name(name) => {
            before.push(name.ident.to_string());
            import(Some(name.ident.to_string()), before);
        }
        UseTree::Rename(renamed) => {
            if renamed.ident != "self" {
                before.push(renamed.ident.to_string());
            }
            import(Some(renamed.rename.to_string()), before);
        }
    }
}

/// The name of an item that a path can mean.
pub(crate) fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Fn(item) => &item.sig.ident,
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Const(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn is_public(item: &Item) -> bool {
    let visibility = match item {
        Item::Fn(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Const(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Union(item) => &item.vis,
        _ => return false,
    };
    matches!(visibility, Visibility::Public(_))
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Fn(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether an item is there only under a condition, as tests are.
pub(crate) fn is_conditional(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg"))
}
