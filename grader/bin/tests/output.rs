//! What people and programs read: help, tables, reports, JSON, colours.

mod support;

use grader_course::config::Course;
use grader_pipeline::ModuleSetup;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use support::{ClassFolder, grader, run};

/// A percentile by the nearest rank instead of by interpolation.
fn nearest_rank(class: ClassFolder, name: &str) -> ClassFolder {
    let right = "Ok(below + position.fract() * (above - below))";
    class.edited(
        name,
        "src/timer.rs",
        right,
        "Ok(if position.fract() < 0.5 { below } else { above })",
    )
}

/// Replaces all that another machine or another run would say differently.
fn steady(text: &str, class: &ClassFolder) -> String {
    let text = text
        .replace(&class.base().display().to_string(), "[folder]")
        .replace(env!("CARGO_BIN_EXE_grader"), "[grader]")
        .replace(&support::root().display().to_string(), "[course]");
    let mut out = String::new();
    for line in text.lines() {
        match line.split_once(" unchanged since an earlier run, in ") {
            Some((counts, _)) => {
                out += counts;
                out += " unchanged since an earlier run, in [time]; sandbox: [level]";
            }
            None => out += line.trim_end(),
        }
        out.push('\n');
    }
    out
}

#[test]
fn help_reads_as_expected() {
    insta::assert_snapshot!("help", run(grader().arg("--help")).done().stdout);
    insta::assert_snapshot!("help_grade", run(grader().args(["grade", "--help"])).done().stdout);
}

#[test]
fn every_command_has_help_with_examples() {
    for command in ["grade", "check", "release", "report", "cases"] {
        let ended = run(grader().args([command, "--help"])).done();
        assert!(ended.stdout.contains(&format!("Examples:\n  grader {command}")), "{command}");
    }
}

/// Adds a submission with one mistake, and says at which line and column it stands.
fn not_compiling(class: ClassFolder, name: &str) -> (ClassFolder, String) {
    let mistake = "    let _wrong: String = 5_u8;";
    let before = "sorted.sort_unstable_by(f64::total_cmp);";
    let class = class.edited(name, "src/timer.rs", before, &format!("{before}\n{mistake}"));
    let text = fs::read_to_string(class.student(name).join("src/timer.rs")).expect("a source");
    let line = 1 + text.lines().position(|line| line == mistake).expect("the mistake");
    let column = 1 + mistake.find("5_u8").expect("the wrong value");
    (class, format!("src/timer.rs:{line}:{column}"))
}

#[test]
fn the_class_table_reads_as_expected() {
    let (class, place) = not_compiling(ClassFolder::new().reference("ada").stub("bob"), "eve");
    let ended = run(&mut class.grade()).done().saying(&[&place]);
    insta::assert_snapshot!(
        "class_table",
        steady(&ended.stdout, &class).replace(&place, "[place]")
    );
}

#[test]
fn a_compile_error_is_shown_at_the_students_own_line() {
    let (class, place) = not_compiling(ClassFolder::new(), "eve");
    let ended = run(grader().args(support::CHECK).arg(class.student("eve"))).done();
    let told = ended.saying(&[&format!("{place}: mismatched types")]).stdout;
    // The compiler words its explanations anew with each version.
    let own = told.split("Task 1:").next().expect("a first part").replace(&place, "[place]");
    let own: Vec<_> = own.lines().filter(|line| !line.starts_with("    ")).collect();
    insta::assert_snapshot!("compile_error", steady(&own.join("\n"), &class));
    assert!(!told.contains(&class.base().display().to_string()), "a path of this machine: {told}");
}

fn parsed(json: &str) -> Value {
    assert!(!json.contains('\u{1b}'), "an escape sequence in JSON");
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in:\n{json}"))
}

