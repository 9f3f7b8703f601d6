//! Class folders downloaded from each platform.

mod collect_support;

use collect_support::{ClassFolder, LIB, MODULE, names, zipped};
use grader_pipeline::collect::{
    ClassContents, CollectError, CollectLimits, FoundSubmission, SubmissionKind, UngradableEntry,
    collect, discover, single,
};

fn discovery(class: &ClassFolder) -> ClassContents {
    discover(class.path()).unwrap()
}

fn students(discovery: &ClassContents) -> Vec<&str> {
    discovery.found.iter().map(|found| found.student.as_str()).collect()
}

fn listed(entries: &[UngradableEntry]) -> Vec<&str> {
    entries.iter().map(|one| one.name.as_str()).collect()
}

/// The names of a student's source files.
fn sources(discovery: &ClassContents, student: &str) -> Vec<String> {
    let of = |found: &&FoundSubmission| found.student == student;
    let found = discovery.found.iter().find(of).unwrap_or_else(|| panic!("{discovery:?}"));
    let sources = collect(found, MODULE, &CollectLimits::default()).unwrap();
    names(&sources).into_iter().map(str::to_owned).collect()
}

/// The archive of a student; `text` distinguishes several.
fn zip(text: &str) -> Vec<u8> {
    zipped::of(&[("searching/src/lib.rs", text)])
}

#[test]
fn moodle_with_folders() {
    let class = ClassFolder::new()
        .file("Ada Lovelace_12345_assignsubmission_file_/src/lib.rs", LIB)
        .file("Ada Lovelace_12345_assignsubmission_onlinetext_/onlinetext.html", "hello")
        .file("Grace Hopper_777_assignsubmission_file_/work.zip", zip(LIB))
        .file("Typed Only_888_assignsubmission_onlinetext_/onlinetext.html", "pub fn")
        .folder("no_moodle_assignsubmission_file_");
    let discovery = discovery(&class);
    let expected =
        ["Ada Lovelace (12345)", "Grace Hopper (777)", "no_moodle_assignsubmission_file_"];
    assert_eq!(students(&discovery), expected);
    assert_eq!(discovery.found[0].id.as_deref(), Some("12345"));
    assert_eq!(sources(&discovery, "Grace Hopper (777)"), ["src/lib.rs"]);
    let typed = |student: &str| format!("{student}_assignsubmission_onlinetext_");
    assert_eq!(listed(&discovery.passed_over), [typed("Ada Lovelace_12345")]);
    // A student who handed in only text has no grade, and is listed.
    assert_eq!(listed(&discovery.unusable), [typed("Typed Only_888")]);
}

#[test]
fn moodle_with_hidden_names() {
    let of = |id: u32| format!("Participant_{id}_assignsubmission_file_/src/lib.rs");
    let class = ClassFolder::new().file(&of(1001), LIB).file(&of(1002), LIB).file(&of(1003), LIB);
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["Participant 1001", "Participant 1002", "Participant 1003"]);
    assert_eq!(discovery.unusable, []);
}

/// Without folders each upload is an entry, and all entries of a student form one submission.
#[test]
fn moodle_without_folders() {
    let class = ClassFolder::new()
        .file("Ada Lovelace_1_assignsubmission_file_lib.rs", LIB)
        .file("Ada Lovelace_1_assignsubmission_file_ops.rs", LIB)
        .file("Ada Lovelace_1_assignsubmission_file_notes.pdf", "%PDF")
        .file("Grace Hopper_2_assignsubmission_file_hw.zip", zip(LIB))
        .file("Edsger Dijkstra_3_assignsubmission_file_searching.zip", zip(LIB))
        .file("Edsger Dijkstra_3_assignsubmission_file_partitioning.zip", zip("// other\n"))
        .file("Barbara Liskov_4_assignsubmission_file_report.pdf", "%PDF");
    let discovery = discovery(&class);
    assert_eq!(
        students(&discovery),
        ["Ada Lovelace (1)", "Barbara Liskov (4)", "Edsger Dijkstra (3)", "Grace Hopper (2)"]
    );
    assert_eq!(sources(&discovery, "Ada Lovelace (1)"), ["src/lib.rs", "src/ops.rs"]);
    assert_eq!(sources(&discovery, "Edsger Dijkstra (3)"), ["src/lib.rs"]);
    assert_eq!(discovery.found[3].kind, SubmissionKind::Zip);
    let report = collect(&discovery.found[1], MODULE, &CollectLimits::default()).unwrap_err();
    assert!(report.to_string().contains("contains no Rust file"), "{report}");
    let class = class.symlink("Eve_5_assignsubmission_file_lib.rs", "/etc/passwd");
    let linked = discover(class.path()).unwrap().unusable;
    assert!(linked[0].reason.contains("symbolic link"), "{linked:?}");
}

