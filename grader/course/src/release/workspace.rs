//! Generates everything in `assignments/`: the modules and the workspace around them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::ReleaseTree;
use super::errors::ReleaseErrors;
use super::handout::{file_list, not_this_term, points, points_cell, test_command};
use super::module::{made, read, test_file};
use super::rules;
use crate::config::{Course, CourseModule, Foundation, Rubric};
use crate::located::LocatedProblem;

const README: &str = include_str!("../../templates/assignments-README.md");
const MANIFEST: &str = include_str!("../../templates/assignments-Cargo.toml");
const GITIGNORE: &str = include_str!("../../templates/assignments-gitignore");

/// The settings of `cargo fmt`. Without the course's own, it would rewrite the files that students
/// are given.
const FORMAT: &str = "rustfmt.toml";

/// All generated files: path inside `assignments/` -> content. Given files (the foundation,
/// `Cargo.lock`) are not included. Reads `config/`, `solutions/`, the root manifest, the root's
/// `rustfmt.toml` if there is one, and the existing manifest in `assignments/`, which it updates.
pub fn assignments(root: &Path) -> Result<ReleaseTree, ReleaseErrors> {
    let course = Course::load(&root.join("config"))?;
    let mut tree = ReleaseTree::new();
    let mut problems = Vec::new();
    let mut sections = String::new();
    for module in &course.modules {
        let rubric_path = root.join(format!("config/modules/{}.yaml", module.slug));
        let rubric = Rubric::load(&rubric_path);
        let files = made(root, &course, module, rubric.as_ref().ok());
        if let Err(errors) = &rubric {
            problems.extend(errors.problems().iter().cloned());
        }
        if let Err(errors) = &files {
            problems.extend(errors.problems().iter().cloned());
        }
        if let (Ok(files), Ok(rubric)) = (files, rubric) {
            problems.extend(tasks_without_files(module, &rubric, &files));
            problems.extend(stubs_of_no_task(module, &rubric, &files));
            section(&mut sections, module, &rubric);
            let in_module = |(path, bytes)| (Path::new(&module.slug).join::<PathBuf>(path), bytes);
            tree.extend(files.into_iter().map(in_module));
        }
    }
    tree.insert("Cargo.toml".into(), manifest(root, &course).into_bytes());
    tree.insert("README.md".into(), readme(root, &course, &sections).into_bytes());
    tree.insert(".gitignore".into(), GITIGNORE.into());
    if root.join(FORMAT).is_file() {
        tree.insert(FORMAT.into(), read(&root.join(FORMAT))?);
    }
    ReleaseErrors::unless_clean(tree, problems)
}

/// Tasks whose files or visible test are not shipped, and files of a task that contain nothing to
/// write.
fn tasks_without_files(
    module: &CourseModule,
    rubric: &Rubric,
    files: &ReleaseTree,
) -> Vec<LocatedProblem> {
    let mut problems = Vec::new();
    for task in rubric.handed_out() {
        for path in task.files.iter().cloned().chain([test_file(task)]) {
            let name = format!("solutions/{}/{}", module.slug, path.display());
            let Some(bytes) = files.get(&path) else {
                let message = format!("task `{}` needs this file, but it is not shipped", task.id);
                let problem = LocatedProblem::whole_file(name, message);
                problems.push(problem.help("write it, or change the task in the module's rubric"));
                continue;
            };
            if task.files.contains(&path) && !has_stub(bytes) {
                let message = format!(
                    "task `{}` lists this file, but nothing in it is left to write",
                    task.id
                );
                let problem = LocatedProblem::whole_file(name, message);
                problems.push(problem.help("remove it from the task's `files:` in the rubric"));
            }
        }
    }
    problems
}

