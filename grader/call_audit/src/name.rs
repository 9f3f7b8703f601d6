//! What a symbol's name says: which crate a function belongs to, and what it is called there.

use crate::callers::CourseCallers;
use crate::v0::{self, ItemDefinition};
use std::fmt;

/// The demangled name of a function or static.
///
/// Both of Rust's manglings are read: a crate has the one that it was compiled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemName {
    text: String,
    item: NamedItem,
}

/// What kind of thing is named. Paths are without generic arguments; the crate comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NamedItem {
    /// `a::b::function`, `a::Type::method`.
    Path(Vec<String>),
    /// A method of a trait that is implemented for a type.
    Impl {
        /// The type; `[f32]` and the like have no crate.
        ty: Vec<String>,
        /// The trait.
        of: Vec<String>,
        /// The crate in which it stands, where the name says so.
        home: Option<String>,
    },
}

impl ItemName {
    /// Reads a symbol; `None` for what is no name of Rust's, such as `memcpy`.
    pub fn of(symbol: &str) -> Option<Self> {
        let text = format!("{:#}", rustc_demangle::try_demangle(symbol).ok()?);
        let item = match v0::definition(symbol) {
            Some(definition) => NamedItem::parse(&text).defined(definition),
            None => NamedItem::parse(&text),
        };
        Some(Self { text, item })
    }

    pub(crate) const fn item(&self) -> &NamedItem {
        &self.item
    }

    /// Whether a part of its path is called so.
    pub(crate) fn has_part(&self, wanted: &str) -> bool {
        match &self.item {
            NamedItem::Path(path) => path.iter().any(|part| part == wanted),
            NamedItem::Impl { .. } => self.method() == Some(wanted),
        }
    }

    /// Whether its path ends so.
    pub(crate) fn ends_with(&self, wanted: &str) -> bool {
        matches!(&self.item, NamedItem::Path(path) if path.last().is_some_and(|last| last == wanted))
    }

    /// Of a trait's method: what it is called. Closures in it are called the same.
    pub(crate) fn method(&self) -> Option<&str> {
        let parts = split(&self.text, "::");
        let of_impl = parts.iter().position(|part| part.starts_with('<'))?;
        parts.get(of_impl + 1).map(|part| without_arguments(part))
    }

    /// The way into a student's crate that it is a part of: a method of the contract by its name, a kernel by that of
    /// its type.
    pub(crate) fn entry(&self, callers: &CourseCallers<'_>) -> Option<String> {
        let NamedItem::Impl { ty, of, .. } = &self.item else { return None };
        let is_of = |path: &[String], krate: &str| path.first().is_some_and(|first| first == krate);
        if !is_of(ty, callers.krate) {
            return None;
        }
        if is_of(of, callers.contract) {
            return self.method().map(str::to_owned);
        }
        // Behind the crate and the module in which the kernels stand.
        let is_kernel = of.last().is_some_and(|of| of == "Kernel");
        is_kernel.then(|| ty.get(2..).unwrap_or_default().join("::"))
    }

    /// Whether it is part of the crate: defined there, or implementing something for its types.
    pub fn is_of(&self, krate: &str) -> bool {
        let first = |path: &[String]| path.first().is_some_and(|first| first == krate);
        match &self.item {
            NamedItem::Path(path) => first(path),
            NamedItem::Impl { home: Some(home), .. } => home == krate,
            NamedItem::Impl { ty, of, home: None } => first(ty) || first(of),
        }
    }

    /// The crates that it could be defined in. An `impl` may stand in the crate of its trait, of its type, or
    /// of one of their arguments.
    pub(crate) fn homes(&self) -> Vec<&str> {
        match &self.item {
            NamedItem::Path(path) => path.first().map(String::as_str).into_iter().collect(),
            NamedItem::Impl { home: Some(home), .. } => vec![home],
            NamedItem::Impl { .. } => roots(&self.text),
        }
    }

