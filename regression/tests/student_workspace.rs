//! The exported students' workspace is self-contained. It builds once, without a warning; its own
//! tests pass; and every visible test of a module fails at first with a message that says what to do.

use grader_course::release;
use regression::{modules, root};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Exported and built once for all tests of this file.
static HANDOUT: LazyLock<Handout> = LazyLock::new(Handout::new);

/// The students' workspace, and where cargo builds it.
struct Handout {
    workspace: PathBuf,
    target: PathBuf,
    /// What cargo printed while it built everything.
    build: Run,
}

/// What a command printed, and whether it succeeded.
struct Run {
    succeeded: bool,
    text: String,
}

impl Handout {
    /// Both folders are kept between runs. An export writes only files whose content has changed, and
    /// cargo compiles what was written. `.ci/run` lints in the same target folder.
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let workspace = folder.join("students");
        let target = folder.join("student-workspace");
        if release::export(&root(), &workspace).is_err() {
            // Not an unchanged export: a copy of it has been edited, or an export was interrupted.
            let _ = std::fs::remove_dir_all(&workspace);
            release::export(&root(), &workspace).unwrap_or_else(|errors| panic!("{errors}"));
        }
        let build = cargo(&workspace, &target, &["test", "--workspace", "--no-run"]);
        Self { workspace, target, build }
    }

    /// Runs cargo after everything was built.
    fn cargo(&self, arguments: &[&str]) -> Run {
        assert!(self.build.succeeded, "{}", self.build.text);
        cargo(&self.workspace, &self.target, arguments)
    }
}

fn cargo(workspace: &Path, target: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        // Everything is compiled once here, and no debugger or backtrace reads the result.
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env_remove("RUST_BACKTRACE")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo");
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    Run { succeeded: output.status.success(), text }
}

#[test]
fn it_builds_without_a_warning() {
    let Run { succeeded, text } = &HANDOUT.build;
    assert!(succeeded, "{text}");
    assert!(!text.contains("warning:"), "{text}");
}

/// A library with other features for one package would be built twice, and the foundation with it. Cargo
/// names a program by a hash that covers the features of every library in it.
#[test]
fn no_package_builds_a_library_again() {
    let packages = modules().map(|module| module.slug.as_str()).chain(["tinytorch"]);
    for package in packages {
        let Run { succeeded, text } = HANDOUT.cargo(&["test", "-p", package, "--no-run"]);
        assert!(succeeded, "{text}");
        let programs: Vec<&str> = text.lines().filter(|line| line.contains("Executable")).collect();
        assert!(!programs.is_empty(), "{package} has no tests:\n{text}");
        for program in programs {
            let everything = &HANDOUT.build.text;
            assert!(everything.contains(program), "{package} is built again:\n{program}");
        }
    }
}

#[test]
fn the_installation_check_passes() {
    let first = ["test", "-p", "tinytorch", "--test", "installation"];
    let readme = std::fs::read_to_string(HANDOUT.workspace.join("README.md")).unwrap();
    assert!(readme.contains(&format!("`cargo {}`", first.join(" "))), "{readme}");
    let Run { succeeded, text } = HANDOUT.cargo(&first);
    assert!(succeeded, "{text}");
}

#[test]
fn the_foundation_passes_its_own_tests() {
    let Run { succeeded, text } = HANDOUT.cargo(&["test", "-q", "-p", "tinytorch"]);
    assert!(succeeded, "{text}");
}

/// Training a model also needs nothing from the grader: data, recipes and progress output are
/// included. Training is short here, so the model is bad; accuracy is tested elsewhere.
#[test]
fn the_foundation_trains_models() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.safetensors");
    let out = file.to_str().expect("a path in UTF-8");
    for model in ["mlp", "cnn", "gpt"] {
        let program = ["run", "-q", "-p", "tinytorch", "--example", "train", "--"];
        let arguments = [&program[..], &[model, "--tiny", "--out", out]].concat();
        let Run { succeeded, text } = HANDOUT.cargo(&arguments);
        assert!(succeeded, "{model}: {text}");
        let written = std::fs::read(&file).unwrap_or_default();
        let metadata = String::from_utf8_lossy(&written);
        assert!(metadata.contains("validation_accuracy"), "{model}: {text}");
        std::fs::remove_file(&file).unwrap();
    }
}

/// No visible test passes, and each failure says what to do.
#[test]
fn every_visible_test_starts_red() {
    for module in modules() {
        let Run { succeeded, text } =
            HANDOUT.cargo(&["test", "--no-fail-fast", "-p", &module.slug]);
        assert!(!succeeded, "the stubs pass: {text}");
        let tests =
            || text.lines().filter(|line| line.starts_with("test ") && line.contains(" ... "));
        let green: Vec<_> = tests().filter(|line| line.ends_with("... ok")).collect();
        assert!(tests().count() >= 10, "too few visible tests:\n{text}");
        assert!(green.is_empty(), "these pass on the stub: {green:#?}");
        let told = text.matches("not yet implemented: ").count();
        assert!(told >= tests().count(), "{told} of {} say what to do:\n{text}", tests().count());
    }
}

/// Checked outside the course, whose own settings would be found from any folder inside it.
#[test]
fn the_given_files_are_formatted() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    release::export(&root(), &workspace).unwrap_or_else(|errors| panic!("{errors}"));
    let target = folder.path().join("target");
    let Run { succeeded, text } = cargo(&workspace, &target, &["fmt", "--all", "--check"]);
    assert!(succeeded, "`cargo fmt` would rewrite what students are given:\n{text}");
}

/// A student whose Rust is too old gets the version that the README asks for.
#[test]
fn an_older_compiler_is_told_which_version_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    release::export(&root(), &workspace).unwrap_or_else(|errors| panic!("{errors}"));
    let needed = env!("CARGO_PKG_RUST_VERSION");
    let packages = modules().map(|module| module.slug.as_str()).chain(["tinytorch"]);
    for package in packages {
        let path = workspace.join(package).join("Cargo.toml");
        let manifest = std::fs::read_to_string(&path).unwrap();
        let stated = format!("rust-version = \"{needed}\"");
        assert!(manifest.contains(&stated), "{package} does not ask for Rust {needed}");
        // As if this compiler were the older one.
        std::fs::write(&path, manifest.replace(&stated, "rust-version = \"1.9999\"")).unwrap();
    }
    let target = folder.path().join("target");
    let Run { succeeded, text } = cargo(&workspace, &target, &["test", "-p", "tinytorch"]);
    assert!(!succeeded && text.contains("requires rustc 1.9999"), "{text}");
    assert!(!text.contains("Compiling"), "the version is checked first:\n{text}");
}
