//! What lies around the functions that are looked at, and whom it costs: constructors, constants, variables, threads.

mod common;

use common::{LIBRARY, compile, standard};
use grader_call_audit::{
    AllowList, CourseCallers, FunctionGroup, IndirectFinding, ProgramGraph, ReachKind, WalkRules,
};
use std::fmt::Write as _;

/// What the course promises to its students, and how requests come in.
const CONTRACT: &str = "
pub trait Contract {
    fn first(&mut self, x: f32) -> f32;
    fn second(&mut self, x: f32) -> f32;
    fn yard(&mut self, x: f32) -> f32;
    fn unknown(&mut self, x: f32) -> f32;
}
pub fn dispatch(student: &mut impl Contract, at: usize, x: f32) -> f32 {
    match at { 0 => student.first(x), 1 => student.second(x), 2 => student.yard(x), _ => student.unknown(x) }
}
";

/// The course's own code around the student's. It calls the library itself, as a baseline does.
const CALLERS: &str = "
mod driver {
    pub struct Student;
    impl contract::Contract for Student {
        fn first(&mut self, x: f32) -> f32 {
            let thing = own::Thing::new(x);
            own::first(&thing, own::START, x) + thing.value()
        }
        fn second(&mut self, x: f32) -> f32 { own::second(&own::input(x)) }
        fn yard(&mut self, x: f32) -> f32 { own::yard(x) + library::product(x) }
        fn unknown(&mut self, x: f32) -> f32 { own::unknown(x) }
    }
}
#[unsafe(no_mangle)] pub fn main_of_callers() -> f32 { contract::dispatch(&mut driver::Student, 0, 1.0) }
#[unsafe(no_mangle)] pub fn root_0() -> *const () { own::first as *const () }
#[unsafe(no_mangle)] pub fn root_1() -> *const () { own::second as *const () }
";

/// What a student's crate has; each test writes some of it in another way.
const OWN: [(&str, &str); 9] = [
    ("Thing", "pub struct Thing;"),
    ("new", "impl Thing { pub fn new(x: f32) -> Self { let _ = x; Self } }"),
    ("value", "impl Thing { pub fn value(&self) -> f32 { 1.0 } }"),
    ("START", "pub type Start = f32; pub const START: f32 = 1.0;"),
    ("first", "pub fn first(_: &Thing, start: Start, x: f32) -> f32 { let _ = start; x }"),
    ("input", "pub struct Input(pub f32); pub fn input(x: f32) -> Input { Input(x) }"),
    ("second", "pub fn second(input: &Input) -> f32 { input.0 }"),
    ("yard", "pub fn yard(x: f32) -> f32 { x }"),
    ("unknown", "pub fn unknown(x: f32) -> f32 { x }"),
];

/// What is charged of a crate that differs by `parts`; a part of another name is added.
fn charges(parts: &[(&str, &str)]) -> Vec<IndirectFinding> {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let plain_calls = ["-Copt-level=0", "-Crelro-level=partial"];
    let checked = [&plain_calls[..], &["-Clink-dead-code", "-Cdebug-assertions=off"]].concat();
    let mut source = String::from("#![allow(unused)]\nuse library::{Dense, Layer, product};\n");
    for (name, usual) in OWN {
        let other = parts.iter().find(|(other, _)| *other == name);
        writeln!(source, "{}", other.map_or(usual, |(_, text)| text)).unwrap();
    }
    let is_more = |(name, _): &&(&str, &str)| OWN.iter().all(|(usual, _)| usual != name);
    source.extend(parts.iter().filter(is_more).map(|(_, text)| *text));
    compile(here, "library", LIBRARY, &[], &["-Copt-level=3"]);
    compile(here, "contract", CONTRACT, &[], &["-Copt-level=0"]);
    compile(here, "own", &source, &["library"], &checked);
    let flags = [&plain_calls[..], &["-Cno-prepopulate-passes"]].concat();
    compile(here, "callers", CALLERS, &["library", "contract", "own"], &flags);
    let file = |name: &str| std::fs::read(here.join(format!("lib{name}.rlib"))).unwrap();
    let program =
        ProgramGraph::read(&[("callers", &file("callers")), ("own", &file("own"))]).unwrap();
    charged(&program)
}

fn charged(program: &ProgramGraph) -> Vec<IndirectFinding> {
    let mut allow = AllowList::default().with_standard(standard());
    allow.add("std").unwrap();
    allow.except("std::fs::*").unwrap();
    let symbols = ["root_0", "root_1"].map(|symbol| program.referred(symbol)[0].to_owned());
    let callers = CourseCallers {
        krate: "callers",
        contract: "contract",
        mains: &["main_of_callers"],
        crates: &["callers", "contract"].map(str::to_owned),
    };
    let rules = WalkRules { own: "own", allow: &allow, roots: &symbols, callers: Some(callers) };
    let groups = ["first", "second"].into_iter().zip(&symbols).map(|(name, root)| FunctionGroup {
        name: name.to_owned(),
        entries: vec![name.to_owned()],
        roots: vec![root.clone()],
    });
    program.charges(&rules, &groups.collect::<Vec<_>>(), &["yard".to_owned()])
}

