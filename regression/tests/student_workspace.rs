//! The exported students' workspace is self-contained. It builds without a warning, its own tests
//! pass, and every visible test of a module fails at first with a message that says what to do.

use grader_course::release;
use regression::{modules, root};
use std::path::Path;
use std::process::{Command, Output};

fn cargo(workspace: &Path, target: &Path, args: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo");
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output, String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn it_builds_without_warnings_and_starts_red() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    release::export(&root(), &workspace).unwrap_or_else(|errors| panic!("{errors}"));
    // Kept between runs: its contents depend only on the sources and on this path.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("student-workspace");
    let (built, text) = cargo(&workspace, &target, &["build", "--all-targets"]);
    assert!(built.status.success(), "{text}");
    assert!(!text.contains("warning:"), "{text}");
    let (foundation, text) = cargo(&workspace, &target, &["test", "-q", "-p", "tinytorch"]);
    assert!(foundation.status.success(), "{text}");
    trains(&workspace, &target, folder.path());
    for module in modules() {
        let args = ["test", "--no-fail-fast", "-p", &module.slug];
        let (tested, text) = cargo(&workspace, &target, &args);
        assert!(!tested.status.success(), "the stubs pass: {text}");
        starts_red(&text);
    }
}

/// Training a model also needs nothing from the grader: data, recipes and progress output are
/// included. Training is short here, so the model is bad; accuracy is tested elsewhere.
fn trains(workspace: &Path, target: &Path, folder: &Path) {
    let file = folder.join("tiny.safetensors");
    let out = file.to_str().expect("a path in UTF-8");
    for model in ["mlp", "cnn", "gpt"] {
        let program = ["run", "-q", "-p", "tinytorch", "--example", "train", "--"];
        let args = [&program[..], &[model, "--tiny", "--out", out]].concat();
        let (trained, text) = cargo(workspace, target, &args);
        assert!(trained.status.success(), "{model}: {text}");
        let written = std::fs::read(&file).unwrap_or_default();
        assert!(
            String::from_utf8_lossy(&written).contains("validation_accuracy"),
            "{model}: {text}"
        );
        std::fs::remove_file(&file).unwrap();
    }
}

/// No visible test passes, and each failure says what to do.
fn starts_red(text: &str) {
    let tests = || text.lines().filter(|line| line.starts_with("test ") && line.contains(" ... "));
    let green: Vec<_> = tests().filter(|line| line.ends_with("... ok")).collect();
    assert!(tests().count() >= 10, "too few visible tests:\n{text}");
    assert!(green.is_empty(), "these pass on the stub: {green:#?}");
    let told = text.matches("not yet implemented: ").count();
    assert!(told >= tests().count(), "{told} of {} say what to do:\n{text}", tests().count());
}
