//! The stub generated from a solution: each rule of the grammar, on a file that shows only that
//! rule.

mod common;

use std::process::Command;

use common::{ADD, ScratchCourse};

fn stub_of(solution: &str) -> String {
    ScratchCourse::with_solution(solution).student("src/add.rs")
}

/// The lines of the function body in the students' version.
fn body(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.skip_while(|line| !line.ends_with('{')).skip(1).map(str::to_owned).collect()
}

#[test]
fn a_solution_becomes_a_todo_that_says_what_to_do() {
    insta::assert_snapshot!(stub_of(ADD));
}

#[test]
fn only_the_tail_of_a_body_can_be_the_task() {
    let stub = stub_of(
        "pub fn add(left: f64, right: f64) -> f64 {
    assert!(left.is_finite(), \"given\");
    // BEGIN SOLUTION: add them
    left + right
    // END SOLUTION
}
",
    );
    // The given line already uses `left`, so the stub need not mention it.
    assert_eq!(
        body(&stub),
        [
            "assert!(left.is_finite(), \"given\");",
            "let _ = &right; // Not used yet: goes with the todo!.",
            "todo!(\"add them\")",
            "}"
        ]
    );
}

#[test]
fn a_dash_leaves_nothing_behind_not_even_a_second_blank_line() {
    let stub = stub_of(
        "//! Sums.

// BEGIN SOLUTION: -
use std::ops::Add;
// END SOLUTION

pub struct Sum {
    pub total: f64,

    // BEGIN SOLUTION: -
    compensation: f64,
    // END SOLUTION
}

// BEGIN SOLUTION: -
fn private_helper() {}
// END SOLUTION
",
    );
    assert_eq!(stub, "//! Sums.\n\npub struct Sum {\n    pub total: f64,\n}\n");
}

#[test]
fn a_stub_replaces_the_todo_and_a_bare_todo_gets_the_text() {
    let stub = stub_of(
        "pub fn ones(n: usize) -> impl Iterator<Item = f64> {
    // BEGIN SOLUTION: yield n ones
    std::iter::repeat_n(1.0, n)
    // END SOLUTION
    // BEGIN STUB
    //| let _ = n;
    //| if true {
    //|     todo!()
    //| }
    //|
    //| std::iter::empty()
    // END STUB
}
",
    );
    assert_eq!(
        stub,
        "pub fn ones(n: usize) -> impl Iterator<Item = f64> {
    let _ = n;
    if true {
        todo!(\"yield n ones\")
    }

    std::iter::empty()
}
"
    );
}

#[test]
fn a_stub_after_an_empty_dash_adds_lines_for_students_only() {
    let stub = stub_of(
        "pub struct Timer {
    // BEGIN SOLUTION: -
    // END SOLUTION
    // BEGIN STUB
    //| #[expect(dead_code, reason = \"yours to use\")]
    // END STUB
    warmup: usize,
}
",
    );
    assert!(
        stub.contains("{\n    #[expect(dead_code, reason = \"yours to use\")]\n    warmup"),
        "{stub}"
    );
}

#[test]
fn instructor_lines_vanish_in_rust_and_toml() {
    let scratch = ScratchCourse::with_solution(
        "pub fn add() {}

// BEGIN INSTRUCTOR
#[cfg(test)]
mod secrets {}
// END INSTRUCTOR
",
    );
    let manifest = scratch.text("solutions/demo/Cargo.toml");
    let region = "\n# BEGIN INSTRUCTOR\n[[test]]\nname = \"h\"\npath = \"grading/cases.rs\"\n# END INSTRUCTOR\n";
    scratch.put("solutions/demo/Cargo.toml", &format!("{manifest}{region}"));
    assert_eq!(scratch.student("src/add.rs"), "pub fn add() {}\n");
    assert!(!scratch.student("Cargo.toml").contains("[[test]]"));
}

#[test]
fn a_file_of_instructor_lines_only_is_not_shipped() {
    let scratch = ScratchCourse::new();
    scratch.put(
        "solutions/demo/src/extra.rs",
        "// BEGIN INSTRUCTOR\nfn extra() {}\n// END INSTRUCTOR\n",
    );
    let tree = scratch.generate().unwrap();
    assert!(!tree.contains_key(std::path::Path::new("src/extra.rs")));
}

#[test]
fn hidden_and_wrong_are_not_shipped_and_all_else_is() {
    let scratch = ScratchCourse::new();
    scratch.put("solutions/demo/examples/run.rs", "fn main() {}\n");
    scratch.put("solutions/demo/data/table.csv", "1,2\n");
    scratch.put("solutions/demo/target/junk", "built\n");
    std::fs::write(scratch.path("solutions/demo/data/weights.bin"), [0xff, 0x00, 0xfe]).unwrap();
    let tree = scratch.generate().unwrap();
    let paths: Vec<String> = tree.keys().map(|path| path.display().to_string()).collect();
    assert_eq!(
        paths,
        [
            "Cargo.toml",
            "README.md",
            "data/table.csv",
            "data/weights.bin",
            "examples/run.rs",
            "src/add.rs",
            "src/lib.rs",
            "tests/add.rs"
        ]
    );
    assert_eq!(tree[std::path::Path::new("data/weights.bin")], [0xff, 0x00, 0xfe]);
}

