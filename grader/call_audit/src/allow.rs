//! What may be linked: an allow-list of crates and of items in them.

use crate::name::{ItemName, NamedItem};
use crate::standard::StandardLibrary;

/// What may be linked, besides the student's own code.
#[derive(Clone, Debug, Default)]
pub struct AllowList {
    patterns: Vec<NamePattern>,
    exceptions: Vec<NamePattern>,
    standard: StandardLibrary,
}

/// An entry of an allow-list that cannot be read. The text says which forms there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`crate`, `crate::Type::{{method,other}}`, `crate::module::*`, `<crate::Type as Trait>` or \
     `<crate::Type as Trait>::method`"
)]
pub struct BadPattern;

#[derive(Clone, Debug)]
enum NamePattern {
    /// A whole crate.
    Crate(String),
    /// Items of a crate by the end of their path; modules in between may be left out.
    Item { krate: String, end: Vec<String> },
    /// All that lies below a type or module of a crate.
    Below { krate: String, middle: Vec<String> },
    /// A trait for a type, or for all types of a crate (`*`): one of its methods, or all.
    Impl { krate: String, ty: String, of: String, method: Option<String> },
}

impl AllowList {
    /// Adds what `entry` stands for:
    ///
    /// | entry | allows |
    /// |---|---|
    /// | `pulp` | the whole crate; `std` is all that comes with the compiler |
    /// | `foundation::Tensor::{view,shape}` | items by the end of their path, whatever modules they lie in |
    /// | `ndarray::dimension::*` | all below a module or type |
    /// | `<foundation::Tensor as Clone>` | a trait's methods for a type; `*` is whatever the crate has it for |
    /// | `<foundation::Model as Layer>::forward` | one of them |
    ///
    /// # Errors
    /// [`BadPattern`] when it is none of these.
    pub fn add(&mut self, entry: &str) -> Result<(), BadPattern> {
        for one in expand(entry)? {
            self.patterns.push(NamePattern::parse(&one)?);
        }
        Ok(())
    }

    /// Takes away what `entry` stands for, in the same notation, from what is allowed.
    ///
    /// # Errors
    /// [`BadPattern`], as for [`AllowList::add`].
    pub fn except(&mut self, entry: &str) -> Result<(), BadPattern> {
        for one in expand(entry)? {
            self.exceptions.push(NamePattern::parse(&one)?);
        }
        Ok(())
    }

    /// The same list, with the standard library that `std` means.
    #[must_use]
    pub fn with_standard(self, standard: StandardLibrary) -> Self {
        Self { standard, ..self }
    }

    /// Whether the function called `name` may be linked.
    pub fn allows(&self, name: &ItemName) -> bool {
        if self.exceptions.iter().any(|pattern| pattern.fits(name)) {
            return false;
        }
        let homes = name.homes();
        !homes.is_empty() && homes.iter().all(|home| self.allows_crate(home))
            || self.patterns.iter().any(|pattern| pattern.fits(name))
    }

    fn allows_crate(&self, krate: &str) -> bool {
        self.patterns.iter().any(|pattern| match pattern {
            NamePattern::Crate(allowed) if allowed == "std" => self.standard.has_crate(krate),
            NamePattern::Crate(allowed) => allowed == krate,
            _ => false,
        })
    }

    /// Whether `name` belongs to the standard library.
    pub(crate) fn is_standard(&self, name: &ItemName) -> bool {
        let homes = name.homes();
        !homes.is_empty() && homes.iter().all(|home| self.standard.has_crate(home))
    }

    /// Whether a symbol without a name of Rust's may be linked.
    pub fn allows_symbol(&self, symbol: &str) -> bool {
        let standard =
            |pattern: &NamePattern| matches!(pattern, NamePattern::Crate(c) if c == "std");
        self.patterns.iter().any(standard) && self.standard.has_symbol(symbol)
    }
}