/// Files with stubs that no task lists.
fn stubs_of_no_task(
    module: &CourseModule,
    rubric: &Rubric,
    files: &ReleaseTree,
) -> Vec<LocatedProblem> {
    let tasks = || rubric.tasks.iter().chain(&rubric.dropped);
    let is_listed = |path: &Path| tasks().any(|task| task.files.iter().any(|file| file == path));
    let unlisted = files
        .iter()
        .filter(|(path, bytes)| path.starts_with("src") && has_stub(bytes) && !is_listed(path));
    unlisted
        .map(|(path, _)| {
            let name = format!("solutions/{}/{}", module.slug, path.display());
            let help = format!("add {} to `files:` of a task in the rubric", path.display());
            LocatedProblem::whole_file(
                name,
                "no task lists this file, but parts of it are left to write",
            )
            .help(help)
        })
        .collect()
}

fn has_stub(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|window| window == b"todo!(")
}

/// The students' workspace manifest: the existing one with its members updated.
fn manifest(root: &Path, course: &Course) -> String {
    let existing = std::fs::read_to_string(root.join("assignments/Cargo.toml"));
    let text = existing.unwrap_or_else(|_| MANIFEST.to_owned());
    let quoted: Vec<String> = course.packages().map(|name| format!("\"{name}\"")).collect();
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
        .and_then(|rubric| rubric.handed_out().first().map(|task| (*task).clone()));
    let first_test = task.map_or_else(String::new, |task| test_command(first, &task.id));
    let about = course.about.as_ref().map_or_else(String::new, |about| format!("{about} "));
    about_foundation(README, course.foundation.as_ref())
        .replace("{{about}}", &about)
        .replace("{{title}}", &course.title)
        .replace("{{rust}}", env!("CARGO_PKG_RUST_VERSION"))
        .replace("{{first_test}}", &first_test)
        .replace("{{first}}", first)
        .replace("{{rules}}", rules::of_course(course, first).trim_end())
        .replace("{{modules}}", sections)
}

/// The template with the name of the foundation. Without one, the list items and table rows that name it
/// are left out, and the items after them are numbered again. Lines of an item after its first are indented.
fn about_foundation(template: &str, foundation: Option<&Foundation>) -> String {
    const NAME: &str = "{{foundation}}";
    if let Some(foundation) = foundation {
        return template.replace(NAME, &foundation.package);
    }
    let mut text = String::new();
    let mut is_left_out = false;
    let mut left_out_items = 0;
    for line in template.lines() {
        let number = item_number(line);
        let is_continuation = line.starts_with("   ");
        is_left_out = line.contains(NAME) || (is_left_out && is_continuation);
        if line.starts_with('#') {
            left_out_items = 0;
        }
        if is_left_out && number.is_some() {
            left_out_items += 1;
        }
        if is_left_out {
            continue;
        }
        let rest = line.trim_start_matches(|c: char| number.is_some() && c.is_ascii_digit());
        let number =
            number.map_or_else(String::new, |number| (number - left_out_items).to_string());
        let _ = writeln!(text, "{number}{rest}");
    }
    text
}

/// The number of an item of a numbered list.
fn item_number(line: &str) -> Option<usize> {
    line.split_once(". ").and_then(|(number, _)| number.parse().ok())
}

/// A module's section of the README: its tasks, and its hints, collapsed.
fn section(text: &mut String, module: &CourseModule, rubric: &Rubric) {
    let slug = &module.slug;
    let due = module.due.map_or_else(String::new, |due| format!("Due {due}. "));
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "\n### {}. {}\n\n{due}{}. Handout: [{slug}/README.md]({slug}/README.md)\n\n\
         | task | points | you edit | its tests |\n|---|---|---|---|",
        module.number,
        rubric.title,
        points(rubric.points()),
    );
    for task in rubric.handed_out() {
        let _ = writeln!(
            text,
            "| {} | {} | {} | `{}` |",
            task.title,
            points_cell(rubric, task),
            file_list(&format!("{slug}/"), task),
            test_command(slug, &task.id),
        );
    }
    text.push_str(&not_this_term(rubric));
    let _ = writeln!(text, "\nStuck? Open the hint of your task:\n");
    for task in rubric.handed_out() {
        let _ = writeln!(
            text,
            "<details><summary>{}</summary>\n\n{}\n\n</details>",
            task.title, task.hint
        );
    }
}