#[test]
fn braces_and_quotes_in_the_text_reach_the_student_as_written() {
    let stub = stub_of(
        "fn f() {\n    // BEGIN SOLUTION: say \"{n}\" and \\n\n    g();\n    // END SOLUTION\n}\n",
    );
    assert!(stub.contains(r#"    todo!("say \"{{n}}\" and \\n")"#), "{stub}");
}

#[test]
fn every_kind_of_parameter_is_mentioned() {
    let stub = stub_of(
        "impl<T: Fn(u8) -> u8> Foo<T> {
    fn f<F: Fn(u8) -> u8, const N: usize>(&mut self, mut f: F, g: Box<dyn Fn(u8) -> u8>, [a, b]: [f64; 2], Pair { x, y: (z, _w) }: Pair, _quiet: std::vec::Vec<(u8, u8)>, n: [u8; N]) -> Vec<u8>
    where
        F: FnMut(u8, u8) -> u8,
    {
        self.n = self.x;
        // BEGIN SOLUTION: all of it
        f(a, b, x, z);
        // END SOLUTION
    }
}
",
    );
    assert!(stub.contains("let _ = (&mut f, &g, &a, &b, &x, &z, &n);"), "{stub}");
}

#[test]
fn a_private_field_that_only_solutions_read_is_mentioned() {
    let stub = stub_of(
        "pub struct Timer {
    clock: u8,
    shown: u8,
    pub open: u8,
    // BEGIN SOLUTION: -
    secret: u8,
    // END SOLUTION
}

impl Timer {
    pub fn shown(&self) -> u8 {
        self.shown
    }

    pub fn set(&mut self, open: u8, only_a_parameter: u8) {
        self.shown = open + only_a_parameter;
    }

    pub fn now(&self, n: impl Into<u8>) -> u8 {
        // BEGIN SOLUTION: add up
        self.clock + self.shown + self.open + self.secret + self.helper() + n + self.clock + self.only_a_parameter
        // END SOLUTION
    }
}

pub struct Watch {
    pub clock: u8,
}

impl Watch {
    pub fn read(&self, m: u8) -> u8 {
        // BEGIN SOLUTION: read it
        self.clock + m
        // END SOLUTION
    }
}
",
    );
    assert!(stub.contains("let _ = (&self.clock, &n);"), "{stub}");
    assert!(stub.contains("let _ = &m;"), "{stub}");
}

/// rustc and rustfmt accept a stub that contains everything that could cause a warning.
#[test]
fn a_stub_compiles_without_warnings_and_is_formatted() {
    let scratch = ScratchCourse::with_solution(
        "//! Everything that could warn.

// BEGIN SOLUTION: -
use std::collections::HashMap;

// END SOLUTION
/// Counts calls.
#[derive(Debug, Default)]
pub struct Counter {
    /// How many.
    pub calls: usize,
    scale: usize,
    // BEGIN SOLUTION: -
    by_name: HashMap<String, usize>,
    // END SOLUTION
}

impl Counter {
    /// Counts one.
    pub fn count<F>(&mut self, mut name: String, f: F, (left, right): (usize, usize)) -> usize
    where
        F: Fn() -> usize,
    {
        // BEGIN SOLUTION: call f, count it under its name, and return the count; mind that a name may be new!!!
        name.push('!');
        *self.by_name.entry(name).or_default() += f() + left + right * self.scale;
        self.calls += 1;
        self.calls
        // END SOLUTION
    }

    /// Moves what it is given before the task begins.
    pub fn consume(&self, owned: Vec<usize>, other: usize) -> usize {
        let total: usize = owned.into_iter().sum();
        if total == 0 {
            return 0;
        }
        // BEGIN SOLUTION: weigh it
        private_helper(total) * other
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
fn private_helper(n: usize) -> usize {
    n
}
// END SOLUTION
",
    );
    let stub = scratch.path("stub.rs");
    std::fs::write(&stub, scratch.student("src/add.rs")).unwrap();
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let compiled = Command::new(rustc)
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "-Dwarnings"])
        .arg(&stub)
        .current_dir(scratch.root())
        .output()
        .unwrap();
    let text = scratch.text("stub.rs");
    assert!(compiled.status.success(), "{text}\n{}", String::from_utf8_lossy(&compiled.stderr));
    let formatted = Command::new("rustfmt").args(["--edition=2024", "--check"]).arg(&stub).output();
    // rustfmt is optional, because a machine without it can build the course too.
    if let Ok(formatted) = formatted {
        let diff = String::from_utf8_lossy(&formatted.stdout);
        assert!(formatted.status.success(), "{text}\n{diff}");
    }
}

#[test]
fn the_same_solution_gives_the_same_bytes() {
    let scratch = ScratchCourse::new();
    assert_eq!(scratch.generate().unwrap(), scratch.generate().unwrap());
}

#[test]
fn the_manifest_stands_in_the_students_workspace() {
    let scratch = ScratchCourse::new();
    scratch.put(
        "Cargo.toml",
        "[workspace]
members = []

[workspace.package]
edition = \"2024\"

[workspace.dependencies]
ndarray = \"0.17\" # tensors
toolkit = { path = \"assignments/toolkit\" }

[workspace.lints.rust]
unsafe_code = \"deny\"

[workspace.lints.clippy]
pedantic = { level = \"warn\", priority = -1 }

[profile.dev]
opt-level = 1
",
    );
    scratch.put(
        "solutions/demo/Cargo.toml",
        "[package]
name = \"demo\"
edition.workspace = true

[lints]
workspace = true

[dependencies]
ndarray.workspace = true
toolkit = { workspace = true }
",
    );
    insta::assert_snapshot!(scratch.student("Cargo.toml"));
}