#[test]
fn canvas() {
    let class = ClassFolder::new()
        .file("eberdmila_12345_678901_searching.zip", zip(LIB))
        .file("faroukomar_LATE_12346_678902_searching.zip", zip(LIB))
        .file("geirgro_12347_678903_searching-1.zip", zip("// first\n"))
        .file("geirgro_12347_678904_searching-2.zip", zip("// second\n"))
        .file("hansenbo_12348_678905_lib.rs", LIB)
        .file("hansenbo_12348_678906_ops-1.rs", LIB)
        .file("hansenbo_12348_678907_report.pdf", "%PDF")
        .file("anon_x3Kq9_678908_searching.zip", zip(LIB))
        .file("typed_12349_text.html", "hello")
        .file("ada_1/src/lib.rs", LIB);
    let discovery = discovery(&class);
    assert_eq!(
        students(&discovery),
        [
            "ada_1",
            "anon (x3Kq9)",
            "eberdmila (12345)",
            "faroukomar (12346)",
            "geirgro (12347)",
            "hansenbo (12348)"
        ]
    );
    let late: Vec<bool> = discovery.found.iter().map(|found| found.late).collect();
    assert_eq!(late, [false, false, false, true, false, false]);
    assert!(discovery.found[4].path.ends_with("geirgro_12347_678904_searching-2.zip"));
    assert_eq!(listed(&discovery.passed_over), ["geirgro_12347_678903_searching-1.zip"]);
    assert!(discovery.passed_over[0].reason.contains("searching-2.zip"), "{discovery:?}");
    assert_eq!(sources(&discovery, "hansenbo (12348)"), ["src/lib.rs", "src/ops.rs"]);
    assert_eq!(listed(&discovery.unusable), ["typed_12349_text.html"]);
}

#[test]
fn resubmissions_without_an_order_in_their_names_must_be_equal() {
    let class = ClassFolder::new()
        .file("a_12345_678901_searching.zip", zip("// one\n"))
        .file("a_12345_678909_searching.zip", zip("// two\n"))
        .file("b_12346_678903_searching.zip", zip(LIB))
        .file("b_12346_678904_searching.zip", zip(LIB))
        .file("c_12347_678903_searching-9.zip", zip("// nine\n"))
        .file("c_12347_678904_searching-10.zip", zip("// ten\n"))
        .file("c_12347_678905_searching.zip", zip("// zero\n"));
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["b (12346)", "c (12347)"]);
    assert!(discovery.found[1].path.ends_with("c_12347_678904_searching-10.zip"));
    assert_eq!(discovery.unusable.len(), 2);
    assert_eq!(discovery.passed_over.len(), 3);
}

