//! All that is generated below `assignments/`: the modules, and the workspace around them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::Tree;
use super::errors::ReleaseErrors;
use super::module::generate;
use crate::config::{Course, CourseModule, Rubric, TaskRubric};
use crate::located::Problem;

const README: &str = include_str!("../../templates/assignments-README.md");
const MANIFEST: &str = include_str!("../../templates/assignments-Cargo.toml");
const GITIGNORE: &str = include_str!("../../templates/assignments-gitignore");

/// The package that is given to students as it is, and not generated.
pub(super) const GIVEN: &str = "tinytorch";

/// Everything that is generated: path inside `assignments/` -> content. What is given (`tinytorch`,
/// `Cargo.lock`) is not part of it. Reads `config/` and `solutions/`, and the manifest it updates.
pub fn assignments(root: &Path) -> Result<Tree, ReleaseErrors> {
    let course = Course::load(&root.join("config"))?;
    let mut tree = Tree::new();
    let mut problems = Vec::new();
    let mut sections = String::new();
    for module in &course.modules {
        let rubric_path = root.join(format!("config/modules/{}.yaml", module.slug));
        let made = generate(root, module).and_then(|files| {
            Ok((files, Rubric::load(&rubric_path).map_err(ReleaseErrors::from)?))
        });
        match made {
            Ok((files, rubric)) => {
                problems.extend(tasks_without_files(module, &rubric, &files));
                section(&mut sections, module, &rubric);
                let in_module =
                    |(path, bytes)| (Path::new(&module.slug).join::<PathBuf>(path), bytes);
                tree.extend(files.into_iter().map(in_module));
            }
            Err(errors) => problems.extend(errors.problems().iter().cloned()),
        }
    }
    tree.insert("Cargo.toml".into(), manifest(root, &course).into_bytes());
    tree.insert("README.md".into(), readme(root, &course, &sections).into_bytes());
    tree.insert(".gitignore".into(), GITIGNORE.into());
    ReleaseErrors::unless_clean(tree, problems)
}

/// Tasks whose file or visible test students would look for in vain.
fn tasks_without_files(module: &CourseModule, rubric: &Rubric, files: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for task in &rubric.tasks {
        for path in [task.files[0].clone(), test_file(task)] {
            if !files.contains_key(&path) {
                let name = format!("solutions/{}/{}", module.slug, path.display());
                let message = format!("task `{}` needs this file, and it is not shipped", task.id);
                problems.push(
                    Problem::whole_file(name, message)
                        .help("write it, or change the task in the module's rubric"),
                );
            }
        }
    }
    problems
}

/// Where the visible tests of a task stand, inside its module.
fn test_file(task: &TaskRubric) -> PathBuf {
    format!("tests/{}.rs", task.id).into()
}

/// The students' workspace manifest: the one that is there, with the course's members.
fn manifest(root: &Path, course: &Course) -> String {
    let existing = std::fs::read_to_string(root.join("assignments/Cargo.toml"));
    let text = existing.unwrap_or_else(|_| MANIFEST.to_owned());
    let slugs = course.modules.iter().map(|module| module.slug.as_str());
    let quoted: Vec<String> =
        std::iter::once(GIVEN).chain(slugs).map(|name| format!("\"{name}\"")).collect();
    let members = format!("members = [{}]", quoted.join(", "));
    let Some(start) = text.find("members = [") else {
        return format!("{text}\n[workspace]\nresolver = \"3\"\n{members}\n");
    };
    let end = text[start..].find(']').map_or(text.len(), |length| start + length + 1);
    format!("{}{members}{}", &text[..start], &text[end..])
}

fn readme(root: &Path, course: &Course, sections: &str) -> String {
    // A course has at least one module, and a rubric at least one task.
    let first = course.modules.first().map_or("", |module| module.slug.as_str());
    let task = Rubric::load(&root.join(format!("config/modules/{first}.yaml")))
        .ok()
        .and_then(|rubric| rubric.tasks.into_iter().next());
    let first_test = task.map_or_else(String::new, |task| test_command(first, &task.id));
    README
        .replace("{{title}}", &course.title)
        .replace("{{rust}}", env!("CARGO_PKG_RUST_VERSION"))
        .replace("{{first_test}}", &first_test)
        .replace("{{first}}", first)
        .replace("{{modules}}", sections)
}

fn test_command(slug: &str, task: &str) -> String {
    format!("cargo test -p {slug} --test {task}")
}

/// A module's part of the README: its tasks, and its hints, folded away.
fn section(text: &mut String, module: &CourseModule, rubric: &Rubric) {
    let slug = &module.slug;
    let due = module.due.map_or_else(String::new, |due| format!("Due {due}. "));
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "\n### {}. {}\n\n{due}{} points. Handout: [{slug}/README.md]({slug}/README.md)\n\n\
         | task | points | you edit | its tests |\n|---|---|---|---|",
        module.number,
        rubric.title,
        rubric.points(),
    );
    for task in &rubric.tasks {
        let _ = writeln!(
            text,
            "| {} | {} | `{slug}/{}` | `{}` |",
            task.title,
            task.points,
            task.files[0].display(),
            test_command(slug, &task.id),
        );
    }
    let _ = writeln!(text, "\nStuck? Open the hint of your task:\n");
    for task in &rubric.tasks {
        let _ = writeln!(
            text,
            "<details><summary>{}</summary>\n\n{}\n\n</details>",
            task.title, task.hint
        );
    }
}