    /// As people write it: `foundation::Tensor::matmul`, `kernel::add_tile` of `own`. Without the modules
    /// in between, which nobody outside of the crate knows.
    pub fn short(&self, own: &str) -> String {
        match &self.item {
            NamedItem::Path(path) => {
                let krate = path.first().filter(|krate| *krate != own);
                let tail = path.get(1.max(path.len().saturating_sub(2))..).unwrap_or_default();
                let parts: Vec<&str> = krate.into_iter().chain(tail).map(String::as_str).collect();
                parts.join("::")
            }
            NamedItem::Impl { ty, of, .. } => {
                let last = |path: &[String]| path.last().cloned().unwrap_or_default();
                let krate = ty.first().filter(|krate| ty.len() > 1 && *krate != own);
                let krate = krate.map_or_else(String::new, |krate| format!("{krate}::"));
                format!("<{krate}{} as {}>", last(ty), last(of))
            }
        }
    }
}

impl fmt::Display for ItemName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl NamedItem {
    /// The same, with the crate that the mangled name gives: `<usize>::_fmt` alone does not say.
    fn defined(self, definition: ItemDefinition) -> Self {
        match (self, definition) {
            (Self::Path(path), ItemDefinition::Crate(krate)) if path.first() != Some(&krate) => {
                Self::Path(std::iter::once(krate).chain(path).collect())
            }
            (Self::Impl { ty, of, .. }, ItemDefinition::Crate(home)) => {
                Self::Impl { ty, of, home: Some(home) }
            }
            (Self::Impl { ty, of, .. }, ItemDefinition::Trait) => {
                let home = of.first().cloned();
                Self::Impl { ty, of, home }
            }
            (item, _) => item,
        }
    }

    fn parse(text: &str) -> Self {
        let parts = split(text, "::");
        let mut path: Vec<String> = Vec::new();
        for part in parts {
            if let Some(inside) = part.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
                let home = path.first().cloned();
                if let [ty, of] = split(inside, " as ")[..] {
                    return Self::Impl { ty: path_of(ty), of: path_of(of), home };
                }
                match inside.strip_prefix("impl ") {
                    Some(inside) => match split(inside, " for ")[..] {
                        [of, ty] => return Self::Impl { ty: path_of(ty), of: path_of(of), home },
                        _ => path.extend(path_of(inside).pop()),
                    },
                    // `<crate::Type>::method`; behind a name these are its generic arguments.
                    None if path.is_empty() => path = path_of(inside),
                    None => {}
                }
            } else if !part.starts_with('{') {
                path.push(without_arguments(part).to_owned());
            }
        }
        Self::Path(path)
    }
}

/// The path of a type: `&mut a::B<T>` is `a::B`.
fn path_of(ty: &str) -> Vec<String> {
    let mut rest = ty.trim();
    loop {
        let sigils = ['&', '*', '[', '('];
        let words = ["mut ", "const ", "dyn ", "impl "];
        let shorter = rest
            .strip_prefix(sigils)
            .or_else(|| words.iter().find_map(|word| rest.strip_prefix(word)));
        match shorter {
            Some(shorter) => rest = shorter.trim_start(),
            None => break,
        }
    }
    let rest = rest.split([']', ')', ';', ',']).next().unwrap_or(rest);
    without_arguments(rest).split("::").map(str::to_owned).collect()
}

fn without_arguments(part: &str) -> &str {
    part.split('<').next().unwrap_or(part)
}