#[test]
fn blackboard() {
    let note = |user: &str| format!("Name: Some One ({user})\r\nAssignment: Lab 1\r\n");
    let class = ClassFolder::new()
        .file("Lab 1_ada01_attempt_2026-11-01-12-00-00_hw.zip", zip("// old\n"))
        .file("Lab 1_ada01_attempt_2026-11-01-12-00-00.txt", note("ada01"))
        .file("Lab 1_ada01_attempt_2026-11-02-08-30-00_hw.zip", zip("// new\n"))
        .file("Lab 1_ada01_attempt_2026-11-02-08-30-00.txt", note("ada01"))
        .file("Lab 1_l_bo_attempt_2026-11-01-12-00-00_lib.rs", LIB)
        .file("Lab 1_l_bo_attempt_2026-11-01-12-00-00_ops.rs", LIB)
        .file("Lab 1_l_bo_attempt_2026-11-01-12-00-00.txt", note("l_bo"))
        .file("Lab 1_h_bo_attempt_2026-11-01-13-00-00_hw.zip", zip(LIB))
        .file("Lab 1_h_bo_attempt_2026-11-01-13-00-00.txt", note("h_bo"));
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["ada01", "h_bo", "l_bo"]);
    assert!(discovery.found[0].path.ends_with("Lab 1_ada01_attempt_2026-11-02-08-30-00_hw.zip"));
    assert_eq!(sources(&discovery, "l_bo"), ["src/lib.rs", "src/ops.rs"]);
    assert_eq!(discovery.passed_over.len(), 5, "four notes and the older archive");
    assert_eq!(discovery.unusable, []);
}

/// Regression test: `ada_b` and `cyd_b` were read as two hand-ins of one student `b`, and the earlier one was
/// dropped.
#[test]
fn blackboard_without_notes_keeps_students_apart() {
    let class = ClassFolder::new()
        .file("Lab_ada_b_attempt_2026-11-01-12-00-00_x.zip", zip("// ada\n"))
        .file("Lab_cyd_b_attempt_2026-11-02-12-00-00_x.zip", zip("// cyd\n"));
    assert_eq!(students(&discovery(&class)), ["Lab_ada_b", "Lab_cyd_b"]);
}

#[test]
fn brightspace() {
    let class = ClassFolder::new()
        .file("12345-678901 - Ada Lovelace - Nov 1, 2026 1159 AM/hw.zip", zip("// old\n"))
        .file("12345-678901 - Ada Lovelace - Nov 1, 2026 1201 PM/hw.zip", zip("// new\n"))
        .file("12346-678901 - Ada Lovelace - Nov 1, 2026 900 AM/src/lib.rs", LIB)
        .file("index.html", "<html>");
    let discovery = discovery(&class);
    assert_eq!(students(&discovery), ["Ada Lovelace (12345)", "Ada Lovelace (12346)"]);
    assert!(discovery.found[0].path.ends_with("12345-678901 - Ada Lovelace - Nov 1, 2026 1201 PM"));
    assert_eq!(discovery.passed_over.len(), 2);
}

const EXPORT: &str = "submission_300001:
  :submitters:
  - :name: Ivo
    :sid: 77
submission_300002:
  :submitters:
  - :name: Ada
    :sid: '78'
  - :name: Eve
    :sid: '79'
submission_300004:
  :submitters:
  - :name: Gone
    :sid: '80'
";

#[test]
fn gradescope() {
    let export = |front: &str| {
        ClassFolder::new()
            .file(&format!("{front}submission_metadata.yml"), EXPORT)
            .file(&format!("{front}submission_300001/src/lib.rs"), LIB)
            .file(&format!("{front}submission_300002/src/lib.rs"), LIB)
            .file(&format!("{front}submission_300003/src/lib.rs"), LIB)
    };
    for class in [export(""), export("assignment_9_export/")] {
        let discovery = discovery(&class);
        assert_eq!(students(&discovery), ["Ada (78)", "Eve (79)", "Ivo (77)", "submission_300003"]);
        assert_eq!(discovery.found[0].partners, ["Eve (79)"], "handed in together");
        assert_eq!(discovery.found[0].path, discovery.found[1].path);
        assert_eq!(listed(&discovery.passed_over), ["submission_metadata.yml"]);
        assert_eq!(listed(&discovery.unusable), ["submission_300004"], "named, and not there");
    }
    let damaged = export("").file("submission_metadata.yml", "submission_1:\n  :submitters: {\n");
    let error = discover(damaged.path()).unwrap_err();
    assert!(matches!(error, CollectError::Metadata { .. }), "{error}");
    assert!(error.to_string().contains("download it again"), "{error}");
}

