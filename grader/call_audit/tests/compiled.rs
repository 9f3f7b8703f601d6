//! Real code, compiled as the grader compiles it: what each way of hiding a library's function leads to.

mod common;

use common::{LIBRARY, compile, standard};
use grader_call_audit::{AllowList, ForbiddenPath, ProgramGraph, WalkRules};

/// What `crate own { source }` leads to from its function `asked`, in a build with `flags`.
fn leads(source: &str, flags: &[&str]) -> Vec<ForbiddenPath> {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let mangling = flags.iter().copied().filter(|flag| *flag == V0);
    compile(here, "library", LIBRARY, &[], &mangling.chain(["-Copt-level=3"]).collect::<Vec<_>>());
    let uses = "#![allow(unused)]\nuse library::{Dense, Layer, Number};\n";
    compile(here, "own", &format!("{uses}{source}"), &["library"], flags);
    // As the grader does: where the name leads to is asked of the compiler.
    let roots = "#[unsafe(no_mangle)] pub fn root() -> *const () { own::asked as *const () }";
    compile(here, "roots", roots, &["library", "own"], &["-Copt-level=0"]);
    let file = |name: &str| std::fs::read(here.join(format!("lib{name}.rlib"))).unwrap();
    let program = ProgramGraph::read(&[("roots", &file("roots")), ("own", &file("own"))]).unwrap();
    let mut allow = AllowList::default().with_standard(standard());
    for entry in ["std", "library::Number::new"] {
        allow.add(entry).unwrap();
    }
    let roots: Vec<_> = program.referred("root").into_iter().map(str::to_owned).collect();
    let rules = WalkRules { own: "own", allow: &allow, roots: &roots, callers: None };
    program.leads(&roots[0], &rules).expect("the root")
}

const CHECKED: [&str; 3] = ["-Copt-level=0", "-Clink-dead-code", "-Cdebug-assertions=off"];
const FAST: [&str; 1] = ["-Copt-level=3"];
/// The mangling that is not the compiler's default yet; its own libraries have it already.
const V0: &str = "-Csymbol-mangling-version=v0";

/// Both builds, in both manglings.
fn builds() -> [Vec<&'static str>; 4] {
    let with_v0 = |flags: &[&'static str]| [flags, &[V0]].concat();
    [CHECKED.to_vec(), FAST.to_vec(), with_v0(&CHECKED), with_v0(&FAST)]
}

/// `asked` of `source` leads to `to` in all builds.
fn is_found(source: &str, to: &str) {
    for flags in builds() {
        let leads = leads(source, &flags);
        assert!(leads.iter().any(|lead| lead.to == to), "{flags:?}: {leads:?}");
    }
}

fn is_clean(source: &str) {
    for flags in builds() {
        assert_eq!(leads(source, &flags), [], "{flags:?}");
    }
}

#[test]
fn a_direct_call_is_found_with_the_way_to_it() {
    let source = "pub fn asked(x: f32) -> f32 { step(x) + 1.0 }
        #[inline(never)] fn step(x: f32) -> f32 { library::product(x) + 2.0 }";
    for flags in [&CHECKED[..], &FAST] {
        let lead = ForbiddenPath {
            to: "library::product".into(),
            through: vec!["asked".into(), "step".into()],
        };
        assert_eq!(leads(source, flags), [lead]);
    }
}

#[test]
fn own_code_that_uses_what_is_allowed_is_clean() {
    is_clean(
        "pub fn asked(x: f32) -> f32 {
            let numbers: Vec<Number> = (0..9).map(|i| Number::new(x * i as f32)).collect();
            let sum = std::thread::scope(|s| s.spawn(|| numbers.iter().map(|n| n.0).sum::<f32>()).join());
            println!(\"{sum:?}\");
            sum.unwrap_or(x)
        }
        pub fn elsewhere(x: f32) -> f32 { library::product(x) }",
    );
}

/// Methods of primitive types, and the mathematics of C that some of them are.
#[test]
fn what_the_standard_library_leads_to_is_the_standard_library() {
    is_clean(
        "pub fn asked(x: f32) -> f32 {
            let text = (x as usize).to_string() + &x.to_string() + &x.to_bits().to_string();
            let y = x.tanh() + x.cbrt() + x.hypot(2.0) + 10_f32.powf(x) + text.len() as f32;
            let (sine, cosine) = x.sin_cos();
            y + sine + cosine + (x % 3.0) + u128::from(x.to_bits()).pow(2) as f32
        }",
    );
}