#[test]
fn json_is_json_and_names_its_schema() {
    let class = ClassFolder::new().reference("ada").stub("bob");
    let mut colourful = class.grade();
    let ended = run(colourful.args(["--format", "json", "--color", "always"])).done();
    let document = parsed(&ended.stdout);
    assert_eq!(document["schema"], "grader/class/v2");
    assert_eq!(document["submissions"].as_array().map(Vec::len), Some(2));
    assert_eq!(support::points(&support::grades(&ended.stdout)), class.points());

    let document = parsed(&run(class.report().args(["--format", "json"])).done().stdout);
    assert_eq!(document["schema"], "grader/class/v2");
    let mut check = grader();
    check
        .args(support::CHECK)
        .arg(class.student("bob"))
        .args(["--format", "json", "--color", "always"]);
    let document = parsed(&run(&mut check).done().stdout);
    assert_eq!(document["schema"], "grader/student/v1");
    assert_eq!(document["points"], 0.0);
}

#[test]
fn doctor_attacks_the_sandbox_and_it_holds() {
    let ended = run(grader().args(["doctor", "--attack", "--format", "json"])).done();
    let rows: Vec<Value> = serde_json::from_str(&ended.stdout).expect("JSON");
    assert!(rows.len() > 20, "{rows:?}");
    let worked = rows.iter().filter(|row| row["works_outside"] == true).count();
    assert!(worked >= 7, "the attacks are shown to work: {rows:?}");
    assert!(rows.iter().all(|row| row["held"] == true), "{rows:?}");
    run(grader().args(["doctor", "--attack"])).done().saying(&["held", "sandbox: "]);
}

#[test]
fn doctor_speaks_json_too() {
    let ended = run(grader().args(["doctor", "--format", "json"]));
    let document = parsed(&ended.stdout);
    let names: Vec<_> =
        document.as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert!(names.contains(&&Value::from("toolchain")), "{names:?}");
    assert!(names.contains(&&Value::from("sandbox")), "{names:?}");
}

/// The standard output of a `check` on a terminal.
fn on_a_terminal(class: &ClassFolder, options: &str, no_color: &str) -> String {
    let program = env!("CARGO_BIN_EXE_grader");
    let course = support::root();
    let submission = class.student("ada");
    let line = format!(
        "'{program}' --course '{}' check -m profiling '{}' {options}",
        course.display(),
        submission.display()
    );
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null());
    command.env("GRADER_CACHE", support::kits()).env("TERM", "xterm-256color");
    command.env("NO_COLOR", no_color).env_remove("CLICOLOR_FORCE");
    run(&mut command).done().saying(&["0 / "]).stdout
}

#[test]
fn colours_are_for_terminals_and_can_be_refused() {
    let class = ClassFolder::new().stub("ada");
    let coloured = |text: String| text.contains("\u{1b}[");
    assert!(coloured(on_a_terminal(&class, "", "")), "an empty NO_COLOR says nothing");
    assert!(!coloured(on_a_terminal(&class, "", "1")));
    assert!(!coloured(on_a_terminal(&class, "--color never", "")));
    assert!(coloured(on_a_terminal(&class, "--color always", "1")), "said last counts");

    let piped = |options: &[&str]| {
        run(grader().args(support::CHECK).arg(class.student("ada")).args(options)).done().stdout
    };
    assert!(!coloured(piped(&[])));
    assert!(coloured(piped(&["--color", "always"])));
}

/// A record without what depends on the time of day.
fn without_times(mut record: Value) -> Value {
    for grade in record["submissions"].as_array_mut().expect("submissions") {
        grade["costs"] = Value::Null;
        for case in grade["cases"].as_array_mut().expect("cases") {
            case["wall_seconds"] = Value::Null;
        }
    }
    record
}

#[test]
fn the_same_seed_gives_the_same_record() {
    let class = nearest_rank(ClassFolder::new(), "ada");
    let check = |seed: &str| {
        let mut command = grader();
        command.args(support::CHECK).arg(class.student("ada")).args([
            "--instructor",
            "--format",
            "json",
        ]);
        without_times(parsed(&run(command.args(["--seed", seed])).done().stdout))
    };
    let first = check("4711");
    assert_eq!(first["submissions"][0]["provenance"]["seed"], 4711);
    assert_eq!(first, check("4711"));
    let details = |record: &Value| {
        let cases = record["submissions"][0]["cases"].as_array().cloned().expect("cases");
        cases.into_iter().map(|case| case["detail"].clone()).collect::<Vec<_>>()
    };
    assert_ne!(details(&first), details(&check("4712")), "the inputs do not depend on the seed");
}

