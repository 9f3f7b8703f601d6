//! The variables that cargo sets for a package while it compiles it.
//!
//! A student's `env!("CARGO_PKG_VERSION")` compiles at home, so it compiles here. The values are those of
//! the handed-out manifest. Nothing of the grader's own environment is among them.

use std::path::Path;

/// Variables that are set, and empty: the course's manifests do not need them.
const EMPTY: [&str; 9] = [
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_README",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_PKG_VERSION_PRE",
];
/// Variables with a value.
const FILLED: [&str; 8] = [
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
];

/// Whether a variable is set while a submission is compiled.
pub fn is_variable(name: &str) -> bool {
    EMPTY.contains(&name) || FILLED.contains(&name)
}

/// The variables of the package `name` (its slug), which is compiled in `folder`.
pub fn variables(name: &str, version: &str, folder: &Path) -> Vec<(String, String)> {
    let numbers: Vec<&str> = version.splitn(3, '.').collect();
    let number = |at: usize| numbers.get(at).copied().unwrap_or("0").to_owned();
    let value = |variable: &str| match variable {
        "CARGO_CRATE_NAME" => name.replace('-', "_"),
        "CARGO_MANIFEST_DIR" => folder.display().to_string(),
        "CARGO_MANIFEST_PATH" => folder.join("Cargo.toml").display().to_string(),
        "CARGO_PKG_NAME" => name.to_owned(),
        "CARGO_PKG_VERSION" => version.to_owned(),
        "CARGO_PKG_VERSION_MAJOR" => number(0),
        "CARGO_PKG_VERSION_MINOR" => number(1),
        "CARGO_PKG_VERSION_PATCH" => number(2),
        _ => String::new(),
    };
    let all = FILLED.into_iter().chain(EMPTY);
    all.map(|variable| (variable.to_owned(), value(variable))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_the_variables_of_its_manifest() {
        let all = variables("key-cache", "0.12.3", Path::new("/submission"));
        let value =
            |name: &str| all.iter().find(|(other, _)| other == name).map(|(_, value)| &**value);
        assert_eq!(value("CARGO_CRATE_NAME"), Some("key_cache"));
        assert_eq!(value("CARGO_PKG_VERSION_MINOR"), Some("12"));
        assert_eq!(value("CARGO_PKG_AUTHORS"), Some(""));
        assert!(all.iter().all(|(name, _)| is_variable(name)) && !is_variable("HOME"));
    }
}
