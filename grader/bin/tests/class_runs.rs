//! A class over several runs: nobody vanishes from it, whatever becomes of an entry, and nobody stays who left.

mod support;

use grader_gradebook::Gradebook;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use support::{ClassFolder, grader, run};

/// `grade` on a class, with the results of another one.
fn into_results_of(results: &ClassFolder, class: &ClassFolder) -> Command {
    let mut command = grader();
    command.args(support::GRADE).arg(class.path()).arg("--out").arg(results.out());
    command
}

fn withdraw(class: &ClassFolder, options: &[&str]) -> Command {
    let mut command = grader();
    command.arg("withdraw").args(options).arg("--out").arg(class.out());
    command
}

/// Gives a submission content of its own.
fn own_work(class: &ClassFolder, name: &str) {
    let file = class.student(name).join("src/lib.rs");
    let text = fs::read_to_string(&file).expect("a source");
    fs::write(&file, format!("{text}// {name}\n")).expect("a write");
}

fn class_json(class: &ClassFolder) -> Value {
    let text = fs::read_to_string(class.reports().join("class.json")).expect("class.json");
    serde_json::from_str(&text).expect("JSON")
}

/// Names under a key of `class.json` whose entries have a field `field`.
fn names(document: &Value, key: &str, field: &str) -> Vec<String> {
    let list = document[key].as_array().unwrap_or_else(|| panic!("no {key} in {document}"));
    list.iter().map(|one| one[field].as_str().expect("a name").to_owned()).collect()
}

fn pages(class: &ClassFolder) -> Vec<String> {
    let files = support::contents(&class.reports().join("students")).into_iter();
    let names = files.map(|(path, _)| path.file_name().expect("a name").display().to_string());
    names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "html")).collect()
}

#[test]
fn every_entry_is_graded_or_named_with_a_reason() {
    let class = ClassFolder::new()
        .stub("ada")
        .file("oda.tar.xz", b"x")
        .file("gro.docx", b"x")
        .file("empty.zip", b"")
        .file("README.md", b"x")
        .file("grades.csv", b"x");
    let ended = run(&mut class.grade()).with(3, &["3 entries of this run have no grade"]);
    ended.saying(&["1 graded now", "oda.tar.xz", "gro.docx", "3 without a grade"]);
    let document = class_json(&class);
    assert_eq!(document["graded"], 1);
    assert_eq!(names(&document, "not_graded", "student"), ["empty", "gro", "oda"]);
    assert_eq!(names(&document, "passed_over", "name"), ["README.md", "grades.csv"]);
    for file in ["class.html", "class.md"] {
        let page = fs::read_to_string(class.reports().join(file)).expect("a page");
        assert!(page.replace('\\', "").contains("gro.docx"), "{file}");
        assert!(page.replace('\\', "").contains("grades.csv"), "{file}");
        assert!(page.replace('\\', "").contains("oda.tar.xz"), "{file}");
    }
    // The report from the gradebook says the same.
    let ended = run(class.report().args(["--format", "json"])).done();
    let again: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(again["not_graded"], document["not_graded"]);
    assert_eq!(again["passed_over"], document["passed_over"]);
    // The file's name finds its student.
    run(class.report().args(["--student", "oda.tar.xz"])).done().saying(&["no grade"]);
}

#[test]
fn an_entry_that_cannot_be_graded_is_one_attempt_however_often_it_lies_there() {
    let class = ClassFolder::new().stub("ada").file("oda.rar", b"x");
    run(&mut class.grade()).with(3, &[]);
    run(&mut class.grade()).with(3, &[]);
    let history = |student: &str| {
        let book = Gradebook::open_read_only(class.gradebook()).expect("a gradebook");
        book.history(student, "profiling").expect("attempts").len()
    };
    assert_eq!(history("oda"), 1);
    fs::remove_file(class.student("oda.rar")).expect("removed");
    let class = class.stub("oda");
    run(&mut class.grade()).done();
    assert_eq!(class.points(), [("ada".into(), Some(0.0)), ("oda".into(), Some(0.0))]);
    let book = Gradebook::open_read_only(class.gradebook()).expect("a gradebook");
    assert_eq!(book.history("oda", "profiling").expect("attempts").len(), 2);
}

/// Who has a grade keeps it when a damaged archive is handed in later, and the page says so.
#[test]
fn a_newer_entry_without_a_grade_hides_no_grade() {
    let class = ClassFolder::new().reference("ada").stub("bob");
    run(&mut class.grade()).done();
    let late = ClassFolder::new().file("ada.zip", b"");
    let ended = run(&mut into_results_of(&class, &late)).with(3, &["1 entry of this run"]);
    ended.saying(&["100 / 100", "Newer work that has no grade", "ada: ", "empty"]);
    class.full_marks("ada");
    assert_eq!(names(&class_json(&class), "not_counted", "name"), ["ada"]);
    assert_eq!(class_json(&class)["graded"], 2);
    let page = fs::read_to_string(class.reports().join("students/ada.html")).expect("a page");
    assert!(page.contains("100"), "the page is of the grade that counts");
    let ended = run(class.report().args(["--student", "ada"])).done();
    ended.saying(&["(record 3)", "no grade", "100 / 100", "graded by"]);
}

