//! A small crate with one item of each sort. Each item is removed or changed in turn, and exactly its probe fails.

use grader_probes::{GIVEN, Interface, Probe, ProbeKind, Reference, StandIn, TaskFiles, UsedNames};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

const LIB: &str = "\
mod error;
mod meter;
mod meters { pub mod scale; }
mod private;
pub mod units;

pub use error::{MeterError, Result};
pub use meter::*;
pub use meters::scale::scale as rescaled;
";

const ERROR: &str = "\
use std::fmt;
pub type Result<T> = std::result::Result<T, MeterError>;
#[derive(Debug)]
pub enum MeterError { Empty, BadUnit { unit: String } }
impl fmt::Display for MeterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, \"{self:?}\") }
}
impl std::error::Error for MeterError {}
impl From<std::num::ParseIntError> for MeterError {
    fn from(_: std::num::ParseIntError) -> Self { Self::Empty }
}
";

const METER: &str = "\
use crate::private::Hidden;
use crate::units::{self, Unit};
use crate::{MeterError, Result};
use std::ops::Range;

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading { /// How much.
    pub amount: f64, pub unit: Unit }

pub struct Meter<C: units::Tick = units::Steady> { clock: C, readings: Vec<Reading> }

impl Meter {
    pub const LONGEST: usize = 8;
    pub fn new() -> Self { Self::with_clock(units::Steady) }
}

impl<C: units::Tick> Meter<C> {
    pub fn with_clock(clock: C) -> Self { Self { clock, readings: Vec::new() } }
    pub fn measure<R>(&self, mut f: impl FnMut() -> R, times: usize) -> Result<Reading> {
        for _ in 0..times { f(); }
        Ok(Reading { amount: self.clock.tick(), unit: Unit::Second })
    }
    pub fn timed<R, F>(&mut self, name: &str, f: F) -> R where F: FnOnce(&mut Self) -> R { let _ = name; f(self) }
    pub fn view(&self, range: Range<usize>) -> Result<View<'_>> {
        self.readings.get(range).map(|readings| View { readings }).ok_or(MeterError::Empty)
    }
    pub fn readings(&self) -> &[Reading] { &self.readings }
    pub fn hidden(&self) -> Hidden { Hidden }
}

#[derive(Clone, Copy)]
pub struct View<'a> { readings: &'a [Reading] }

impl<'a> View<'a> {
    pub fn first(&self) -> Option<&'a Reading> { self.readings.first() }
    pub fn sum(self, start: f64) -> f64 { self.readings.iter().fold(start, |sum, one| sum + one.amount) }
}

#[cfg(test)]
pub fn only_in_tests() {}
";

const SCALE: &str = "\
pub fn scale(
    by: f64,
    values: &mut [f64],
) { values.iter_mut().for_each(|value| *value *= by) }
";

const UNITS: &str = "\
pub trait Tick { fn tick(&self) -> f64; }
#[derive(Default)]
pub struct Steady;
impl Tick for Steady { fn tick(&self) -> f64 { 1.0 } }
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit { Second, Other(char) }
";

fn sources() -> BTreeMap<String, Vec<u8>> {
    let files = [
        ("src/lib.rs", LIB),
        ("src/error.rs", ERROR),
        ("src/meter.rs", METER),
        ("src/meters/scale.rs", SCALE),
        ("src/private.rs", "pub struct Hidden;\n"),
        ("src/units.rs", UNITS),
    ];
    files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into()
}

fn interface() -> Interface {
    let tasks = [
        TaskFiles { task: "meter", files: vec!["src/meter.rs".into()] },
        TaskFiles { task: "scale", files: vec!["src/meters/scale.rs".into()] },
    ];
    let stand_ins = [StandIn { bound: "meters::units::Tick", ty: "meters::units::Steady" }];
    let files = sources();
    let reference =
        Reference { crate_name: "meters", files: &files, tasks: &tasks, stand_ins: &stand_ins };
    Interface::read(&reference).unwrap()
}