#[test]
fn a_generic_is_known_by_its_librarys_name_though_it_is_compiled_here() {
    let found = leads("pub fn asked(x: f32) -> f32 { library::generic(x) }", &CHECKED);
    assert_eq!(found[0].to, "library::generic");
    // Inlined, it brings along what it calls.
    is_found(
        "pub fn asked(x: f32) -> f32 { library::product(x) + library::generic(x) }",
        "library::product",
    );
}

#[test]
fn pointers_count_as_calls() {
    is_found(
        "static TABLE: [fn(f32) -> f32; 2] = [f32::sqrt, library::product];
        pub fn asked(x: f32) -> f32 { TABLE[std::hint::black_box(1)](x) }",
        "library::product",
    );
}

#[test]
fn a_vtable_is_looked_into() {
    let source = "pub fn asked(x: f32) -> f32 {
            let layer: Box<dyn Layer> = std::hint::black_box(Box::new(Dense));
            layer.forward(x)
        }";
    is_found(source, "<library::Dense as Layer>");
}

#[test]
fn operators_are_functions_of_the_library_that_has_them() {
    is_found(
        "pub fn asked(x: f32) -> f32 { (Number(x) * Number(x)).0 }",
        "<library::Number as Mul>",
    );
}

#[test]
fn a_threads_closure_is_looked_into() {
    is_found(
        "pub fn asked(x: f32) -> f32 {
            std::thread::spawn(move || library::product(x)).join().unwrap_or(x)
        }",
        "library::product",
    );
}

#[test]
fn dropping_a_value_is_a_call() {
    is_found(
        "struct Late(f32);
        impl Drop for Late { fn drop(&mut self) { println!(\"{}\", library::product(self.0)); } }
        pub fn asked(x: f32) -> f32 { let _late = Late(x); x }",
        "library::product",
    );
}

/// Another function puts a library's function, or its results, where the one asked for finds them.
#[test]
fn who_shares_a_variable_is_looked_into() {
    is_found(
        "static KERNEL: std::sync::OnceLock<fn(f32) -> f32> = std::sync::OnceLock::new();
        pub fn elsewhere() { let _ = KERNEL.set(library::product); }
        pub fn asked(x: f32) -> f32 { KERNEL.get().map_or(x, |kernel| kernel(x)) }",
        "library::product",
    );
    is_found(
        "thread_local! { static KNOWN: std::cell::Cell<f32> = const { std::cell::Cell::new(0.0) }; }
        pub fn elsewhere(x: f32) { leave(library::product(x)); }
        #[inline(never)] fn leave(x: f32) { KNOWN.set(x); }
        pub fn asked(x: f32) -> f32 { KNOWN.get() + x }",
        "library::product",
    );
}

/// A buffer of one's own is no crime, whatever those do who call.
#[test]
fn a_caller_of_a_root_is_no_user_of_its_variables() {
    is_clean(
        "static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        #[inline(never)] pub fn asked(x: f32) -> f32 {
            x + CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) as f32
        }
        pub fn caller(x: f32) -> f32 { library::product(asked(x)) }",
    );
}

/// The function that is asked for is the one that its public name stands for, not one that looks like it.
#[test]
fn a_decoy_of_the_same_name_does_not_help() {
    is_found(
        "pub mod decoy { pub fn asked(x: f32) -> f32 { x } }
        #[inline(never)] pub fn other(x: f32) -> f32 { library::product(x) }
        pub use other as asked;",
        "library::product",
    );
}

/// Such functions are compiled where they are used, and may not be in the student's object at all.
#[test]
fn functions_to_be_inlined_are_looked_into() {
    for attribute in ["#[inline]", "#[inline(always)]"] {
        is_found(
            &format!("{attribute} pub fn asked(x: f32) -> f32 {{ library::product(x) }}"),
            "library::product",
        );
    }
}

#[test]
fn what_is_no_object_is_an_error() {
    assert!(ProgramGraph::read(&[("a.rlib", b"!<arch>\n")]).is_err());
    assert!(ProgramGraph::read(&[("a.o", b"\x7fELF and then something else")]).is_err());
    assert!(ProgramGraph::read(&[("a.o", b"")]).is_err());
}
