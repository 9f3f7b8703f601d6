//! The files in which a module can be: the compiler's rules for `mod x;` and `#[path]`.

use super::ROOT;
use super::path_target::{folder_of, last_component, resolve_inside};
use crate::collect::outline::{InlineModule, ModuleDeclaration};

/// A file that may contain a module.
#[derive(Clone, Debug)]
pub(super) struct ModuleFile {
    pub name: String,
    /// The folder of the modules that it declares.
    pub children: ModuleFolder,
    pub depth: usize,
}

/// The folder with the files of the modules that one file declares.
#[derive(Clone, Debug)]
pub(super) struct ModuleFolder {
    folder: String,
    /// The subfolder for the modules of a file other than `mod.rs`; `#[path]` ignores it.
    own: Option<String>,
}

impl ModuleFolder {
    pub fn new(folder: &str) -> Self {
        Self { folder: folder.to_owned(), own: None }
    }

    /// The folder for the modules declared inside a module with a body.
    fn inside(self, name: &str, path: Option<&str>) -> Option<Self> {
        let folder = match path {
            Some(path) => resolve_inside(&self.folder, path)?,
            None => resolve_inside(&self.default_folder(), name)?,
        };
        Some(Self { folder, own: None })
    }

    /// The folder in which `mod x;` finds its file.
    fn default_folder(&self) -> String {
        match &self.own {
            Some(own) => format!("{}/{own}", self.folder),
            None => self.folder.clone(),
        }
    }
}

impl ModuleFile {
    /// The module in a file, if only the file's name is known.
    pub fn of_file(name: &str) -> Self {
        let folder = folder_of(name);
        let stem = last_component(name).trim_end_matches(".rs");
        let own = (stem != "mod" && name != ROOT).then(|| stem.to_owned());
        Self {
            name: name.to_owned(),
            children: ModuleFolder { folder: folder.to_owned(), own },
            depth: 1,
        }
    }

    /// The possible files of the module `declared` in this one, the usual one first.
    pub fn files_of(&self, declared: &ModuleDeclaration) -> Vec<Self> {
        let inside = |place: ModuleFolder, inline: &InlineModule| {
            place.inside(&inline.name, inline.path.as_deref())
        };
        let Some(place) = declared.enclosing.iter().try_fold(self.children.clone(), inside) else {
            return Vec::new();
        };
        let depth = self.depth + 1;
        if let Some(path) = &declared.path {
            let Some(name) = resolve_inside(&place.folder, path) else { return Vec::new() };
            let children = ModuleFolder::new(folder_of(&name));
            return vec![Self { name, children, depth }];
        }
        let folder = place.default_folder();
        let own = format!("{folder}/{}", declared.name);
        let beside = ModuleFolder { folder, own: Some(declared.name.clone()) };
        vec![
            Self { name: format!("{own}.rs"), children: beside, depth },
            Self { name: format!("{own}/mod.rs"), children: ModuleFolder::new(&own), depth },
        ]
    }
}