#[test]
fn a_late_submission_leaves_the_rest_of_the_class_as_it_was() {
    let class = ClassFolder::new().stub("ada").stub("bob").file("notes.txt", b"x");
    run(&mut class.grade()).done();
    let late = ClassFolder::new().reference("cleo");
    run(&mut into_results_of(&class, &late)).done().saying(&["3 submissions", "1 graded now"]);
    let expected = [("ada", 0.0), ("bob", 0.0), ("cleo", 100.0)];
    assert_eq!(class.points(), expected.map(|(name, points)| (name.into(), Some(points))));
    assert_eq!(pages(&class), ["ada.html", "bob.html", "cleo.html"]);
}

/// The reports of two modules lie side by side, and the gradebook is one.
#[test]
fn each_module_has_a_folder_of_its_own() {
    let class = ClassFolder::new().stub("ada");
    run(&mut class.grade()).done();
    let other = ClassFolder::new();
    support::copy(
        &support::root().join("assignments/caching/src"),
        &other.student("bob").join("src"),
    );
    let mut command = grader();
    command.args(["grade", "-m", "caching"]).arg(other.path()).arg("--out").arg(class.out());
    run(&mut command).done();
    assert_eq!(pages(&class), ["ada.html"]);
    assert!(class.out().join("caching/students/bob.html").is_file());
    assert_eq!(
        fs::read_dir(class.out()).expect("a folder").count(),
        3,
        "two modules, one gradebook"
    );
}

/// Two runs that name a student differently, as two systems do, are of one student.
#[test]
fn another_spelling_of_a_name_is_no_other_student() {
    let class = ClassFolder::new().stub("Zoe\u{308}");
    run(&mut class.grade()).done();
    let late = ClassFolder::new().reference("ZO\u{cb}");
    run(&mut into_results_of(&class, &late)).done();
    assert_eq!(class.points(), [("Zoe\u{308}".into(), Some(100.0))]);
    let damaged = ClassFolder::new().file("zo\u{eb}.zip", b"");
    run(&mut into_results_of(&class, &damaged)).with(3, &[]);
    assert_eq!(class.points(), [("Zoe\u{308}".into(), Some(100.0))]);
    run(class.report().args(["--student", "zo\u{eb}"])).done().saying(&["100 / 100"]);
    run(class.report().args(["--student", "zoey"])).with(2, &["did you mean `Zoe\u{308}`?"]);
}

#[test]
fn a_withdrawn_student_is_out_of_the_class_and_in_the_gradebook() {
    let class = ClassFolder::new().reference("ada").stub("bob");
    run(&mut class.grade()).done();
    run(&mut withdraw(&class, &["Bob", "--reason", "left early"]))
        .done()
        .saying(&["bob is withdrawn from all modules: left early"]);
    assert_eq!(class.points(), [("ada".into(), Some(100.0))]);
    assert_eq!(pages(&class), ["ada.html"], "the page of bob is gone");
    run(&mut class.grade())
        .done()
        .saying(&["1 submission", "bob: is of a student who is withdrawn (left early)"]);
    assert_eq!(class.points(), [("ada".into(), Some(100.0))]);
    let ended = run(class.report().args(["--student", "bob", "--history"])).done();
    ended.saying(&["attempt", "bob is withdrawn: left early", "decided by"]);

    run(&mut withdraw(&class, &["bob", "--undo"])).done().saying(&["bob is in the class again"]);
    assert_eq!(class.points().len(), 2);
    assert_eq!(pages(&class), ["ada.html", "bob.html"]);
    let page = fs::read_to_string(class.reports().join("class.md")).expect("a page");
    assert!(!page.contains("who is withdrawn"), "{page}");
    run(&mut withdraw(&class, &["eve"])).with(2, &["knows no student `eve`"]);
}

#[test]
fn what_only_reads_or_withdraws_creates_no_gradebook() {
    let class = ClassFolder::new();
    run(class.report().args(["--student", "ada"])).with(2, &["there is no gradebook", "--out"]);
    run(&mut class.report()).with(2, &["there is no gradebook"]);
    run(&mut withdraw(&class, &["ada"])).with(2, &["there is no gradebook"]);
    assert!(!class.out().exists());
}

