//! Which crate an item is defined in, read off its v0 name.
//!
//! For people `<usize>::_fmt` and `<f32 as Mul<Array>>::mul` say which type is meant and not in which crate the
//! `impl` is. The mangled name does: the path of an `impl` begins with it.
//! The grammar is that of <https://doc.rust-lang.org/rustc/symbol-mangling/v0.html>.

/// Where an item is defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ItemDefinition {
    /// In this crate.
    Crate(String),
    /// In the crate of its trait: a method that the trait itself provides, for some type.
    Trait,
}

/// The crate that defines the item called `symbol`; `None` for a name that is damaged or not of this mangling.
///
/// # Cost
/// Linear in the length of the name.
pub(crate) fn definition(symbol: &str) -> Option<ItemDefinition> {
    let text = symbol.strip_prefix("_R")?;
    let mut rest = text;
    // No part is read twice, except in a damaged name whose references go round in a circle.
    for _ in 0..text.len() {
        let tag = rest.chars().next()?;
        rest = rest.get(tag.len_utf8()..)?;
        rest = match tag {
            'C' => return crate_name(rest).map(ItemDefinition::Crate),
            'Y' => return Some(ItemDefinition::Trait),
            'M' | 'X' => without_disambiguator(rest)?,
            // A namespace is one letter.
            'N' => rest.get(1..)?,
            'I' => rest,
            // The same path as at an earlier place.
            'B' => text.get(base_62(rest)?.0..)?,
            _ => return None,
        };
    }
    None
}

/// `s` and a number, where there is one.
fn without_disambiguator(text: &str) -> Option<&str> {
    text.strip_prefix('s').map_or(Some(text), |number| base_62(number).map(|(_, rest)| rest))
}

/// An identifier of ASCII, as names of crates are.
fn crate_name(text: &str) -> Option<String> {
    let text = without_disambiguator(text)?;
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let length: usize = text[..digits].parse().ok()?;
    let name = text[digits..].strip_prefix('_').unwrap_or(&text[digits..]);
    name.get(..length).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// A number that ends with `_`, and what comes after it: `_` is 0, `0_` is 1.
fn base_62(text: &str) -> Option<(usize, &str)> {
    let (digits, rest) = text.split_once('_')?;
    let number = digits.bytes().try_fold(0_usize, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            b'A'..=b'Z' => digit - b'A' + 36,
            _ => return None,
        };
        number.checked_mul(62)?.checked_add(value.into())
    })?;
    let number = if digits.is_empty() { 0 } else { number.checked_add(1)? };
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(symbol: &str) -> Option<String> {
        match definition(symbol) {
            Some(ItemDefinition::Crate(krate)) => Some(krate),
            _ => None,
        }
    }

    #[test]
    fn an_impl_names_the_crate_in_which_it_is() {
        // `<usize>::_fmt`, `<f32 as core::ops::Mul<ndarray::Array>>::mul` and a plain function.
        assert_eq!(home("_RNvMs_NtNtCs5_4core3fmt3numj4__fmt").as_deref(), Some("core"));
        assert_eq!(
            home("_RNvXs1_NtCs5_7ndarray3opsfINtNtCs6_4core3ops3MulNtB5_5ArrayE3mul").as_deref(),
            Some("ndarray")
        );
        assert_eq!(
            home("_RNvNtNtCshexD62FjVE6_4core3str8converts9from_utf8").as_deref(),
            Some("core")
        );
    }

    #[test]
    fn a_method_that_a_trait_provides_is_the_traits() {
        let map = "_RNvYNtCs5_3own1XNtNtCs6_4core4iter8Iterator3mapB4_";
        assert_eq!(definition(map), Some(ItemDefinition::Trait));
    }

    #[test]
    fn a_reference_back_is_followed() {
        assert_eq!(home("_RINvMNtCs5_4core3numB2_E").as_deref(), Some("core"));
        assert_eq!(definition("_RNvB3_1f"), None, "it points at itself");
        assert_eq!(definition("_RB_"), None);
        assert_eq!(definition("_RNvB_1f"), None, "a circle");
    }

    #[test]
    fn what_is_damaged_is_not_read() {
        for symbol in
            ["", "_R", "_RC", "_RCs", "_RC9a", "_RN", "_RNv", "_RMs", "_RC0_", "memcpy", "_Rä"]
        {
            assert_eq!(definition(symbol), None, "{symbol}");
        }
    }
}