/// The library's product costs these groups and no others, in that way.
fn costs(parts: &[(&str, &str)], how: ReachKind, groups: &[&str]) {
    let charges = charges(parts);
    let product: Vec<_> = charges.iter().filter(|one| one.lead.to == "library::product").collect();
    let costly: std::collections::BTreeSet<_> =
        product.iter().flat_map(|one| one.groups.iter().map(String::as_str)).collect();
    assert_eq!(costly, groups.iter().copied().collect(), "{parts:?}: {charges:?}");
    assert!(product.iter().any(|one| one.how == how), "{parts:?}: {charges:?}");
}

fn costs_nothing(parts: &[(&str, &str)]) {
    assert_eq!(charges(parts), [], "{parts:?}");
}

const NEW_KEEPS: &str = "pub struct Thing(pub fn(f32) -> f32);";
const THING_CALLS: &str = "pub fn first(thing: &Thing, _: Start, x: f32) -> f32 { (thing.0)(x) }";

#[test]
fn nothing_is_charged_where_nothing_is_wrong() {
    costs_nothing(&[]);
}

/// The way back from the library to `first` leads through `first` itself, which is reached by a call and by its
/// address. Following it by functions never ended.
#[test]
fn a_function_that_passes_itself_on_is_walked_to_an_end() {
    let first = "pub fn first(_: &Thing, start: Start, x: f32) -> f32 { let _ = start; helper(x) }";
    let helper = "fn helper(x: f32) -> f32 { std::hint::black_box(first as fn(&Thing, Start, f32) -> f32); product(x) }";
    for charge in charges(&[("first", first), ("helper", helper)]) {
        assert_eq!(charge.lead.to, "library::product", "{charge:?}");
    }
}

#[test]
fn a_constructor_that_keeps_a_pointer_costs_whoever_is_given_it() {
    let new = |body: &str| format!("impl Thing {{ {body} }}");
    for body in [
        "pub fn new(_: f32) -> Self { Self(product) }",
        "#[inline(always)] pub fn new(_: f32) -> Self { Self(product) }",
        "#[track_caller] pub fn new(_: f32) -> Self { Self(|x| product(x)) }",
        "pub fn new<T: Into<f32>>(_: T) -> Self { Self(product) }",
        "pub fn new(_: f32) -> Self { Self(TABLE[1]) }",
    ] {
        let table = ("TABLE", "const TABLE: [fn(f32) -> f32; 2] = [f32::sqrt, product];");
        let parts = [("Thing", NEW_KEEPS), ("new", &new(body)), ("first", THING_CALLS), table];
        costs(&parts, ReachKind::Carried, &["first"]);
    }
}

#[test]
fn a_constructor_that_computes_costs_whoever_is_given_the_result() {
    let thing = ("Thing", "pub struct Thing(pub f32);");
    let new = ("new", "impl Thing { pub fn new(x: f32) -> Self { Self(product(x)) } }");
    costs(&[thing, new], ReachKind::Called, &["first"]);
}

#[test]
fn what_implements_a_trait_is_looked_at() {
    let drop = "impl Drop for Thing { fn drop(&mut self) { println!(\"{}\", product(1.0)); } }";
    costs(&[("drop", drop)], ReachKind::Called, &["first"]);
    let deref = "pub struct Inner; impl Inner { pub fn value(&self) -> f32 { product(2.0) } }
        impl std::ops::Deref for Thing { type Target = Inner; fn deref(&self) -> &Inner { &Inner } }";
    costs(&[("value", deref)], ReachKind::Called, &["first"]);
    let layer = [
        ("Thing", "pub struct Thing(pub Box<dyn Layer>);"),
        ("new", "impl Thing { pub fn new(_: f32) -> Self { Self(Box::new(Dense)) } }"),
        ("first", "pub fn first(thing: &Thing, _: Start, x: f32) -> f32 { thing.0.forward(x) }"),
    ];
    let charges = charges(&layer);
    assert_eq!(charges[0].lead.to, "<library::Dense as Layer>", "{charges:?}");
    let counted = "pub struct Counted(f32);
        impl Iterator for Counted {
            type Item = f32;
            fn next(&mut self) -> Option<f32> { self.0 += 1.0; (self.0 < 9.0).then(|| product(self.0)) }
        }
        impl Thing { pub fn value(&self) -> f32 { Counted(0.0).sum() } }";
    costs(&[("value", counted)], ReachKind::Called, &["first"]);
}

