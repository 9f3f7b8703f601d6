//! A small course in a temporary folder.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};

use grader_course::config::{Course, Rubric};
use grader_course::located::render_plain;
use grader_course::release::{self, ReleaseErrors, ReleaseTree};

/// A course with one module, `demo`, whose only task is `add`.
pub struct ScratchCourse {
    folder: tempfile::TempDir,
}

pub const ADD: &str = "\
//! Sums.

/// The sum of two numbers.
pub fn add(left: f64, right: f64) -> f64 {
    // BEGIN SOLUTION: add the two numbers
    let the_whole_sum = left + right;
    the_whole_sum
    // END SOLUTION
}
";

impl ScratchCourse {
    pub fn new() -> Self {
        let scratch = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in [
            (
                "config/course.yaml",
                "title: Demo\nfoundation: { package: toolkit }\nmodules:\n  - { slug: demo, number: 7, due: 2027-02-15 }\n",
            ),
            ("config/modules/demo.yaml", RUBRIC),
            ("solutions/demo/Cargo.toml", MANIFEST),
            ("solutions/demo/README.md", README),
            ("solutions/demo/src/lib.rs", "//! Demo.\n\npub mod add;\n"),
            ("solutions/demo/src/add.rs", ADD),
            ("solutions/demo/tests/add.rs", TEST),
            ("solutions/demo/grading/cases.rs", "fn hidden_case_of_huge_numbers() {}\n"),
            ("solutions/demo/wrong/off_by_one.rs", "pub fn add(a: f64) { a + 1.0 + b }\n"),
            (
                "assignments/toolkit/Cargo.toml",
                "[package]\nname = \"toolkit\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
            ),
            ("assignments/toolkit/src/lib.rs", "//! Given.\n"),
            ("assignments/target/debug/junk", "built\n"),
        ] {
            scratch.put(path, text);
        }
        scratch
    }

    /// The course with `text` as `src/add.rs`.
    pub fn with_solution(text: &str) -> Self {
        let scratch = Self::new();
        scratch.put("solutions/demo/src/add.rs", text);
        scratch
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn put(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn generate(&self) -> Result<ReleaseTree, ReleaseErrors> {
        let course = Course::load(&self.path("config")).unwrap();
        let rubric = Rubric::load(&self.path("config/modules/demo.yaml")).unwrap();
        release::generate(self.root(), &course, course.resolve("demo").unwrap(), &rubric)
    }

    /// Replaces `from` with `to` in a file.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.text(path);
        assert!(text.contains(from), "{path} has no {from}");
        self.put(path, &text.replacen(from, to, 1));
    }

    /// The students' version of one file of the module.
    pub fn student(&self, path: &str) -> String {
        let tree =
            self.generate().unwrap_or_else(|errors| panic!("{}", render_plain(&errors, 100)));
        String::from_utf8(tree[Path::new(path)].clone()).unwrap()
    }

    /// The rendered problems.
    pub fn problems(&self) -> String {
        render_plain(&self.generate().unwrap_err(), 80)
    }
}

/// The minimal README of a module.
pub const README: &str = "# Demo\n\n{{tasks}}\n{{limits}}\n## Task 1: `add`\n";

const RUBRIC: &str = "\
module: demo
title: A demo
limits: { call_seconds: 1, cpu_seconds: 2, memory_mb: 64, threads: 1, compile_seconds: 9, compile_memory_mb: 99 }
tasks:
  - id: add
    title: \"Task 1: add\"
    points: 4
    file: src/add.rs
    hint: Think of plus.
";

const MANIFEST: &str = "\
[package]
name = \"demo\"
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
toolkit = { path = \"../../assignments/toolkit\" }
";

const TEST: &str = "\
use demo::add::add;

#[test]
fn one_and_one_is_two() {
    assert!((add(1.0, 1.0) - 2.0).abs() < 1e-12);
}
";