/// The lines of `code` with errors, or what the compiler says when they have none.
fn errors(folder: &Path, code: &str) -> BTreeSet<usize> {
    let file = folder.join("probes.rs");
    fs::write(&file, code).unwrap();
    let run = Command::new("rustc")
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "--error-format=json"])
        .arg("--out-dir")
        .arg(folder)
        .arg("--extern")
        .arg(format!("meters={}", folder.join("libmeters.rmeta").display()))
        .arg(&file)
        .output()
        .unwrap();
    let text = String::from_utf8(run.stderr).unwrap();
    let said = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let lines = said.filter(|one| one["level"] == "error").filter_map(|one| {
        let span = one["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
        span["line_start"].as_u64()
    });
    let lines: BTreeSet<usize> = lines.map(|line| usize::try_from(line).unwrap()).collect();
    assert_eq!(run.status.success(), lines.is_empty(), "{text}");
    lines
}

fn compile(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let run = Command::new("rustc")
        .args(["--edition=2024", "--crate-type=lib", "--crate-name=meters", "--emit=metadata"])
        .args(["-Awarnings", "--out-dir"])
        .arg(folder)
        .arg(folder.join("src/lib.rs"))
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// The items whose probes fail around the crate with these edits, again without them until the rest compiles.
fn misfits(edits: &[Edit], kinds: &[ProbeKind]) -> BTreeSet<String> {
    let mut files = sources();
    for (file, find, replace) in edits {
        let text = String::from_utf8(files[*file].clone()).unwrap();
        assert!(text.contains(find), "{file}: {find}");
        files.insert((*file).to_owned(), text.replace(find, replace).into_bytes());
    }
    let folder = tempfile::tempdir().unwrap();
    compile(&files, folder.path());
    let mut probes = interface().probes(None);
    probes.retain(|probe| kinds.contains(&probe.kind));
    let mut failed = BTreeSet::new();
    loop {
        let code: Vec<_> = probes.iter().map(|probe| probe.code.as_str()).collect();
        let lines = errors(folder.path(), &code.join("\n"));
        if lines.is_empty() {
            return failed;
        }
        failed.extend(lines.iter().map(|line| probes[line - 1].item.clone()));
        let kept = |at: &usize| !lines.contains(&(at + 1));
        probes = (0..probes.len()).filter(kept).map(|at| probes[at].clone()).collect();
    }
}

const ALL: [ProbeKind; 3] = [ProbeKind::Use, ProbeKind::Path, ProbeKind::Exact];

#[test]
fn every_probe_fits_the_reference() {
    assert_eq!(misfits(&[], &ALL), BTreeSet::new());
}

#[test]
fn the_probes_of_all_items() {
    let show = |probe: &Probe| {
        let Probe { task, item, expected, file, kind, code } = probe;
        format!("{task} {kind:?} {item} ({file})\n  {expected}\n  {code}\n")
    };
    let shown: String = interface().probes(None).iter().map(show).collect();
    insta::assert_snapshot!(shown);
}

/// The file, the text to find, and its replacement.
type Edit = (&'static str, &'static str, &'static str);

#[test]
fn an_item_that_is_missing_or_changed_fails_its_own_probe() {
    let meter = |find, replace| ("src/meter.rs", find, replace);
    let cases: [(&[Edit], &str); 13] = [
        (&[meter("pub fn new()", "pub fn fresh()")], "Meter::new"),
        (&[meter("pub const LONGEST: usize", "pub const LONGEST: u32")], "Meter::LONGEST"),
        (&[meter("times: usize)", "times: u32)")], "Meter::measure"),
        (&[meter("mut f: impl FnMut() -> R", "f: impl Fn() -> R")], "Meter::measure"),
        (&[meter("where F: FnOnce(&mut Self)", "where F: FnOnce(&Self)")], "Meter::timed"),
        (&[meter("pub fn view(", "pub(crate) fn view(")], "Meter::view"),
        (
            &[
                meter("pub fn with_clock(clock: C)", "pub fn with_clock(_: &C, clock: C)"),
                meter("with_clock(units::Steady)", "with_clock(&units::Steady, units::Steady)"),
            ],
            "Meter::with_clock",
        ),
        (&[meter("-> Option<&'a Reading>", "-> Option<&Reading>")], "View::first"),
        (&[meter("start: f64", "start: f32"), meter("fold(start,", "fold(0.0,")], "View::sum"),
        (&[("src/meters/scale.rs", "&mut [f64]", "&mut Vec<f64>")], "rescaled"),
        (&[("src/lib.rs", "scale as rescaled", "scale")], "rescaled"),
        (&[("src/units.rs", "Other(char)", "Other(u8)")], "units::Unit"),
        (
            &[
                ("src/error.rs", "#[derive(Debug)]", ""),
                ("src/error.rs", "write!(f, \"{self:?}\")", "f.write_str(\"\")"),
                ("src/error.rs", "impl std::error::Error for MeterError {}", ""),
            ],
            "MeterError",
        ),
    ];
    for (edits, item) in cases {
        let failed = misfits(edits, &[ProbeKind::Use, ProbeKind::Path]);
        assert_eq!(failed, [item.to_owned()].into(), "{edits:?}");
    }
}

/// Each of these is a crate that may be used as the reference may.
#[test]
fn a_more_general_interface_fits() {
    let edits = [
        (
            "src/meter.rs",
            "times: usize) -> Result<Reading> {",
            "times: impl Into<usize>) -> Result<Reading> { let times = times.into();",
        ),
        ("src/meter.rs", "&[Reading] { &self.readings }", "Vec<Reading> { self.readings.clone() }"),
        ("src/meter.rs", "pub unit: Unit }", "pub unit: Unit, pub more: u8 }"),
        ("src/meter.rs", "unit: Unit::Second }", "unit: Unit::Second, more: 0 }"),
        ("src/meter.rs", "name: &str", "name: impl AsRef<str>"),
        ("src/meter.rs", "let _ = name;", "let _ = name.as_ref();"),
        ("src/meter.rs", "pub struct View", "#[derive(Debug)] pub struct View"),
        ("src/units.rs", "Other(char)", "Other(char), Minute"),
        ("src/error.rs", "Empty, BadUnit", "Empty, Full, BadUnit"),
        ("src/meters/scale.rs", "&mut [f64]", "&mut (impl AsMut<[f64]> + ?Sized)"),
        ("src/meters/scale.rs", "values.iter_mut()", "values.as_mut().iter_mut()"),
    ];
    let kinds = [ProbeKind::Use, ProbeKind::Path];
    assert_eq!(misfits(&edits, &kinds), BTreeSet::new());
    let exact = misfits(&edits, &[ProbeKind::Exact]);
    let changed = ["Meter::readings", "Reading", "units::Unit"];
    assert_eq!(exact, changed.map(str::to_owned).into());
}

#[test]
fn an_item_that_is_not_used_is_not_probed() {
    let driver =
        b"use meters::Meter; fn f(meter: &Meter) { meter.view(0..1).unwrap().first().amount }";
    let used = UsedNames::of([("driver.rs", &driver[..])]).unwrap();
    let probes = interface().probes(Some(&used));
    let items: BTreeSet<&str> = probes.iter().map(|probe| probe.item.as_str()).collect();
    // The error is used by all that returns a result.
    let needed = ["Meter", "Meter::view", "MeterError", "Reading", "View", "View::first"];
    assert_eq!(items, needed.into());
    let reading = probes.iter().find(|one| one.item == "Reading" && one.kind == ProbeKind::Use);
    let code = &reading.unwrap().code;
    assert!(code.contains("value.amount") && !code.contains("value.unit"), "{code}");
    assert!(
        probes
            .iter()
            .all(|probe| probe.task == if probe.file == "src/error.rs" { GIVEN } else { "meter" })
    );
}

#[test]
fn a_source_that_is_no_rust_is_named() {
    let mut files = sources();
    files.insert("src/units.rs".into(), b"pub enum {".to_vec());
    let read = |files: &BTreeMap<String, Vec<u8>>| {
        let reference = Reference { crate_name: "meters", files, tasks: &[], stand_ins: &[] };
        Interface::read(&reference).err().unwrap().to_string()
    };
    assert!(read(&files).starts_with("src/units.rs: "), "{}", read(&files));
    files.remove("src/units.rs");
    assert_eq!(read(&files), "src/lib.rs: there is no file for `mod units`");
}