/// Cuts at `separator`, but not inside of brackets.
fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut before) = (0_i32, 0, ' ');
    for (at, c) in text.char_indices() {
        if depth == 0 && at >= start && text[at..].starts_with(separator) {
            parts.push(&text[start..at]);
            start = at + separator.len();
        }
        match c {
            '<' | '(' | '[' | '{' => depth += 1,
            '>' if before == '-' => {}
            '>' | ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        before = c;
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// The first segment of every path in `text`.
fn roots(text: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("::").map(|at| from + at) {
        let start = text[..at].rfind(|c| !is_part(c)).map_or(0, |before| before + 1);
        let goes_on = text[..start].ends_with("::");
        if start < at && !goes_on && !found.contains(&&text[start..at]) {
            found.push(&text[start..at]);
        }
        from = at + 2;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ItemName {
        ItemName { text: text.into(), item: NamedItem::parse(text) }
    }

    fn path(text: &str) -> String {
        match name(text).item {
            NamedItem::Path(path) => path.join("::"),
            NamedItem::Impl { ty, of, home } => {
                format!("{} for {} in {home:?}", of.join("::"), ty.join("::"))
            }
        }
    }

    #[test]
    fn modules_arguments_and_closures_are_told_apart() {
        assert_eq!(
            path("foundation::tensor::Tensor::from_vec"),
            "foundation::tensor::Tensor::from_vec"
        );
        assert_eq!(
            path("foundation::ops::matmul::<impl foundation::tensor::Tensor>::matmul"),
            "foundation::ops::matmul::Tensor::matmul"
        );
        assert_eq!(
            path("alloc::raw_vec::RawVec<T,A>::grow_one"),
            "alloc::raw_vec::RawVec::grow_one"
        );
        assert_eq!(
            path("<std::thread::thread::Thread>::park"),
            "std::thread::thread::Thread::park"
        );
        assert_eq!(
            path("core::panicking::assert_failed::<usize, usize>"),
            "core::panicking::assert_failed"
        );
        assert_eq!(path("a::b::{{closure}}::{{closure}}"), "a::b");
        assert_eq!(
            path("<&ndarray::ArrayBase<S,D> as core::ops::arith::Mul<B>>::mul"),
            "core::ops::arith::Mul for ndarray::ArrayBase in None"
        );
        assert_eq!(
            path("ndarray::linalg::<impl core::ops::Mul<X> for f32>::mul"),
            "core::ops::Mul for f32 in Some(\"ndarray\")"
        );
    }

    #[test]
    fn a_type_of_ours_does_not_make_a_librarys_function_ours() {
        assert!(name("<a::X as lib::Trait>::f").is_of("a"));
        assert!(name("<lib::X as a::Trait>::f").is_of("a"));
        assert!(!name("lib::apply::<a::X>").is_of("a"));
        assert!(!name("<lib::Y<a::X> as core::ops::Mul>::mul").is_of("a"));
    }

    /// `impl From<Tensor> for Vec<f32>` stands in the tensor's crate, whatever comes first in its name.
    #[test]
    fn an_impl_may_stand_in_the_crate_of_an_argument() {
        let name = name("<alloc::vec::Vec<f32> as core::convert::From<foundation::Tensor>>::from");
        assert_eq!(name.homes(), ["alloc", "core", "foundation"]);
    }

    #[test]
    fn short_names_are_those_that_people_write() {
        let short = |text: &str| name(text).short("own");
        assert_eq!(
            short("foundation::ops::matmul::<impl foundation::tensor::Tensor>::matmul"),
            "foundation::Tensor::matmul"
        );
        assert_eq!(short("matrixmultiply::gemm::sgemm"), "matrixmultiply::gemm::sgemm");
        assert_eq!(short("own::tiled::kernel::add_tile"), "kernel::add_tile");
        assert_eq!(short("own::f"), "f");
        assert_eq!(short("<lib::a::X as lib::b::Layer>::forward"), "<lib::X as Layer>");
    }

    #[test]
    fn both_manglings_are_read() {
        let legacy = ItemName::of("_ZN14matrixmultiply4gemm5sgemm17h0123456789abcdefE").unwrap();
        assert_eq!(legacy.to_string(), "matrixmultiply::gemm::sgemm");
        let v0 = ItemName::of("_RNvNtNtCshexD62FjVE6_4core3str8converts9from_utf8");
        let v0 = v0.map(|name| name.homes().join(","));
        assert_eq!(v0.as_deref(), Some("core"));
        assert_eq!(ItemName::of("memcpy"), None);
    }

    /// `usize::to_string` in an error message once cost 56 of 100 points.
    #[test]
    fn methods_of_primitive_types_belong_to_the_crate_of_their_impl() {
        let primitive = ItemName::of("_RNvMs_NtNtCs5_4core3fmt3numj4__fmt").unwrap();
        assert_eq!(primitive.to_string(), "<usize>::_fmt");
        assert_eq!(primitive.homes(), ["core"]);
        assert_eq!(primitive.short("own"), "core::usize::_fmt");
        let times = "_RNvXNtCs9Igo0fClLNG_7ndarray3opsf\
                     INtNtNtCsgEmfK2I1SDS_4core3ops5arith3MulNtB2_5ArrayE3mul";
        let times = ItemName::of(times).unwrap();
        assert_eq!(times.homes(), ["ndarray"], "{times}");
        let count = "_RNCNvYNtCslQGtAqFaVbL_3own1X\
                     NtNtNtNtCsgEmfK2I1SDS_4core4iter6traits8iterator8Iterator5count0B6_";
        let count = ItemName::of(count).unwrap();
        assert!(count.homes() == ["core"] && !count.is_of("own"), "{count}");
    }
}
