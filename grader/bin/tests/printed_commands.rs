//! Every command that the grader prints works exactly as it is printed, in the folder where it is printed: in
//! the class table, on class pages, in messages, in help texts and in the guides.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{ClassFolder, ProgramOutput, copy, kits, root, run};

/// Names that a shell, an option parser or a page would take for something else.
const AWKWARD: [&str; 9] = [
    "Zoë O'Neil",
    "-rf",
    "$(id)",
    "two  blanks ",
    "a\"b`c\\d",
    "##[x",
    "--out",
    "名前 & <b>",
    "two\nlines",
];

/// A command as a shell would run it in `folder`.
fn typed(folder: &Path, line: &str) -> ProgramOutput {
    let mut command = Command::new("sh");
    let program = Path::new(env!("CARGO_BIN_EXE_grader")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    command.args(["-c", line]).current_dir(folder);
    command.env("PATH", format!("{}:{path}", program.display())).env("HOME", folder);
    command.env("GRADER_CACHE", kits()).env("COLUMNS", "100").env("LC_ALL", "C.UTF-8");
    run(&mut command)
}

/// The lines of a text that are commands of the grader, without what stands before them.
fn commands(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| {
        let at = line.find("grader report --").or_else(|| line.find("grader check --"))?;
        Some(line[at..].trim_end().to_owned())
    });
    lines.collect()
}