/// `a{b,c}d` as `abd` and `acd`.
fn expand(entry: &str) -> Result<Vec<String>, BadPattern> {
    let Some((head, rest)) = entry.split_once('{') else { return Ok(vec![entry.to_owned()]) };
    let (choices, tail) = rest.split_once('}').ok_or(BadPattern)?;
    if tail.contains('{') {
        return Err(BadPattern);
    }
    Ok(choices.split(',').map(|choice| format!("{head}{}{tail}", choice.trim())).collect())
}

impl NamePattern {
    fn parse(text: &str) -> Result<Self, BadPattern> {
        if let Some((inside, behind)) = text.strip_prefix('<').and_then(|rest| rest.split_once('>'))
        {
            let method = match behind {
                "" => None,
                _ => {
                    Some(behind.strip_prefix("::").filter(|word| is_word(word)).ok_or(BadPattern)?)
                }
            };
            let (ty, of) = inside.split_once(" as ").ok_or(BadPattern)?;
            let (krate, ty) = ty.split_once("::").ok_or(BadPattern)?;
            let plain = is_word(krate) && (ty == "*" || is_word(ty)) && is_word(of);
            let impl_of = || Self::Impl {
                krate: krate.into(),
                ty: ty.into(),
                of: of.into(),
                method: method.map(Into::into),
            };
            return plain.then(impl_of).ok_or(BadPattern);
        }
        let (path, below) = text.strip_suffix("::*").map_or((text, false), |path| (path, true));
        let mut parts = path.split("::").map(str::to_owned);
        let krate = parts.next().ok_or(BadPattern)?;
        let rest: Vec<String> = parts.collect();
        if !is_word(&krate) || !rest.iter().all(|part| is_word(part)) || below && rest.is_empty() {
            return Err(BadPattern);
        }
        Ok(match (below, rest.is_empty()) {
            (true, _) => Self::Below { krate, middle: rest },
            (false, true) => Self::Crate(krate),
            (false, false) => Self::Item { krate, end: rest },
        })
    }

    fn fits(&self, name: &ItemName) -> bool {
        match (self, name.item()) {
            (Self::Item { krate, end }, NamedItem::Path(path)) => path
                .split_first()
                .is_some_and(|(first, rest)| first == krate && rest.ends_with(end)),
            (Self::Below { krate, middle }, NamedItem::Path(path)) => {
                path.split_first().is_some_and(|(first, rest)| {
                    let above = &rest[..rest.len().saturating_sub(1)];
                    first == krate && above.windows(middle.len()).any(|part| part == middle)
                })
            }
            (
                Self::Impl { krate, ty: wanted, of: by, method },
                NamedItem::Impl { ty, of, home },
            ) => {
                let of_type = ty.first() == Some(krate) && ty.last() == Some(wanted);
                let anywhere = wanted == "*" && name.homes().contains(&krate.as_str());
                of.last() == Some(by)
                    && method.as_ref().is_none_or(|method| name.has_part(method))
                    && (of_type || anywhere)
                    && home.as_ref().is_none_or(|home| home == krate)
            }
            _ => false,
        }
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entries: &[&str], symbol: &str) -> bool {
        let mut allow = AllowList::default();
        for entry in entries {
            allow.add(entry).unwrap();
        }
        allow.allows(&ItemName::of(&legacy(symbol)).unwrap())
    }

    /// The legacy mangling of a path; a part may hold anything that it has an escape for.
    fn legacy(path: &str) -> String {
        let escaped = |part: &str| {
            let part = part.replace("::", "..").replace('<', "$LT$").replace('>', "$GT$");
            let part = part.replace(' ', "$u20$").replace('&', "$RF$").replace(',', "$C$");
            if part.starts_with('$') { format!("_{part}") } else { part }
        };
        let parts = path.split('/').map(escaped);
        let parts: Vec<_> = parts.map(|part| format!("{}{part}", part.len())).collect();
        format!("_ZN{}17h0123456789abcdefE", parts.concat())
    }

    #[test]
    fn a_whole_crate_is_no_other_crate() {
        assert!(allows(&["std"], "core/fmt/write"));
        assert!(allows(&["std"], "<alloc::vec::Vec<T> as core::ops::Drop>/drop"));
        assert!(!allows(&["std"], "foundation/Tensor/matmul"));
        assert!(!allows(&["pulp"], "pulpo/f"));
    }

