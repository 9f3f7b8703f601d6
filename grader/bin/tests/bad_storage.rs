//! Places that results cannot be kept in: said clearly and, where it can be, before anything is
//! graded. Nothing that is there already is lost.

mod support;

use std::fs;
use std::path::Path;
use support::{
    ClassFolder, ProgramOutput, belongs_to_another, bound_by_permissions, contents, grader,
    is_root, run, set_mode, works, wrapped,
};

/// Where an `SQLite` file keeps its schema version and its application's id: big-endian, 4 bytes
/// (<https://www.sqlite.org/fileformat.html>, section 1.3).
const SCHEMA_VERSION: usize = 60;
const APPLICATION_ID: usize = 68;

/// A class that was graded once, by which there is a gradebook.
fn graded() -> ClassFolder {
    let class = ClassFolder::new().stub("ada");
    run(&mut class.grade()).done();
    class
}

/// Asserts that a class is refused because of its gradebook, and that no file is touched.
#[track_caller]
fn left_alone(class: &ClassFolder, words: &[&str]) {
    let before = contents(&class.out());
    let path = class.gradebook().display().to_string();
    for command in [&mut class.grade(), class.grade().arg("--again"), &mut class.report()] {
        run(command).with(2, &[&[path.as_str()], words].concat());
        assert!(contents(&class.out()) == before, "{command:?} changed a file");
    }
}

/// Changes a number in the header of the gradebook.
fn with_header(class: &ClassFolder, at: usize, number: u32) {
    let mut bytes = fs::read(class.gradebook()).expect("a gradebook");
    bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
    fs::write(class.gradebook(), bytes).expect("a write");
}

#[test]
fn a_gradebook_of_a_newer_version_is_left_alone() {
    let class = graded();
    with_header(&class, SCHEMA_VERSION, 999);
    left_alone(&class, &["schema version 999", "left alone", "newer grader"]);
}

#[test]
fn a_gradebook_of_a_version_that_never_was_is_left_alone() {
    let class = graded();
    with_header(&class, SCHEMA_VERSION, 0);
    left_alone(&class, &["schema version 0", "restore a backup"]);
}

#[test]
fn the_database_of_another_application_is_left_alone() {
    let class = graded();
    with_header(&class, APPLICATION_ID, 0x1234_5678);
    left_alone(&class, &["another application's database", "0x12345678", "Name another file"]);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let class = ClassFolder::new().stub("ada");
    fs::create_dir(class.out()).expect("a folder");
    fs::write(class.gradebook(), "Dear diary,\n".repeat(100)).expect("a write");
    left_alone(&class, &["is not a gradebook", "left alone", "Name another file"]);
}

#[test]
fn a_gradebook_in_a_folder_that_does_not_exist_is_refused() {
    let class = ClassFolder::new().stub("ada");
    let path = class.base().join("nowhere/grades.sqlite");
    let ended = run(class.grade().arg("--gradebook").arg(&path));
    ended.with(2, &["nowhere/grades.sqlite", "Check that its folder exists"]);
    assert!(!path.parent().expect("a folder").exists());
}

#[test]
fn an_output_folder_below_a_file_is_refused() {
    let class = ClassFolder::new().stub("ada").file("notes.txt", b"not a folder");
    let mut command = grader();
    command.args(support::GRADE).arg(class.path()).arg("--out").arg(class.student("notes.txt/out"));
    run(&mut command).with(2, &["notes.txt/out", "no reports can be written", "--out"]);
    assert_eq!(fs::read(class.student("notes.txt")).expect("a file"), b"not a folder");
}

#[test]
fn a_read_only_output_folder_is_refused_before_anything_is_graded() {
    let class = ClassFolder::new().stub("ada");
    fs::create_dir(class.out()).expect("a folder");
    belongs_to_another(&class.out(), "555");
    let out = class.out().display().to_string();
    run(&mut class.graded_by(bound_by_permissions())).with(2, &[&out, "choose another folder"]);
    // A gradebook elsewhere does not help: the reports have no place.
    let mut command = class.graded_by(bound_by_permissions());
    let elsewhere = class.base().join("elsewhere.sqlite");
    let ended = run(command.arg("--gradebook").arg(&elsewhere)).with(2, &[&out, "--out"]);
    assert_eq!(ended.stdout, "", "nothing was graded");
    assert!(!elsewhere.exists(), "nothing was graded");
    set_mode(&class.out(), "755");
    assert!(contents(&class.out()).is_empty());
}