/// The commands in a page.
fn in_page(page: &str) -> Vec<String> {
    let codes = page.split("<code>").skip(1).filter_map(|rest| rest.split("</code>").next());
    let text = codes.map(|code| {
        let mut text = code.to_owned();
        for (escape, character) in
            [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#58;", ":")]
        {
            text = text.replace(escape, character);
        }
        text.replace("&#35;", "#").replace("&lt;", "<").replace("&gt;", ">").replace("&#38;", "&")
    });
    commands(&text.collect::<Vec<_>>().join("\n"))
}

/// A class folder of awkward names, in a folder with an awkward name; none can be graded, so that each is
/// listed with a command. The course is given by a relative path.
fn awkward_class() -> (ClassFolder, PathBuf) {
    let class = ClassFolder::new();
    let here = class.base().join("it's here");
    for name in AWKWARD {
        fs::create_dir_all(here.join("class").join(name).join("empty")).expect("a folder");
    }
    std::os::unix::fs::symlink(root(), here.join("my course")).expect("a link");
    (class, here)
}

#[test]
fn commands_about_awkward_names_work_as_printed() {
    let (_class, here) = awkward_class();
    let line =
        "grader --course 'my course' grade -m 15 class --out='-o u$t' --gradebook 'g b.sqlite'";
    let ended = typed(&here, line).with(3, &[]);
    let page = fs::read_to_string(here.join("-o u$t/profiling/class.html")).expect("a page");
    for printed in [commands(&ended.stdout), in_page(&page)] {
        assert_eq!(printed.len(), AWKWARD.len(), "{printed:?}\n{}", ended.stdout);
        for line in printed {
            typed(&here, &line).done().saying(&["attempt ", "no grade"]);
        }
    }
    assert!(!here.join("grades").exists(), "a command looked elsewhere");
}

#[test]
fn the_command_for_a_single_submission_works_as_printed() {
    let class = ClassFolder::new().reference("it's mine");
    let here = class.base();
    std::os::unix::fs::symlink(root(), here.join("course")).expect("a link");
    let ended = typed(here, "grader --course course grade -m profiling \"class/it's mine\"");
    let printed = commands(&ended.with(2, &["looks like one submission"]).stderr);
    assert_eq!(printed.len(), 1, "{printed:?}");
    typed(here, &printed[0]).done().saying(&["100 / 100"]);
}

/// A program that is started by a path is printed with that path.
#[test]
fn a_program_that_the_shell_does_not_find_is_printed_with_its_path() {
    let class = ClassFolder::new().file("ada/empty", b"");
    let here = class.base();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_grader"), here.join("my grader"))
        .expect("a link");
    let mut command = Command::new("./my grader");
    command.current_dir(here).env("GRADER_CACHE", kits()).arg("--course").arg(root());
    let ended = run(command.args(["grade", "-m", "profiling", "class"])).with(3, &[]);
    let at = ended.stdout.find("'./my grader' report").expect("the program as it was started");
    let line = ended.stdout[at..].lines().next().expect("a line");
    let mut shell = Command::new("sh");
    run(shell.args(["-c", line]).current_dir(here)).done().saying(&["attempt "]);
}

/// A course with a class of two in it, as the examples of the help texts and guides assume.
fn course_of_the_examples() -> ClassFolder {
    let class = ClassFolder::new();
    let course = class.base().join("course");
    for folder in ["assignments", "config", "solutions"] {
        copy(&root().join(folder), &course.join(folder));
    }
    for name in ["grader", "Cargo.toml", "Cargo.lock"] {
        std::os::unix::fs::symlink(root().join(name), course.join(name)).expect("a link");
    }
    for (name, place) in [("ada", "submissions"), ("amara", "regression/class")] {
        copy(&root().join("assignments/profiling/src"), &course.join(place).join(name).join("src"));
    }
    class
}

/// The commands of a help text: the first part of each example, the second is an explanation. The names of
/// this course are put in.
fn examples(command: &str) -> Vec<String> {
    let help = run(support::grader().args([command, "--help"])).done().stdout;
    let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
    let lines = examples.lines().take_while(|line| line.starts_with("  grader "));
    let commands = lines.map(|line| line.trim().split("  ").next().unwrap_or_default());
    let names = [("MODULE", "acceleration"), ("CASE", "tiled_is_fast"), ("TASK", "tiled")];
    let with_names = |command: &str| {
        names.iter().fold(command.to_owned(), |text, (word, name)| text.replace(word, name))
    };
    commands.map(with_names).collect()
}

/// The commands of a guide, in blocks and in the text, with what its placeholders stand for.
fn in_guide(path: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(path)).expect("a guide");
    let blocks =
        text.lines().filter(|line| line.contains("grader -- ") || line.starts_with("grader "));
    let quoted = text.split('`').skip(1).step_by(2).filter(|code| code.contains("grader "));
    let all = blocks.chain(quoted).map(|line| {
        let line = line
            .split('#')
            .next()
            .unwrap_or_default()
            .replace("cargo run -p grader --", "grader")
            .replace("release --out DIR", "release --out EXPORT");
        let words = line.split_whitespace().map(|word| match word {
            "DIR" => "submissions",
            "NAME" | "STUDENT" => "ada",
            "SUBMISSION" => "submissions/ada",
            "SEED" => "4711",
            "EXPORT" => "exported",
            word => word,
        });
        words.collect::<Vec<_>>().join(" ")
    });
    all.filter(|line| line.starts_with("grader ") && line.split(' ').count() > 1).collect()
}

#[test]
fn examples_of_the_help_texts_work() {
    let class = course_of_the_examples();
    let course = class.base().join("course");
    let zip = "python3 -m zipfile -c ada.zip submissions/ada/src";
    typed(&course, zip).done();
    for command in ["grade", "check", "release", "report", "decide", "withdraw", "doctor"] {
        let examples = examples(command);
        assert!(!examples.is_empty(), "{command}");
        for line in examples {
            // A student's own work is the folder that the student is in.
            let own = line.starts_with("grader check . ");
            let folder = if own { course.join("submissions/ada") } else { course.clone() };
            // Nothing is pending there, so that there is nothing to decide.
            let code = if command == "decide" { 2 } else { 0 };
            typed(&folder, &line).with(code, &[]);
        }
    }
}

#[test]
fn commands_of_the_guides_work() {
    let class = course_of_the_examples();
    let course = class.base().join("course");
    for guide in ["README.md", "grader/README.md"] {
        let commands = in_guide(guide);
        assert!(commands.len() > 4, "{guide}: {commands:?}");
        for line in commands {
            typed(&course, &line).with(0, &[]);
        }
    }
}