    /// The prototype allowed whatever implements a trait of `core`. Operators on tensors do.
    #[test]
    fn a_trait_of_std_does_not_make_a_librarys_method_allowed() {
        let mul = "<foundation::tensor::Tensor as core::ops::arith::Mul>/mul";
        let from = "<alloc::vec::Vec<f32> as core::convert::From<foundation::Tensor>>/from";
        assert!(!allows(&["std"], mul) && !allows(&["std"], from));
        assert!(!allows(&["std", "<foundation::Tensor as Clone>"], mul));
        assert!(allows(&["<foundation::Tensor as {Clone,Mul}>"], mul));
        assert!(allows(&["<foundation::* as Mul>"], mul));
        assert!(!allows(&["<ndarray::* as Mul>"], mul));
    }

    #[test]
    fn items_are_named_by_the_ends_of_their_paths() {
        let layout = "foundation/ops/layout/<impl foundation::tensor::Tensor>/permute";
        assert!(allows(&["foundation::Tensor::{shape, permute}"], layout));
        assert!(!allows(&["foundation::Tensor::{shape,view}"], layout));
        assert!(!allows(&["ndarray::Tensor::permute"], layout));
        assert!(allows(&["ndarray::dimension::*"], "ndarray/dimension/dim/Dim/new"));
        assert!(!allows(&["ndarray::dimension::*"], "ndarray/linalg/dimension"));
    }

    #[test]
    fn exceptions_are_taken_away_wherever_they_are_implemented() {
        let mut allow = AllowList::default();
        allow.add("ndarray").unwrap();
        allow.add("std").unwrap();
        allow.except("ndarray::{linalg,numeric}::*").unwrap();
        allow.except("<ndarray::* as Mul>").unwrap();
        let allows = |symbol: &str| allow.allows(&ItemName::of(&legacy(symbol)).unwrap());
        assert!(allows("ndarray/dimension/dim/Dim/new"));
        assert!(allows("<ndarray::ArrayBase<S,D> as core::ops::index::Index<I>>/index"));
        assert!(!allows("ndarray/linalg/impl_linalg/<impl ndarray::ArrayRef<A,D>>/dot"));
        assert!(!allows("<&ndarray::ArrayBase<S,D> as core::ops::arith::Mul<B>>/mul"));
        assert!(!allows("ndarray/impl_ops/<impl core::ops::arith::Mul<X> for f32>/mul"));
        assert!(!allows("<f32 as core::ops::arith::Mul<ndarray::ArrayBase>>/mul"));
    }

    #[test]
    fn one_method_of_a_trait_can_be_named() {
        let mut allow = AllowList::default();
        allow.add("foundation").unwrap();
        allow.except("<foundation::Model as Layer>::{forward,backward}").unwrap();
        let allows = |symbol: &str| allow.allows(&ItemName::of(&legacy(symbol)).unwrap());
        let layer = "<foundation::models::Model as foundation::layer::Layer>";
        assert!(!allows(&format!("{layer}/forward")) && !allows(&format!("{layer}/backward")));
        assert!(allows(&format!("{layer}/parameters")) && allows(&format!("{layer}/forward_ids")));
    }

    #[test]
    fn what_the_compiler_calls_by_itself_comes_with_std() {
        let mut allow = AllowList::default();
        assert!(!allow.allows_symbol("tanhf"));
        allow.add("std").unwrap();
        assert!(allow.allows_symbol("tanhf") && !allow.allows_symbol("cblas_sgemm"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for entry in [
            "",
            "*",
            "a::",
            "a b",
            "<a as b>",
            "<a::B>",
            "<a::B as C>x",
            "<a::B as C>::",
            "a::{b,c",
            "a::*::b",
            "::a",
            "a::{b::*",
        ] {
            assert_eq!(AllowList::default().add(entry), Err(BadPattern), "{entry}");
        }
    }
}