/// It is compiled into the course's own code.
#[test]
fn a_constant_is_looked_at_in_the_code_that_uses_it() {
    let start = "#[derive(Clone, Copy)] pub struct Start(pub fn(f32) -> f32);
        pub const START: Start = Start(product);";
    costs(&[("START", start)], ReachKind::Carried, &["first"]);
    let closure = "pub type Start = fn(f32) -> f32; pub const START: Start = |x| product(x) + 1.0;";
    costs(&[("START", closure)], ReachKind::Carried, &["first"]);
    let table = "pub type Start = &'static [fn(f32) -> f32]; pub const START: Start = &[f32::sqrt, product];";
    costs(&[("START", table)], ReachKind::Carried, &["first"]);
}

#[test]
fn variables_carry_from_one_group_to_another() {
    let read = "pub fn second(input: &Input) -> f32 { KERNEL.get().map_or(input.0, |kernel| kernel(input.0)) }";
    let once =
        "pub static KERNEL: std::sync::OnceLock<fn(f32) -> f32> = std::sync::OnceLock::new();";
    let fill = "impl Thing { pub fn new(_: f32) -> Self { let _ = KERNEL.set(product); Self } }";
    costs(
        &[("new", fill), ("second", read), ("once", once)],
        ReachKind::Carried,
        &["first", "second"],
    );
    let yard = "pub fn yard(x: f32) -> f32 { let _ = KERNEL.set(product); x }";
    costs(&[("yard", yard), ("second", read), ("once", once)], ReachKind::Carried, &["second"]);
    let local = "thread_local! { static KERNEL: std::cell::Cell<fn(f32) -> f32> = const { std::cell::Cell::new(f32::sqrt) }; }";
    let read = "pub fn second(input: &Input) -> f32 { KERNEL.get()(input.0) }";
    let yard = "pub fn yard(x: f32) -> f32 { KERNEL.set(product); x }";
    costs(&[("yard", yard), ("second", read), ("local", local)], ReachKind::Carried, &["second"]);
}

/// The slot is handed on as a reference, so that nobody who fills it names it.
#[test]
fn a_reference_to_a_variable_does_not_hide_it() {
    let parts = [
        (
            "slot",
            "static SLOT: std::sync::Mutex<f32> = std::sync::Mutex::new(0.0);
            struct Slot(&'static std::sync::Mutex<f32>);
            impl Slot { fn fill(&self, x: f32) { *self.0.lock().unwrap() = product(x); } }
            #[inline(never)] fn slot() -> Slot { Slot(&SLOT) }",
        ),
        ("yard", "pub fn yard(x: f32) -> f32 { slot().fill(x); x }"),
        ("second", "pub fn second(_: &Input) -> f32 { *SLOT.lock().unwrap() }"),
    ];
    costs(&parts, ReachKind::Called, &["second"]);
}

/// Two steps: a function of the yard moves it from one variable to the next.
#[test]
fn variables_are_followed_from_one_to_the_next() {
    let slot = |name: &str| {
        format!("static {name}: std::sync::OnceLock<fn(f32) -> f32> = std::sync::OnceLock::new();")
    };
    let parts = [
        ("slots", &*(slot("A") + &slot("B"))),
        ("new", "impl Thing { pub fn new(_: f32) -> Self { let _ = A.set(product); Self } }"),
        (
            "yard",
            "pub fn yard(x: f32) -> f32 { if let Some(kernel) = A.get() { let _ = B.set(*kernel); } x }",
        ),
        (
            "second",
            "pub fn second(input: &Input) -> f32 { B.get().map_or(0.0, |kernel| kernel(input.0)) }",
        ),
    ];
    costs(&parts, ReachKind::Carried, &["first", "second"]);
}

/// The function that is looked at keeps what the yard hands it.
#[test]
fn a_pointer_in_an_argument_is_found_where_it_is_kept() {
    let parts = [
        ("slot", "static SLOT: std::sync::OnceLock<fn(f32) -> f32> = std::sync::OnceLock::new();"),
        (
            "input",
            "pub struct Input(pub f32, pub Option<fn(f32) -> f32>);
            pub fn input(x: f32) -> Input { Input(x, None) }",
        ),
        (
            "second",
            "pub fn second(input: &Input) -> f32 {
                if let Some(kernel) = input.1 { let _ = SLOT.set(kernel); }
                SLOT.get().map_or(0.0, |kernel| kernel(input.0))
            }",
        ),
        ("yard", "pub fn yard(x: f32) -> f32 { second(&Input(x, Some(product))) }"),
    ];
    costs(&parts, ReachKind::Carried, &["second"]);
}

