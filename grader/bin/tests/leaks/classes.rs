//! Classes of one module each, in which much goes wrong, graded by the program.

use crate::support::{ClassFolder, ProgramOutput, copy, grader, root, run};
use regression::attack::corpus;
use regression::attack::world::AttackFolder;
use regression::variant::Variant;
use std::fs;
use std::path::Path;

/// With which one submission is checked.
pub const SEED: u64 = 7_741_230_985_512_345_678;

/// A class that was graded.
pub struct GradedClass {
    pub class: ClassFolder,
    pub module: &'static str,
    /// One of its students, with wrong answers.
    pub checked: &'static str,
    /// In which formats it is checked: all of them where grading is cheap.
    pub formats: &'static [&'static str],
    /// What the program printed.
    pub ended: ProgramOutput,
    _world: Option<AttackFolder>,
}

/// Variants, submissions that do not compile or only in part, panics that show inputs, markup in errors.
pub fn profiling() -> GradedClass {
    let class = ClassFolder::new();
    for name in ["percentile_is_the_nearest_rank", "std_divides_by_n", "flops_overwrite_flops"] {
        variant(&class, "profiling", name, &[]);
    }
    for name in ["elif", "emeka", "kavya", "zora"] {
        copy(
            &root().join("regression/class").join(name).join("src"),
            &class.student(name).join("src"),
        );
    }
    let world = AttackFolder::new().expect("a world");
    let attacks = corpus::all().expect("attacks");
    for name in ["inputs_in_a_panic", "error_text_is_markup", "escapes_and_commands"] {
        let named = attacks.iter().find(|one| one.group == "report" && one.name == name);
        let folder = class.student(name);
        fs::create_dir_all(&folder).expect("a folder");
        named.expect("an attack").attack.make_in(&folder, &world).expect("a submission");
    }
    graded(
        class,
        "profiling",
        "percentile_is_the_nearest_rank",
        (&["text", "json", "markdown", "html"], Some(world)),
    )
}

/// One file each, so that little is measured: all others are taken as they were handed out.
pub fn acceleration() -> GradedClass {
    let class = ClassFolder::new();
    variant(&class, "acceleration", "naive_stops_one_early", &["src/naive.rs"]);
    variant(&class, "acceleration", "conv_naive_forgets_padding", &["src/conv.rs"]);
    variant(
        &class,
        "acceleration",
        "reordered_keeps_the_order",
        &["src/naive.rs", "src/reordered.rs"],
    );
    graded(class, "acceleration", "conv_naive_forgets_padding", (&["text"], None))
}

/// Likewise.
pub fn quantization() -> GradedClass {
    let class = ClassFolder::new();
    variant(&class, "quantization", "half_cuts_bfloat16_off", &["src/half.rs"]);
    variant(&class, "quantization", "params_compute_in_f32", &["src/params.rs"]);
    graded(class, "quantization", "half_cuts_bfloat16_off", (&["text"], None))
}

/// Likewise.
pub fn compression() -> GradedClass {
    let class = ClassFolder::new();
    variant(&class, "compression", "mask_is_inverted", &["src/magnitude.rs"]);
    variant(&class, "compression", "energy_of_values", &["src/low_rank.rs"]);
    graded(class, "compression", "mask_is_inverted", (&["text"], None))
}

/// Likewise.
pub fn caching() -> GradedClass {
    let class = ClassFolder::new();
    variant(&class, "caching", "attention_has_no_scale", &[]);
    variant(&class, "caching", "work_looks_ahead", &["src/analysis.rs"]);
    graded(class, "caching", "work_looks_ahead", (&["text"], None))
}

/// Adds a known-wrong variant, or only `files` of it.
pub fn variant(class: &ClassFolder, module: &str, name: &str, files: &[&str]) {
    let solution = root().join("solutions").join(module);
    let whole = tempfile::tempdir().expect("a folder");
    copy(&solution.join("src"), &whole.path().join("src"));
    let variant = Variant::load(&solution.join(format!("wrong/{name}.yaml"))).expect("a variant");
    variant.apply(whole.path()).expect("it fits");
    let to = class.student(name);
    if files.is_empty() {
        return copy(whole.path(), &to);
    }
    for file in files {
        let place = to.join(file);
        fs::create_dir_all(place.parent().unwrap_or(Path::new(""))).expect("a folder");
        fs::copy(whole.path().join(file), place).expect("a copy");
    }
}

fn graded(
    class: ClassFolder,
    module: &'static str,
    checked: &'static str,
    (formats, world): (&'static [&'static str], Option<AttackFolder>),
) -> GradedClass {
    let mut grade = grader();
    grade.args(["grade", "-m", module, "--jobs", "2"]).arg(class.path());
    grade.arg("--out").arg(class.out()).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    let ended = run(&mut grade).done();
    let grades = class.grades_of_module(module);
    let found = grades.iter().find(|grade| grade.submission.student == checked);
    assert!(found.is_some_and(|grade| !grade.cases.is_empty()));
    GradedClass { class, module, checked, formats, ended, _world: world }
}
