//! The public functions that the formatted sources of a crate show, so that a mistyped name in the configuration is
//! found early. The compiler decides later what a name means.

use std::collections::BTreeMap;

/// `function` and `Type::function` of every file.
pub fn public(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let texts = files.values().filter_map(|bytes| std::str::from_utf8(bytes).ok());
    let mut found: Vec<String> = texts.flat_map(of_text).collect();
    found.sort();
    found.dedup();
    found
}

fn of_text(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut ty: Option<&str> = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("impl") {
            ty = implemented(rest);
        } else if line.starts_with('}') {
            ty = None;
        }
        let indented = line.strip_prefix("    ");
        let declared = |line: &str| {
            let line = line.strip_prefix("pub ")?;
            let line = line.strip_prefix("const ").unwrap_or(line).strip_prefix("fn ")?;
            line.split(['(', '<']).next().map(str::to_owned)
        };
        let method = indented.and_then(declared).zip(ty).map(|(name, ty)| format!("{ty}::{name}"));
        found.extend(declared(line).or(method));
    }
    found
}

/// The type of `impl<'a> Type<'a> {`; none where a trait is implemented.
fn implemented(after_impl: &str) -> Option<&str> {
    let rest = match after_impl.strip_prefix('<') {
        Some(rest) => rest.split_once("> ")?.1,
        None => after_impl.strip_prefix(' ')?,
    };
    let ty = rest.split(['<', ' ']).next()?;
    (!rest.contains(" for ")).then_some(ty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_methods_are_found_and_private_ones_are_not() {
        let text = "\
pub fn free(x: f32) {}
fn private() {}
impl<'a> View<'a> {
    pub fn new() -> Self {}
    fn inner() {}
    pub const fn rows(&self) {}
}
impl Clone for View {
    fn clone(&self) {}
}
pub fn generic<T>() {}
";
        let files = BTreeMap::from([("src/lib.rs".to_owned(), text.as_bytes().to_vec())]);
        assert_eq!(public(&files), ["View::new", "View::rows", "free", "generic"]);
    }
}