#[test]
fn a_read_only_gradebook_is_left_alone() {
    let class = graded();
    let before = contents(&class.out());
    belongs_to_another(&class.gradebook(), "444");
    let ended = run(&mut class.graded_by(bound_by_permissions()));
    ended.with(2, &["gradebook.sqlite", "read-only", "writable"]);
    assert!(contents(&class.out()) == before, "a file was changed");
}

#[test]
fn reports_that_cannot_be_written_lose_no_grade() {
    let class = ClassFolder::new().reference("ada");
    fs::create_dir_all(class.reports().join("class.html"))
        .expect("a folder where a file should be");
    let ended = run(&mut class.grade()).with(3, &["class.html", "Choose another folder"]);
    assert!(ended.stdout.contains("100 / 100"), "the table is shown:\n{}", ended.stdout);
    fs::remove_dir(class.reports().join("class.html")).expect("removed");
    run(&mut class.grade()).done().saying(&["0 graded now, 1 unchanged"]);
    class.full_marks("ada");
}

/// A disk that can be made full.
enum SmallDisk {
    /// A file system in memory, in a mount namespace.
    Mounted(&'static str),
    /// Where nothing may be mounted: no file of the grader's own may grow beyond a limit, as the
    /// nearest thing.
    FileLimit,
}

fn small_disk() -> SmallDisk {
    for unshare in if is_root() { &["-m", "-Urm"][..] } else { &["-Urm"] } {
        if works("unshare", &[unshare, "sh", "-c", "mount -t tmpfs none /mnt"]) {
            return SmallDisk::Mounted(unshare);
        }
    }
    eprintln!("nothing can be mounted here: a limit of file sizes stands in for a full disk");
    SmallDisk::FileLimit
}

/// Grades `class` into an output folder that has `kilobytes` of room. What was written is copied
/// to `class.out()`.
fn graded_on_a_disk_of(kilobytes: usize, class: &ClassFolder, disk: &SmallDisk) -> ProgramOutput {
    let SmallDisk::Mounted(unshare) = disk else {
        // Only the soft limit, and no signal: the sandbox sets limits of its own.
        let script = "trap '' XFSZ; limit=$1; shift; exec prlimit --fsize=$limit:unlimited \"$@\"";
        let limit = (kilobytes * 1024 / 2).to_string();
        return run(&mut class.graded_by(wrapped(&["sh", "-c", script, "sh", &limit])));
    };
    let folder = class.base().join("disk");
    fs::create_dir_all(&folder).expect("a folder");
    let script = format!(
        "mount -t tmpfs -o size={kilobytes}k none \"$0\" || exit 99\n\
         \"$@\" --out \"$0\"; code=$?; cp -a \"$0\" \"$0-kept\"; exit $code"
    );
    let wrapper = ["unshare", unshare, "sh", "-c", &script, &folder.display().to_string()];
    let ended = run(wrapped(&wrapper).args(support::GRADE).arg(class.path()));
    fs::rename(class.base().join("disk-kept"), class.out()).expect("what was written");
    ended
}

/// The students in a gradebook.
fn stored(gradebook: &Path) -> Vec<String> {
    let book = grader_gradebook::Gradebook::open_read_only(gradebook).expect("a gradebook");
    book.check().expect("is sound");
    let attempts = book.latest("profiling").expect("attempts");
    attempts.into_iter().map(|attempt| attempt.grade.submission.student).collect()
}

#[test]
fn on_a_full_disk_what_is_not_stored_is_told_and_graded_again() {
    let students: Vec<_> = (0..8).map(|n| format!("student-{n}")).collect();
    let class = students.iter().fold(ClassFolder::new(), ClassFolder::stub);
    // What is compiled against is no part of the disk that is full.
    run(grader().args(support::CHECK).arg(class.student("student-0"))).done();
    let disk = small_disk();
    // A grade of this module takes some 60 kB: there is room for one or a few of eight.
    let ended = graded_on_a_disk_of(300, &class, &disk).with(3, &["not stored: student-"]);
    if let SmallDisk::Mounted(_) = disk {
        assert!(ended.stderr.contains("is full") && ended.stderr.contains("Free some space"));
    }
    assert!(ended.stdout.contains("student-7"), "all are shown:\n{}", ended.stdout);
    let kept = stored(&class.gradebook());
    assert!(kept.len() < students.len(), "the disk was not full: {kept:?}");
    run(&mut class.grade()).done().saying(&["8 submissions"]);
    assert_eq!(stored(&class.gradebook()), students);
}

#[test]
fn a_disk_without_any_room_is_refused() {
    let class = ClassFolder::new().stub("ada");
    let ended = graded_on_a_disk_of(8, &class, &small_disk()).with(2, &["gradebook.sqlite"]);
    assert_eq!(ended.stdout, "", "nothing was graded");
}
