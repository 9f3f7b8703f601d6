//! The public interface of a reference, and its probes.

use crate::GIVEN;
use crate::function::Function;
use crate::shape::TypeShape;
use crate::used_names::UsedNames;
use std::collections::BTreeSet;

/// What a probe asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeKind {
    /// The item can be used with the reference's types.
    Use,
    /// The function can be called by its path.
    Path,
    /// The item is what it is in the reference.
    Exact,
}

/// One line of Rust that compiles if an item fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The task whose file has the item in the reference, or [`GIVEN`].
    pub task: String,
    /// The item as its crate names it: `Table::get`.
    pub item: String,
    /// The item as the reference declares it, on one line.
    pub expected: String,
    /// The reference's file: `src/cache.rs`.
    pub file: String,
    /// What is asked.
    pub kind: ProbeKind,
    /// The line.
    pub code: String,
}

/// The public items of a reference.
#[derive(Clone, Debug)]
pub struct Interface {
    pub(crate) items: Vec<Item>,
}

/// A public item.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) task: String,
    pub(crate) file: String,
    /// Its public path: `Table::get`.
    pub(crate) name: String,
    /// The type or trait that it belongs to.
    pub(crate) owner: Option<String>,
    /// As the reference declares it.
    pub(crate) expected: String,
    pub(crate) body: ProbeBody,
}

#[derive(Clone, Debug)]
pub(crate) enum ProbeBody {
    Function(Function),
    Shape(TypeShape),
    Constant(PublicConstant),
}

/// A constant: its code, and the public types in its type.
#[derive(Clone, Debug)]
pub(crate) struct PublicConstant {
    pub(crate) code: String,
    pub(crate) types: BTreeSet<String>,
}

impl Interface {
    /// The probes of all items that `used` names; of all items without it.
    pub fn probes(&self, used: Option<&UsedNames>) -> Vec<Probe> {
        let types = used.map(|used| self.used_types(used));
        let is_needed = |item: &&Item| match (used, &types) {
            (Some(used), Some(types)) => item.is_needed(used, types),
            _ => true,
        };
        self.items.iter().filter(is_needed).flat_map(|item| item.probes(used)).collect()
    }

    /// The probe of a function by its path; `None` when there is no such function.
    pub fn by_path(&self, function: &str) -> Option<Probe> {
        let item = self.items.iter().find(|item| item.name == function)?;
        item.probes(None).into_iter().find(|probe| probe.kind == ProbeKind::Path)
    }

    /// The types and traits that are named, and those in the signatures and fields of what is needed.
    fn used_types(&self, used: &UsedNames) -> BTreeSet<String> {
        let named = self.items.iter().filter(|item| used.has(last(&item.name)));
        let mut types: BTreeSet<String> = named.map(|item| item.name.clone()).collect();
        loop {
            let needed = self.items.iter().filter(|item| item.is_needed(used, &types));
            let reached: Vec<_> = needed.flat_map(|item| item.types(used)).collect();
            let before = types.len();
            types.extend(reached);
            if types.len() == before {
                return types;
            }
        }
    }
}

impl Item {
    fn is_needed(&self, used: &UsedNames, types: &BTreeSet<String>) -> bool {
        match (&self.owner, &self.body) {
            (Some(owner), _) => types.contains(owner) && used.has_member(last(&self.name)),
            (None, ProbeBody::Shape(shape)) => shape.is_error || types.contains(&self.name),
            (None, _) => used.has(last(&self.name)),
        }
    }

    fn types(&self, used: &UsedNames) -> BTreeSet<String> {
        match &self.body {
            ProbeBody::Function(function) => function.types.clone(),
            ProbeBody::Shape(shape) => shape.types(Some(used)),
            ProbeBody::Constant(constant) => constant.types.clone(),
        }
    }

    fn probes(&self, used: Option<&UsedNames>) -> Vec<Probe> {
        let probe = |expected: String, kind, code: &str| Probe {
            task: self.task.clone(),
            item: self.name.clone(),
            expected,
            file: self.file.clone(),
            kind,
            code: format!("const _: () = {{ {code} }};"),
        };
        match &self.body {
            ProbeBody::Constant(constant) => {
                vec![probe(self.expected.clone(), ProbeKind::Use, &constant.code)]
            }
            ProbeBody::Function(function) => {
                let kinds = [ProbeKind::Use, ProbeKind::Path, ProbeKind::Exact];
                let coded = kinds.into_iter().filter_map(|kind| Some((kind, function.code(kind)?)));
                coded.map(|(kind, code)| probe(self.expected.clone(), kind, &code)).collect()
            }
            ProbeBody::Shape(shape) => {
                let is_given = self.task == GIVEN;
                let handed_out = format!(", as handed out in {}", self.file);
                let suffix = if is_given { handed_out.as_str() } else { "" };
                let probes = shape.probes(used, suffix).into_iter();
                probes.map(|one| probe(one.expected, one.kind, &one.code)).collect()
            }
        }
    }
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}