/// Numbers of a length that no two texts share by chance.
fn long_numbers(text: &str) -> BTreeSet<String> {
    let numbers = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    let long = |number: &&str| number.chars().filter(char::is_ascii_digit).count() >= 8;
    numbers.filter(long).map(str::to_owned).collect()
}

#[test]
fn hidden_values_are_for_instructors_alone() {
    let class = nearest_rank(ClassFolder::new(), "ada");
    let check = |options: &[&str]| {
        let mut command = grader();
        command
            .args(support::CHECK)
            .arg(class.student("ada"))
            .args(["--seed", "4711"])
            .args(options);
        run(&mut command).done().saying(&["nearest rank"]).stdout
    };
    let record = &support::grades(&check(&["--instructor", "--format", "json"]))[0];
    let details = record.cases.iter().filter_map(|case| case.detail.as_ref());
    let hidden: BTreeSet<_> =
        details.flat_map(|detail| long_numbers(detail.for_instructor())).collect();
    assert!(hidden.len() > 1, "there is nothing to hide in {hidden:?}");

    let for_instructors = check(&["--instructor"]);
    assert!(hidden.iter().any(|number| for_instructors.contains(number)), "{for_instructors}");
    assert!(for_instructors.contains("4711"), "the seed repeats the grading");
    for format in ["text", "markdown", "html", "json"] {
        let text = check(&["--format", format]);
        for number in &hidden {
            assert!(!text.contains(number), "{number} of the hidden details in {format}:\n{text}");
        }
        assert!(!text.contains("4711"), "the seed in {format}:\n{text}");
    }
}

#[test]
fn no_students_file_holds_a_hidden_value() {
    let class = nearest_rank(ClassFolder::new(), "ada").stub("bob");
    run(&mut class.grade()).done();
    let record = class.grade_of("ada");
    let mut hidden: BTreeSet<_> = [record.provenance.seed.for_instructor().to_string()].into();
    for detail in record.cases.iter().filter_map(|case| case.detail.as_ref()) {
        hidden.extend(long_numbers(detail.for_instructor()));
    }
    assert!(hidden.len() > 1, "there is nothing to hide in {hidden:?}");
    let files = support::contents(&class.reports().join("students"));
    assert_eq!(files.len(), 6, "HTML, Markdown and JSON of two");
    for (path, bytes) in files {
        let text = String::from_utf8(bytes).expect("is UTF-8");
        assert!(!hidden.iter().any(|number| text.contains(number)), "{}", path.display());
    }
}

#[test]
fn hostile_names_are_shown_and_not_obeyed() {
    let names = ["<b>x", "\u{1b}[31mred", "two\nlines", "::error::x", "$(id)", "-rf"];
    let class = names.iter().fold(ClassFolder::new(), ClassFolder::stub);
    let ended = run(class.grade().args(["--color", "never"])).done();
    let ended = ended.saying(&["<b>x", "[31mred", "$(id)"]);
    for (at, line) in ended.stdout.lines().enumerate() {
        assert!(!line.contains('\u{1b}'), "an escape sequence in line {at}: {line:?}");
        assert!(line != "lines" && !line.starts_with("::"), "line {at}: {line:?}");
    }
    let grades = class.grades();
    assert_eq!(grades.len(), names.len());
    for (path, bytes) in support::contents(&class.out()) {
        if path.extension().is_some_and(|ending| ending == "html") {
            let page = String::from_utf8(bytes).expect("is UTF-8");
            assert!(!page.contains("<b>x") && !page.contains('\u{1b}'), "{}", path.display());
        }
    }
    let page = fs::read_to_string(class.reports().join("class.html")).expect("the class page");
    assert!(page.contains("&lt;b&gt;x") || page.contains("&#60;b&#62;x"), "{page}");
    let outside = support::contents(class.base()).into_iter().map(|(path, _)| path);
    let strays: Vec<_> = outside.filter(|path| !within(path, &class)).collect();
    assert!(strays.is_empty(), "{strays:?}");
}