#[test]
fn copies_made_by_browsers_and_desktops_belong_to_the_original() {
    let class = ClassFolder::new()
        .file("dora.zip", zip(LIB))
        .file("dora (1).zip", zip(LIB))
        .file("dora - Copy.zip", zip(LIB))
        .file("dora.zip.1", zip(LIB))
        .file("emil.zip", zip("// one\n"))
        .file("emil (1).zip", zip("// two\n"))
        .file("fred - Copy/src/lib.rs", LIB)
        .file("student (1).zip", zip("// a\n"))
        .file("student (2).zip", zip("// b\n"))
        .file("maria (x)/src/lib.rs", LIB)
        .file("john/src/lib.rs", LIB)
        .file("john 2/src/lib.rs", LIB);
    let discovery = discovery(&class);
    assert_eq!(
        students(&discovery),
        ["dora", "fred", "john", "john 2", "maria (x)", "student (1)", "student (2)"]
    );
    assert!(discovery.found[0].path.ends_with("dora.zip"), "the original");
    assert_eq!(listed(&discovery.passed_over), ["dora (1).zip", "dora - Copy.zip", "dora.zip.1"]);
    assert_eq!(listed(&discovery.unusable), ["emil (1).zip", "emil.zip"]);
    assert!(discovery.unusable[0].reason.contains("does not choose"), "{discovery:?}");
}

/// A student's key in the gradebook depends only on the student's own entry, so it stays the same if the
/// student is graded later without the others.
#[test]
fn two_students_of_one_name_are_distinguished_by_stable_keys() {
    let anna = |id: u32| format!("Anna Berg_{id}_assignsubmission_file_/src/lib.rs");
    let both = ClassFolder::new().file(&anna(111), LIB).file(&anna(222), "// other\n");
    assert_eq!(students(&discovery(&both)), ["Anna Berg (111)", "Anna Berg (222)"]);
    let late = ClassFolder::new().file(&anna(222), "// late\n");
    assert_eq!(students(&discovery(&late)), ["Anna Berg (222)"]);
    let loose = ClassFolder::new().file("Anna Berg_222_assignsubmission_file_hw.zip", zip(LIB));
    assert_eq!(students(&discovery(&loose)), ["Anna Berg (222)"]);
    let by_hand = ClassFolder::new().file("Anna Berg (222)/src/lib.rs", LIB);
    assert_eq!(students(&discovery(&by_hand)), ["Anna Berg (222)"]);
    assert_eq!(single(&by_hand.at("Anna Berg (222)")).unwrap().student, "Anna Berg (222)");
    let checked = single(&late.at("Anna Berg_222_assignsubmission_file_")).unwrap();
    assert_eq!((checked.student.as_str(), checked.id.as_deref()), ("Anna Berg (222)", Some("222")));
    // One entry is named by hand and one by the platform: two hand-ins of one student.
    let twice = both.file("Anna Berg (222)/src/lib.rs", "// by hand\n").file("Anna Berg.zip", "");
    let discovery = discovery(&twice);
    assert_eq!(students(&discovery), ["Anna Berg (111)"]);
    let unusable = ["Anna Berg (222)", "Anna Berg.zip", "Anna Berg_222_assignsubmission_file_"];
    assert_eq!(listed(&discovery.unusable), unusable);
    let whose = &discovery.unusable[1].reason;
    assert!(whose.contains("`Anna Berg (111)` and `Anna Berg (222)`"), "{whose}");
}

/// If only one student has the name, an entry without the id belongs to that student.
#[test]
fn a_name_without_an_id_belongs_to_the_only_student_of_this_name() {
    let class = ClassFolder::new()
        .file("Ada Lovelace_1_assignsubmission_file_/src/lib.rs", LIB)
        .file("ada lovelace.zip", zip(LIB));
    assert_eq!(students(&discovery(&class)), ["Ada Lovelace (1)"]);
    let class = class.file("ada lovelace.zip", zip("// other\n"));
    assert_eq!(listed(&discovery(&class).unusable).len(), 2);
}
