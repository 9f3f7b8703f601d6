//! What comes with the compiler, read from its own libraries.
//!
//! No list of names could be complete: what the standard library calls differs from version to version. Its
//! compiled crates say what they define and what they need, so whatever it leads to is known by construction.

use crate::object_file::ObjectError;
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSymbol};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Crates that have no file of their own name: allocation is defined in a crate that the compiler makes up.
const WITHOUT_A_FILE: [&str; 4] = ["std", "core", "alloc", "__rustc"];

/// Names that no library has, because the compiler or the linker makes them up: the table of addresses,
/// thread-local variables, and loops over C strings that the optimizer replaces by a call.
const MADE_UP: [&str; 4] =
    ["_GLOBAL_OFFSET_TABLE_", "__tls_get_addr", "rust_eh_personality", "wcslen"];

/// The functions of `math.h` (C23), without the letters for the width. The standard library calls most of them
/// from `#[inline]` methods of `f32` and `f64`, so its own compiled code does not name them. `exp10` and `sincos`
/// are what the optimizer makes of others.
const MATHEMATICS: [&str; 71] = [
    "acos",
    "acosh",
    "acospi",
    "asin",
    "asinh",
    "asinpi",
    "atan",
    "atan2",
    "atan2pi",
    "atanh",
    "atanpi",
    "cbrt",
    "ceil",
    "compoundn",
    "copysign",
    "cos",
    "cosh",
    "cospi",
    "erf",
    "erfc",
    "exp",
    "exp10",
    "exp10m1",
    "exp2",
    "exp2m1",
    "expm1",
    "fabs",
    "fdim",
    "floor",
    "fma",
    "fmax",
    "fmaximum",
    "fmaximum_num",
    "fmin",
    "fminimum",
    "fminimum_num",
    "fmod",
    "frexp",
    "hypot",
    "ldexp",
    "lgamma",
    "llrint",
    "llround",
    "log",
    "log10",
    "log10p1",
    "log1p",
    "log2",
    "log2p1",
    "lrint",
    "lround",
    "modf",
    "nearbyint",
    "nextafter",
    "pow",
    "pown",
    "remainder",
    "rint",
    "round",
    "roundeven",
    "rsqrt",
    "scalbn",
    "sin",
    "sincos",
    "sinh",
    "sinpi",
    "sqrt",
    "tan",
    "tanh",
    "tgamma",
    "trunc",
];

/// How C marks the width of a floating-point type.
const WIDTHS: [&str; 5] = ["", "f", "l", "f16", "f128"];

/// The crates of a toolchain's standard library, and the symbols without a name of Rust's that they define or
/// need: functions of C, of the unwinder and of the compiler's own runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandardLibrary {
    crates: BTreeSet<String>,
    symbols: BTreeSet<String>,
}

impl StandardLibrary {
    /// Reads all crates in `folder`, a toolchain's `lib/rustlib/<target>/lib`.
    ///
    /// # Errors
    /// [`ObjectError`], with the file, when there is none or one cannot be read.
    ///
    /// # Cost
    /// Some 30 MB are read: a few tenths of a second.
    pub fn read(folder: &Path) -> Result<Self, ObjectError> {
        let failed = |path: &Path, why: &dyn ToString| {
            ObjectError::new(&path.to_string_lossy(), &why.to_string())
        };
        let mut standard = Self::default();
        for entry in fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
            let path = entry.map_err(|error| failed(folder, &error))?.path();
            let Some(krate) = crate_of(&path) else { continue };
            let bytes = fs::read(&path).map_err(|error| failed(&path, &error))?;
            standard.symbols.extend(symbols(&bytes).map_err(|error| failed(&path, &error))?);
            standard.crates.insert(krate);
        }
        if !standard.crates.contains("core") {
            return Err(failed(folder, &"there is no `core` in this folder"));
        }
        Ok(standard)
    }

    /// Whether `krate` comes with the compiler.
    pub(crate) fn has_crate(&self, krate: &str) -> bool {
        WITHOUT_A_FILE.contains(&krate) || self.crates.contains(krate)
    }

    /// Whether compiled code of the standard library may refer to `symbol`, which is no name of Rust's.
    pub(crate) fn has_symbol(&self, symbol: &str) -> bool {
        self.symbols.contains(symbol)
            || MADE_UP.contains(&symbol)
            || symbol.starts_with("__rust_")
            || is_mathematics(symbol)
    }
}

/// `libcore-120cbae4e86ec454.rlib` holds `core`.
fn crate_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.strip_prefix("lib")?.strip_suffix(".rlib")?;
    let (krate, _hash) = name.rsplit_once('-')?;
    Some(krate.to_owned())
}

/// All symbols of an archive that are no names of Rust's.
fn symbols(archive: &[u8]) -> Result<BTreeSet<String>, object::Error> {
    let mut found = BTreeSet::new();
    for member in ArchiveFile::parse(archive)?.members() {
        let member = member?;
        if !member.name().ends_with(b".o") {
            continue;
        }
        let file = object::File::parse(member.data(archive)?)?;
        for symbol in file.symbols().filter(|symbol| symbol.is_global() || symbol.is_undefined()) {
            let name = symbol.name()?;
            if !name.is_empty() && !name.starts_with("_R") && !name.starts_with("_ZN") {
                found.insert(name.to_owned());
            }
        }
    }
    Ok(found)
}

/// Whether it is a function of `math.h`, of any width. `_r` has a place for the sign (`lgamma_r`).
fn is_mathematics(symbol: &str) -> bool {
    let symbol = symbol.strip_suffix("_r").unwrap_or(symbol);
    let stems = WIDTHS.iter().filter_map(|width| symbol.strip_suffix(width));
    stems.into_iter().any(|stem| MATHEMATICS.contains(&stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mathematics_has_all_widths_and_no_other_names() {
        for symbol in
            ["tanh", "tanhf", "fmodl", "lgammaf_r", "truncf", "ceilf128", "exp10f", "sincosf"]
        {
            assert!(is_mathematics(symbol), "{symbol}");
        }
        for symbol in ["", "f", "cblas_sgemm", "sgemm", "tanhx", "dot", "_r", "matmulf"] {
            assert!(!is_mathematics(symbol), "{symbol}");
        }
    }

    #[test]
    fn a_crate_is_known_by_its_file() {
        let krate = |name: &str| crate_of(Path::new(name));
        assert_eq!(krate("/lib/libcore-120cbae4e86ec454.rlib").as_deref(), Some("core"));
        assert_eq!(krate("librustc_demangle-1.rlib").as_deref(), Some("rustc_demangle"));
        assert_eq!(krate("librustc-stable_rt.asan.a"), None);
        assert_eq!(krate("libstd-d1237ef7159db0a2.so"), None);
    }

    #[test]
    fn a_folder_without_a_standard_library_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            StandardLibrary::read(folder.path()).unwrap_err().to_string().contains("no `core`")
        );
        assert!(StandardLibrary::read(&folder.path().join("nowhere")).is_err());
    }
}