fn within(path: &Path, class: &ClassFolder) -> bool {
    path.starts_with(class.out()) || path.starts_with(class.path())
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let class = ClassFolder::new().stub("ada");
    let mut command = grader();
    command.args(support::CHECK).arg(class.student("ada"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("ends");
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!((ended.status.code(), &*told), (Some(0), ""));
}

#[test]
fn output_that_cannot_be_written_is_told() {
    let class = ClassFolder::new().stub("ada");
    let full = fs::File::options().write(true).open("/dev/full").expect("a device");
    let mut command = grader();
    command.args(support::CHECK).arg(class.student("ada")).stdout(full);
    run(&mut command).with(3, &["standard output", "No space left"]);
}

/// The stems of `solutions/<slug>/wrong/*.yaml`, from the disk.
fn wrong_solutions(slug: &str) -> BTreeSet<String> {
    let folder = support::root().join("solutions").join(slug).join("wrong");
    let entries = fs::read_dir(folder).expect("known-wrong variants").flatten();
    let stem =
        |entry: fs::DirEntry| entry.path().file_stem().map(|stem| stem.to_string_lossy().into());
    entries.filter_map(stem).collect()
}

/// The value of the field `name` of all objects in the list `items`.
fn field(items: &Value, name: &str) -> Vec<String> {
    let items = items.as_array().expect("a list").iter();
    items.map(|item| item[name].as_str().expect("a text").to_owned()).collect()
}

#[test]
fn the_catalogue_has_every_hidden_case_and_every_known_mistake() {
    let course = Course::load(&support::root().join("config")).expect("the course");
    assert!(!course.modules.is_empty());
    for module in &course.modules {
        let slug = module.slug.as_str();
        let ended = run(grader().args(["cases", "--module", slug, "--format", "json"])).done();
        let catalogue: Value = serde_json::from_str(&ended.stdout).expect("JSON");
        assert_eq!(catalogue["schema"], "grader/cases/v1");
        assert_eq!(catalogue["readers"], grader_model::NOT_FOR_STUDENTS);
        let mut cases = BTreeSet::new();
        let mut mistakes: BTreeSet<_> = field(&catalogue["uncaught"], "name").into_iter().collect();
        for task in catalogue["tasks"].as_array().expect("tasks") {
            mistakes.extend(field(&task["audited"], "name"));
            for case in task["cases"].as_array().expect("cases") {
                assert!(case["claim"].as_str().is_some_and(|claim| claim.len() > 10), "{case}");
                cases.insert(case["name"].as_str().expect("a name").to_owned());
                mistakes.extend(field(&case["mistakes"], "name"));
            }
        }
        let setup = ModuleSetup::open(&support::root(), module, grader::MODULES, &|_| ())
            .expect("the module");
        assert_eq!(cases, setup.suite.names().map(|(_, name)| name.to_owned()).collect());
        assert_eq!(mistakes, wrong_solutions(slug), "of {slug}");
        assert_eq!(catalogue["uncaught"], serde_json::json!([]), "of {slug}");
    }
}

#[test]
fn the_catalogue_is_one_private_page_for_each_module_and_never_in_assignments() {
    let class = ClassFolder::new();
    let out = class.base().join("instructors");
    let mut command = grader();
    run(command.arg("cases").arg("--out").arg(&out)).done().saying(&["not for students"]);
    let pages: Vec<_> = fs::read_dir(&out).expect("pages").flatten().collect();
    let course = Course::load(&support::root().join("config")).expect("the course");
    assert_eq!(pages.len(), course.modules.len());
    for page in pages {
        let text = fs::read_to_string(page.path()).expect("a page");
        assert!(text.contains(grader_model::NOT_FOR_STUDENTS) && text.contains("Catches "));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(page.metadata().expect("a file").permissions().mode() & 0o077, 0);
        }
    }
    for place in ["assignments", "assignments/new/deep"] {
        let out = support::root().join(place);
        run(grader().arg("cases").arg("--out").arg(&out)).with(2, &["for students", "--out"]);
        assert!(!out.join("caching-cases.html").exists(), "{place}");
        assert_eq!(out.exists(), place == "assignments", "{place}");
    }
}
