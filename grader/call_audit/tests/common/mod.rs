//! Compiling small crates, with the compiler that is used here.

use grader_call_audit::StandardLibrary;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// Somebody else's crate: a function, a generic, a trait with an implementation, and a type.
pub const LIBRARY: &str = "
#[inline(never)] pub fn product(x: f32) -> f32 { x * x + std::hint::black_box(x) }
pub fn generic<T: Into<f32>>(x: T) -> f32 { product(x.into()) }
pub trait Layer { fn forward(&self, x: f32) -> f32; }
pub struct Dense;
impl Layer for Dense { #[inline(never)] fn forward(&self, x: f32) -> f32 { product(x) } }
pub struct Number(pub f32);
impl Number { #[inline(never)] pub fn new(x: f32) -> Self { Self(std::hint::black_box(x)) } }
impl std::ops::Mul for Number {
    type Output = Self;
    #[inline(never)] fn mul(self, other: Self) -> Self { Self(product(self.0 * other.0)) }
}
";

/// The standard library of the compiler that is used here.
pub fn standard() -> StandardLibrary {
    static STANDARD: OnceLock<StandardLibrary> = OnceLock::new();
    let read = || {
        let output = Command::new("rustc").args(["--print", "target-libdir"]).output();
        let folder = String::from_utf8(output.expect("rustc").stdout).expect("a path");
        StandardLibrary::read(Path::new(folder.trim())).expect("a standard library")
    };
    STANDARD.get_or_init(read).clone()
}

/// Compiles a library of `folder` that uses the others in `uses`.
pub fn compile(folder: &Path, name: &str, source: &str, uses: &[&str], flags: &[&str]) {
    let file = folder.join(format!("{name}.rs"));
    std::fs::write(&file, source).unwrap();
    let common = ["--edition=2024", "--crate-type=rlib", "-Ccodegen-units=1", "-Cembed-bitcode=no"];
    let output = Command::new("rustc")
        .args(common)
        .args(flags)
        .arg(format!("--crate-name={name}"))
        .arg("-L")
        .arg(folder)
        .arg("--out-dir")
        .arg(folder)
        .args(uses.iter().map(|other| format!("--extern={other}")))
        .arg(&file)
        .output()
        .expect("rustc");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