#[test]
fn identical_work_is_for_the_instructor_to_know() {
    let class = ["ada", "bob"].iter().fold(ClassFolder::new(), ClassFolder::reference);
    let class = class.stub("dan").stub("eve").reference("other");
    own_work(&class, "other");
    let ended = run(class.grade().args(["--jobs", "1"])).done();
    ended.saying(&["Identical work", "    ada, bob\n", "with the same content as another, 0 unch"]);
    let document = class_json(&class);
    assert_eq!(document["identical_work"], serde_json::json!([["ada", "bob"]]));
    for (path, bytes) in support::contents(&class.reports().join("students")) {
        let page = String::from_utf8(bytes).expect("is UTF-8");
        let own = path.file_stem().is_some_and(|stem| stem == "bob");
        assert!(own || !page.contains("bob"), "{}", path.display());
    }
    run(&mut class.grade()).done().saying(&["0 graded now, 5 unchanged since an earlier run"]);
}

/// Who gives one submission as a class has a folder of sources, or a whole workspace.
#[test]
fn one_submission_is_no_class() {
    let single = ClassFolder::new().file("Cargo.toml", b"");
    support::copy(&support::root().join("assignments/profiling/src"), &single.path().join("src"));
    let workspace = ClassFolder::new().file("Cargo.toml", b"");
    for module in ["profiling", "caching"] {
        let from = support::root().join("assignments").join(module).join("src");
        support::copy(&from, &workspace.student(module).join("src"));
    }
    for class in [single, workspace] {
        let mut without_module = grader();
        without_module.arg("grade").arg(class.path()).arg("--out").arg(class.out());
        for command in [&mut class.grade(), &mut without_module] {
            let ended = run(command).with(2, &["looks like one submission", " check "]);
            assert_eq!(ended.stdout, "", "nothing was graded");
        }
        assert!(!class.out().exists(), "nothing was written");
    }
}

#[test]
fn progress_is_in_a_log_too() {
    let class = ClassFolder::new().stub("ada").stub("bob");
    run(&mut class.grade()).with(0, &["1 of 2 done (", "2 of 2 done (", ": 0 of 100)"]);
}

/// The report of whoever is done is there while others are still being graded.
#[test]
fn a_report_does_not_wait_for_the_class() {
    let class = ["ada", "bob", "cleo"].iter().fold(ClassFolder::new(), ClassFolder::stub);
    own_work(&class, "bob");
    own_work(&class, "cleo");
    let mut child = class.grade().args(["--jobs", "1"]).spawn().expect("starts");
    let early = support::eventually("a report before the class page", || {
        let ended = child.try_wait().expect("can be asked").is_some();
        match (class.reports().join("students/ada.html").is_file(), ended) {
            (true, _) => Ok(!class.reports().join("class.html").exists()),
            (false, true) => Ok(false),
            (false, false) => Err("no page yet".into()),
        }
    });
    child.wait().expect("ends");
    assert!(early, "the report came with the class page");
    assert!(class.reports().join("class.html").is_file());
}

/// One result serves all hand-ins of the same sources. Once it brought the remarks on the first one with it, so
/// that a student read the name of another's private file.
#[test]
fn remarks_on_a_hand_in_stay_with_it() {
    let private = "bob/src/private_notes_of_bob.txt";
    let class = ClassFolder::new().stub("ada").stub("bob").file(private, b"x").stub("cleo");
    run(class.grade().args(["--jobs", "1"])).done();
    let page = |student: &str| {
        let path = class.reports().join(format!("students/{student}.md"));
        fs::read_to_string(path).expect("a page").replace('\\', "")
    };
    assert!(page("bob").contains("private_notes_of_bob"), "{}", page("bob"));
    for other in ["ada", "cleo"] {
        assert!(!page(other).contains("private_notes"), "{}", page(other));
    }
    // The file is gone in the next hand-in, and so is the remark.
    fs::remove_file(class.path().join(private)).expect("removed");
    run(&mut class.grade()).done();
    assert!(!page("bob").contains("private_notes"), "{}", page("bob"));
}

/// Grades, hidden values and names are nobody's business on a machine that several people use, whatever the umask.
#[cfg(unix)]
#[test]
fn what_is_written_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let class = ClassFolder::new().stub("ada");
    run(&mut class.grade()).done();
    // Whoever cannot enter a folder reads no file below it.
    assert_eq!([mode(&class.out()), mode(&class.reports())], [0o700; 2]);
    // And these are closed wherever they are moved to.
    let of_the_class = ["class.json", "class.html", "class.md"];
    let of_the_class = of_the_class.map(|name| class.reports().join(name));
    for private in of_the_class.into_iter().chain([class.gradebook()]) {
        assert_eq!(mode(&private), 0o600, "{}", private.display());
    }
    fs::set_permissions(class.gradebook(), fs::Permissions::from_mode(0o644)).expect("a mode");
    run(&mut class.grade()).with(0, &["every user of this machine could read"]);
    assert_eq!(mode(&class.gradebook()), 0o600);
}
