//! From an [`Attack`] to a submission that can be handed in.

use super::world::AttackFolder;
use super::{Attack, SubmissionBase};
use crate::{copy_tree, root};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The file whose function `amdahl` most attacks live in, and the line they begin at.
const HOST: &str = "src/bottleneck.rs";
const FIRST_LINE: &str = "// BEGIN SOLUTION: check both numbers, then apply the formula\n";

/// The first module of that crate.
const FIRST_MODULE: &str = "mod bottleneck;\n";

/// What is handed in. Removed when dropped.
pub struct MadeSubmission {
    /// The folder that holds it.
    pub folder: TempDir,
    /// The folder itself, or an archive in it.
    pub submission: PathBuf,
}

impl Attack {
    /// Makes the submission.
    ///
    /// # Errors
    /// When an edit does not fit, or a step cannot be taken here.
    pub fn make(&self, world: &AttackFolder) -> Result<MadeSubmission, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        self.make_in(folder.path(), world)?;
        let submission = match &self.hand_in {
            Some(name) => folder.path().join(name),
            None => folder.path().to_owned(),
        };
        Ok(MadeSubmission { folder, submission })
    }

    /// Makes it in a folder that is there.
    ///
    /// # Errors
    /// As [`Attack::make`].
    pub fn make_in(&self, folder: &Path, world: &AttackFolder) -> Result<(), String> {
        let base = match self.base {
            SubmissionBase::Reference => Some(root().join("solutions").join(&self.module)),
            SubmissionBase::Stub => Some(root().join("assignments").join(&self.module)),
            SubmissionBase::Nothing => None,
        };
        if let Some(base) = base {
            copy_tree(&base.join("src"), &folder.join("src"));
        }
        for (name, text) in &self.files {
            let path = folder.join(name);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(|error| error.to_string())?;
            fs::write(&path, world.fill(text)).map_err(|error| format!("{name}: {error}"))?;
        }
        self.change_sources(folder, world)?;
        for step in &self.steps {
            step.filled(world).take(folder).map_err(|error| format!("{step:?}: {error}"))?;
        }
        Ok(())
    }

    fn change_sources(&self, folder: &Path, world: &AttackFolder) -> Result<(), String> {
        if !self.when_called.is_empty() {
            let inside = format!("{FIRST_LINE}{}\n", self.when_called);
            replace(folder, HOST, FIRST_LINE, &world.fill(&inside))?;
        }
        if !self.before_modules.is_empty() {
            let items = format!("{}\n{FIRST_MODULE}", world.fill(&self.before_modules));
            replace(folder, "src/lib.rs", FIRST_MODULE, &items)?;
        }
        for edit in &self.edits {
            replace(folder, &edit.file, &edit.find, &world.fill(&edit.replace))?;
        }
        let around = |name: &str, before: &str, after: &str| {
            if before.is_empty() && after.is_empty() {
                return Ok(());
            }
            let path = folder.join(name);
            let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
            let text = format!("{}{text}\n{}", world.fill(before), world.fill(after));
            fs::write(&path, text).map_err(|error| format!("{name}: {error}"))
        };
        around(HOST, "", &self.items)?;
        for tool in &self.uses {
            let path = super::corpus::folder().join("tools").join(tool);
            let text = fs::read_to_string(path).map_err(|error| format!("{tool}: {error}"))?;
            around(HOST, "", &text)?;
        }
        around("src/lib.rs", &self.crate_top, "")
    }
}

/// Replaces what must stand in the file exactly once.
fn replace(folder: &Path, file: &str, find: &str, by: &str) -> Result<(), String> {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
    match text.matches(find).count() {
        1 => fs::write(&path, text.replacen(find, by, 1)).map_err(|error| error.to_string()),
        count => Err(format!("{file}: found {count} times: {find}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::Attack;

    fn attack(yaml: &str) -> Attack {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("attack.yaml");
        let rest = "expect: { outcome: pass, stopped_by: [judge] }\nplain: writes\n";
        std::fs::write(&path, format!("tries: x\n{yaml}{rest}")).unwrap();
        Attack::load(&path).unwrap()
    }

    #[test]
    fn statements_land_in_the_function_and_places_are_filled_in() {
        let world = AttackFolder::new().unwrap();
        let made = attack("when_called: 'let _ = \"{world}\";'\n").make(&world).unwrap();
        let text = fs::read_to_string(made.submission.join(HOST)).unwrap();
        let inside = text.split(FIRST_LINE).nth(1).unwrap();
        assert!(inside.starts_with(&format!("let _ = \"{}\";", world.path().display())));
    }
}