/// Such a function has one symbol where its address is taken and another where it is called.
#[test]
fn functions_of_several_symbols_do_not_hide_what_is_around_them() {
    for attribute in ["#[inline]", "#[inline(always)]", "#[track_caller]"] {
        let first = format!("{attribute} {THING_CALLS}");
        let new = "impl Thing { pub fn new(_: f32) -> Self { Self(product) } }";
        let parts = [("Thing", NEW_KEEPS), ("new", new), ("first", &first)];
        costs(&parts, ReachKind::Carried, &["first"]);
    }
}

#[test]
fn what_goes_on_after_a_request_costs_all() {
    let detached = "pub fn yard(x: f32) -> f32 { std::thread::spawn(move || println!(\"{}\", product(x))); x }";
    costs(&[("yard", detached)], ReachKind::Detached, &["first", "second"]);
    let built = "pub fn yard(x: f32) -> f32 {
            let thread = std::thread::Builder::new().spawn(move || product(x));
            thread.map_or(x, |thread| thread.join().unwrap_or(x))
        }";
    costs(&[("yard", built)], ReachKind::Detached, &["first", "second"]);
    let hook = "pub fn yard(x: f32) -> f32 {
            std::panic::set_hook(Box::new(move |_| println!(\"{}\", product(x))));
            x
        }";
    costs(&[("yard", hook)], ReachKind::Carried, &["first", "second"]);
}

#[test]
fn files_are_refused_around_what_is_looked_at() {
    let new = "impl Thing { pub fn new(_: f32) -> Self { let _ = std::fs::write(\"/tmp/asked\", \"\"); Self } }";
    let charges = charges(&[("new", new)]);
    assert!(!charges.is_empty());
    assert!(charges.iter().all(|one| one.lead.to.starts_with("std::fs::")), "{charges:?}");
    assert!(charges.iter().all(|one| one.groups.len() == 1), "{charges:?}");
    costs_nothing(&[(
        "yard",
        "pub fn yard(x: f32) -> f32 { std::fs::read(\"/tmp/notes\").map_or(x, |notes| notes.len() as f32) }",
    )]);
}

#[test]
fn an_entry_that_nobody_listed_costs_all() {
    let unknown = "pub fn unknown(x: f32) -> f32 { product(x) }";
    costs(&[("unknown", unknown)], ReachKind::Called, &["first", "second"]);
}

/// Whoever compares with the library where nothing is graded by it may write that in any way.
#[test]
fn the_yardstick_may_be_called_where_no_group_can_use_it() {
    for yard in [
        "pub fn yard(x: f32) -> f32 { product(x) }",
        "fn time_it<R>(call: impl FnOnce() -> R) -> R { call() }
         pub fn yard(x: f32) -> f32 { time_it(|| product(x)) }",
        "pub fn yard(x: f32) -> f32 {
            let table: [(&str, fn(f32) -> f32); 2] = [(\"own\", f32::sqrt), (\"library\", product)];
            table.iter().map(|(_, kernel)| kernel(x)).sum()
        }",
        "const TABLE: [fn(f32) -> f32; 2] = [f32::sqrt, product];
         pub fn yard(x: f32) -> f32 { TABLE.iter().map(|kernel| kernel(x)).sum() }",
        "pub fn yard(x: f32) -> f32 {
            std::thread::scope(|scope| scope.spawn(|| product(x)).join().unwrap_or(x))
        }",
        "pub fn yard(x: f32) -> f32 { std::panic::catch_unwind(|| product(x)).unwrap_or(x) }",
        "pub fn yard(x: f32) -> f32 {
            static KNOWN: std::sync::OnceLock<f32> = std::sync::OnceLock::new();
            *KNOWN.get_or_init(|| product(x))
        }",
        "pub fn yard(x: f32) -> f32 { let layer: &dyn Layer = &Dense; layer.forward(x) }",
        "pub fn yard(x: f32) -> f32 {
            std::panic::set_hook(Box::new(|_| {}));
            product(x)
        }",
    ] {
        costs_nothing(&[("yard", yard)]);
    }
}

/// A counter of calls knows nothing of what the yardstick gives.
#[test]
fn a_kernel_with_a_variable_may_be_compared_with_the_yardstick() {
    let parts = [
        (
            "calls",
            "static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);",
        ),
        (
            "second",
            "pub fn second(input: &Input) -> f32 {
                input.0 + CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) as f32
            }",
        ),
        ("yard", "pub fn yard(x: f32) -> f32 { second(&Input(x)) - product(x) }"),
    ];
    costs_nothing(&parts);
    let threaded = "pub fn yard(x: f32) -> f32 {
            let library = std::thread::scope(|scope| scope.spawn(|| product(x)).join().unwrap_or(x));
            second(&Input(x)) - library + std::panic::catch_unwind(|| product(x)).unwrap_or(x)
        }";
    costs_nothing(&[parts[0], parts[1], ("yard", threaded)]);
}
