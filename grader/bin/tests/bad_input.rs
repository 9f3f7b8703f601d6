//! Input that cannot be used: said clearly, with the documented exit code, and the rest of the class
//! is graded all the same.

mod support;

use std::ffi::OsStr;
use std::fs;
use std::io::{Cursor, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use support::{
    ClassFolder, belongs_to_another, bound_by_permissions, edit, grader, grader_on, root, run,
    set_mode,
};
use zip::write::SimpleFileOptions;

/// Asserts that nothing was graded, and nothing written either.
#[track_caller]
fn refused(class: &ClassFolder, command: &mut std::process::Command, words: &[&str]) {
    let ended = run(command).with(2, words);
    assert_eq!(ended.stdout, "", "nothing was graded");
    assert!(!class.out().exists(), "a refused run writes nothing");
}

#[test]
fn an_empty_class_folder_is_refused() {
    let class = ClassFolder::new();
    let path = class.path().display().to_string();
    refused(&class, &mut class.grade(), &[&path, "holds no submission", "`ada.zip`"]);
}

#[test]
fn a_file_instead_of_a_class_folder_is_refused() {
    let class = ClassFolder::new().file("ada.zip", b"PK");
    let mut command = grader();
    command.args(support::GRADE).arg(class.student("ada.zip")).arg("--out").arg(class.out());
    refused(
        &class,
        &mut command,
        &["ada.zip", "is a file", "give the folder that holds one folder"],
    );
}

#[test]
fn a_class_folder_that_does_not_exist_is_refused() {
    let class = ClassFolder::new();
    let mut command = grader();
    command.args(support::GRADE).arg(class.student("nowhere")).arg("--out").arg(class.out());
    refused(&class, &mut command, &["nowhere", "does not exist", "check the path"]);
}

#[test]
fn an_unknown_module_is_refused_and_the_nearest_is_named() {
    let class = ClassFolder::new().stub("ada");
    let mut command = grader();
    command.arg("grade").arg(class.path()).arg("--out").arg(class.out());
    refused(
        &class,
        command.args(["-m", "profilling"]),
        &["profilling", "did you mean `profiling`"],
    );
}

/// With two modules in the course, `grader grade CLASS` of the README asked for the module, although
/// every file of the class said which one it was.
#[test]
fn a_module_that_the_class_does_not_tell_is_asked_for() {
    let class = ClassFolder::new().stub("ada").stub("bob").file("eve/src/tiled.rs", b"");
    let mut command = grader();
    command.arg("grade").arg(class.path()).arg("--out").arg(class.out());
    let counts = "which module? 1 is of acceleration, 2 are of profiling. Say --module";
    refused(&class, &mut command, &[counts]);

    let class = ClassFolder::new().file("ada/src/lib.rs", b"");
    let mut command = grader();
    command.arg("grade").arg(class.path()).arg("--out").arg(class.out());
    refused(&class, &mut command, &["which module? Say --module with one of: profiling, accel"]);
}

#[test]
fn no_jobs_at_all_are_refused() {
    let class = ClassFolder::new().stub("ada");
    refused(&class, class.grade().args(["--jobs", "0"]), &["--jobs", "1..=512"]);
}

#[test]
fn a_course_that_is_none_is_refused() {
    let class = ClassFolder::new().stub("ada");
    let mut command = class.graded_by(grader_on(class.base()));
    let base = class.base().display().to_string();
    refused(&class, &mut command, &[&base, "no course found", "config/course.yaml"]);
}

#[test]
fn a_course_that_does_not_exist_is_refused() {
    let class = ClassFolder::new().stub("ada");
    let nowhere = class.base().join("nowhere");
    let mut command = class.graded_by(grader_on(&nowhere));
    refused(&class, &mut command, &["no course found", "nowhere"]);
}

/// A course like this one, whose `config/` may be changed.
fn course_with_own_config(folder: &Path) {
    for name in ["assignments", "grader", "solutions", "Cargo.lock", "Cargo.toml"] {
        std::os::unix::fs::symlink(root().join(name), folder.join(name)).expect("a link");
    }
    support::copy(&root().join("config"), &folder.join("config"));
}

#[test]
fn a_mistake_in_the_rubric_is_shown_where_it_stands() {
    let class = ClassFolder::new().stub("ada");
    let course = class.base().join("course");
    fs::create_dir(&course).expect("a folder");
    course_with_own_config(&course);
    let rubric = course.join("config/modules/profiling.yaml");
    edit(&rubric, "    title: \"Task 2", "    points: many\n    title: \"Task 2");
    let text = fs::read_to_string(&rubric).expect("a rubric");
    let line = 1 + text.lines().position(|line| line.contains("many")).expect("the mistake");
    let place = format!("profiling.yaml:{line}:");
    let mut command = class.graded_by(grader_on(&course));
    let ended = run(&mut command).with(2, &[&place, "points: many", "expected points: 0 or more"]);
    assert_eq!(ended.stdout, "", "nothing was graded");
}

#[test]
fn a_rubric_that_names_a_case_which_does_not_exist_is_refused() {
    let class = ClassFolder::new().stub("ada");
    let course = class.base().join("course");
    fs::create_dir(&course).expect("a folder");
    course_with_own_config(&course);
    let rubric = course.join("config/modules/profiling.yaml");
    let text = fs::read_to_string(&rubric).expect("a rubric");
    let text = text.trim_end().to_owned() + "\n    cases: { sppedup: { weight: 2 } }\n";
    fs::write(&rubric, text).expect("a write");
    let mut command = class.graded_by(grader_on(&course));
    run(&mut command).with(2, &["profiling.yaml:", "sppedup"]);
}

#[test]
fn an_unreadable_submission_costs_nobody_else() {
    let class = ClassFolder::new().reference("ada").reference("locked");
    belongs_to_another(&class.student("locked"), "000");
    let ended = run(&mut class.graded_by(bound_by_permissions()));
    set_mode(&class.student("locked"), "755");
    ended.with(3, &["1 entry of this run has no grade"]);
    class.full_marks("ada");
    class.no_grade("locked", &["cannot be read", "permission"]);
}

#[test]
fn a_class_folder_that_cannot_be_read_is_refused() {
    let class = ClassFolder::new().stub("ada");
    belongs_to_another(&class.path(), "000");
    let ended = run(&mut class.graded_by(bound_by_permissions()));
    set_mode(&class.path(), "755");
    ended.with(2, &["cannot be read", "check its permissions"]);
}

/// A packed submission: the reference.
fn packed() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let sources = root().join("solutions/profiling/src");
    for (path, bytes) in support::contents(&sources) {
        let name = path.strip_prefix(&sources).expect("is below").display();
        zip.start_file(format!("src/{name}"), SimpleFileOptions::default()).expect("an entry");
        zip.write_all(&bytes).expect("the entry's bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

#[test]
fn two_submissions_of_one_student_are_not_guessed_between() {
    let class = ClassFolder::new().reference("ada").stub("bob").file("bob.zip", &packed());
    run(&mut class.grade()).with(3, &["1 entry"]).saying(&["bob.zip", "no grade"]);
    class.full_marks("ada");
    for entry in ["bob", "bob.zip"] {
        class.no_grade(entry, &["submissions of the same student (bob)", "keep the one"]);
    }
}

/// The same archive, each entry of which says that it unpacks to `size` bytes (APPNOTE.TXT 6.3,
/// sections 4.3.7 and 4.3.12).
fn lying(mut archive: Vec<u8>, size: u32) -> Vec<u8> {
    let mut lies = 0;
    for (signature, field) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let starts: Vec<_> =
            (0..archive.len() - 46).filter(|&at| archive[at..].starts_with(signature)).collect();
        for at in starts {
            archive[at + field..at + field + 4].copy_from_slice(&size.to_le_bytes());
            lies += 1;
        }
    }
    assert!(lies > 10, "no headers were found");
    archive
}

#[test]
fn archives_that_lie_or_are_cut_off_cost_nobody_else() {
    let whole = packed();
    let half = &whole[..whole.len() / 2];
    let class = ClassFolder::new()
        .reference("ada")
        .file("whole.zip", &whole)
        .file("half.zip", half)
        .file("larger.zip", &lying(whole.clone(), 10))
        .file("smaller.zip", &lying(whole.clone(), 1 << 19))
        .file("bomb.zip", &lying(whole.clone(), u32::MAX - 1))
        .file("text.zip", b"I do not know how to make an archive.");
    run(&mut class.grade()).with(3, &["no grade"]);
    class.full_marks("ada");
    class.full_marks("whole");
    class.no_grade("half", &["damaged"]);
    class.no_grade("text", &["neither a zip nor a tar archive"]);
    for liar in ["larger", "smaller", "bomb"] {
        let grade = class.grade_of(liar);
        assert!(grade.points.is_none_or(|points| points == 0.0), "{liar}: {:?}", grade.points);
        assert!(!grade.notes.is_empty(), "{liar} is refused without a reason");
    }
}

#[test]
fn a_folder_name_that_is_not_utf8_is_graded_and_shown_escaped() {
    let class = ClassFolder::new().reference("ada").reference(OsStr::from_bytes(b"jos\xe9"));
    run(&mut class.grade()).done().saying(&[r"jos\xE9"]);
    class.full_marks("ada");
    class.full_marks(r"jos\xE9");
    run(class.report().args(["--student", r"jos\xE9"])).done().saying(&["passed"]);
}

#[test]
fn what_is_no_submission_is_named_and_not_graded() {
    let class =
        ClassFolder::new().reference("ada").file("lonely.rs", b"fn main() {}").file("a.rar", b"?");
    std::os::unix::fs::symlink(class.student("ada"), class.student("linked")).expect("a link");
    run(&mut class.grade()).with(3, &["3 entries of this run have no grade"]);
    class.full_marks("ada");
    class.no_grade("lonely.rs", &["a single file", "a folder named after the student"]);
    class.no_grade("linked", &["a symbolic link", "put the folder or the archive itself here"]);
    class.no_grade("a.rar", &["zip"]);
}

#[test]
fn a_class_of_nothing_but_unusable_entries_grades_nobody() {
    let class = ClassFolder::new().file("lonely.rs", b"fn main() {}");
    run(&mut class.grade()).with(3, &["1 entry"]).saying(&["0 graded now"]);
    class.no_grade("lonely.rs", &["a single file"]);
}
