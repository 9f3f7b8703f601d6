//! What one source file says of other files: the modules that it declares, and the files it includes.

use super::token_scan::tokens::Code;
use ra_ap_rustc_lexer::TokenKind;

/// A module without a body, so that it has a file of its own: `mod timer;`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    /// The modules with a body around it, from the outside in.
    pub around: Vec<Inline>,
    /// Its name, without `r#`.
    pub name: String,
    /// The value of its `#[path]`.
    pub path: Option<String>,
}

/// A module with a body: `mod tables { .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inline {
    pub name: String,
    pub path: Option<String>,
}

/// A file that a macro includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Include {
    /// The path as the source states it.
    pub path: String,
    /// Whether the path begins at the package and not at the file: it is written behind
    /// `env!("CARGO_MANIFEST_DIR")`.
    pub from_package: bool,
    /// Whether the file is Rust code: `include!`.
    pub is_code: bool,
}

/// What a file says of others.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub modules: Vec<Declaration>,
    pub includes: Vec<Include>,
    /// Whether a macro here makes modules whose names or files are its arguments: `mod $name;`.
    pub hides_modules: bool,
    /// Whether a file is included whose path cannot be read off the source, or begins at a place that is
    /// not known: a macro's body is read where the macro is used.
    pub hides_includes: bool,
}

impl Outline {
    /// Reads it off the tokens of a file.
    pub fn of(code: &Code<'_>) -> Self {
        let mut outline = Self::default();
        let mut around: Vec<(usize, Inline)> = Vec::new();
        let mut attributes = Attributes::default();
        outline.look_into_macros(code);
        let mut index = 0;
        while index < code.len() {
            while around.last().is_some_and(|(end, _)| *end < index) {
                around.pop();
            }
            if let Some(include) = include(code, index) {
                outline.includes.push(include);
            }
            if code.is_keyword(index, "mod")
                && let Some(name) = code.name(index + 1)
            {
                let name = name.to_owned();
                let path = attributes.path.take();
                match code.kind(index + 2) {
                    TokenKind::Semi => {
                        let around = around.iter().map(|(_, inline)| inline.clone()).collect();
                        outline.modules.push(Declaration { around, name, path });
                    }
                    TokenKind::OpenBrace => {
                        let end = code.closing(index + 2).unwrap_or(code.len());
                        around.push((end, Inline { name, path }));
                    }
                    _ => {}
                }
                index += 3;
                continue;
            }
            index = attributes.step(code, index, &mut outline.includes);
        }
        outline
    }

    /// Looks for what only the use of a macro decides.
    fn look_into_macros(&mut self, code: &Code<'_>) {
        let mut end_of_macro = 0;
        for index in 0..code.len() {
            if code.is_macro_call(index, "macro_rules") {
                end_of_macro = code.closing(index + 3).unwrap_or(0).max(end_of_macro);
            }
            let is_module = code.is_keyword(index, "mod");
            let is_path = code.name(index) == Some("path") && code.kind(index + 1) == TokenKind::Eq;
            let value = index + 1 + usize::from(is_path);
            self.hides_modules |= (is_module || is_path) && code.kind(value) == TokenKind::Dollar;
            if let Some(is_code) = includes_code(code, index)
                && (index < end_of_macro || include(code, index).is_none())
            {
                self.hides_includes = true;
                self.hides_modules |= is_code;
            }
        }
    }
}

/// The attributes in front of an item.
#[derive(Default)]
struct Attributes {
    path: Option<String>,
}

impl Attributes {
    /// Looks at the token at `index`, or at a whole attribute or visibility; returns where to go on.
    fn step(&mut self, code: &Code<'_>, index: usize, includes: &mut Vec<Include>) -> usize {
        let end = (code.kind(index) == TokenKind::Pound
            && code.kind(index + 1) == TokenKind::OpenBracket)
            .then(|| code.closing(index + 1))
            .flatten();
        if let Some(end) = end {
            for at in index..end {
                includes.extend(include(code, at));
                if code.name(at) == Some("path") && code.kind(at + 1) == TokenKind::Eq {
                    self.path = code.string(at + 2).map(std::borrow::Cow::into_owned);
                }
            }
            return end + 1;
        }
        if code.is_keyword(index, "pub") {
            let restricted = code.kind(index + 1) == TokenKind::OpenParen;
            return restricted.then(|| code.closing(index + 1)).flatten().unwrap_or(index) + 1;
        }
        self.path = None;
        index + 1
    }
}

/// Whether what the call at `index` includes is Rust code; `None` if it is no call of an `include` macro.
fn includes_code(code: &Code<'_>, index: usize) -> Option<bool> {
    let called = |name| code.is_macro_call(index, name) && code.kind(index + 2) != TokenKind::Eq;
    let is_code = called("include");
    (is_code || called("include_str") || called("include_bytes")).then_some(is_code)
}

/// The call of an `include` macro at `index` whose argument can be read.
pub(super) fn include(code: &Code<'_>, index: usize) -> Option<Include> {
    let is_code = includes_code(code, index)?;
    let argument = index + 3;
    if let Some(path) = code.string(argument) {
        return Some(Include { path: path.into_owned(), from_package: false, is_code });
    }
    joined_path(code, argument).map(|(path, from_package)| Include { path, from_package, is_code })
}

/// `concat!("data", "/x.txt")` and `concat!(env!("CARGO_MANIFEST_DIR"), "/data.txt")`, and whether the path
/// begins at the package.
fn joined_path(code: &Code<'_>, index: usize) -> Option<(String, bool)> {
    if !code.is_macro_call(index, "concat") {
        return None;
    }
    let end = code.closing(index + 2)?;
    let mut at = index + 3;
    let from_package = code.is_macro_call(at, "env")
        && code.string(at + 3).is_some_and(|name| name == "CARGO_MANIFEST_DIR");
    if from_package {
        at = code.closing(at + 2)? + 1;
    }
    let mut path = String::new();
    while at < end {
        if code.kind(at) != TokenKind::Comma {
            path.push_str(&code.string(at)?);
        }
        at += 1;
    }
    Some((path, from_package))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(text: &str) -> Vec<String> {
        let shown = |module: Declaration| {
            let path = module.path.map(|path| format!(" = {path}")).unwrap_or_default();
            let around = module.around.into_iter().map(|inline| inline.name);
            let names: Vec<String> = around.chain([module.name]).collect();
            format!("{}{path}", names.join("/"))
        };
        Outline::of(&Code::new(text)).modules.into_iter().map(shown).collect()
    }

    #[test]
    fn declared_modules_are_found_wherever_they_are() {
        for (text, found) in [
            ("mod a; pub mod b; pub(in crate::x) mod c;", vec!["a", "b", "c"]),
            ("mod a { mod b; mod c { mod d; } } mod e;", vec!["a/b", "a/c/d", "e"]),
            ("mod r#type;", vec!["type"]),
            ("#[path = \"x/y.rs\"] pub mod a; mod b;", vec!["a = x/y.rs", "b"]),
            ("#[allow(dead_code)]\n#[path = r\"z.rs\"]\n/// Doc.\nmod a;", vec!["a = z.rs"]),
            ("#[cfg_attr(unix, path = \"u.rs\")] mod a;", vec!["a = u.rs"]),
            ("#[path = \"x\"] fn f() {} mod a;", vec!["a"]),
            ("cfg_if! { if #[cfg(unix)] { mod a; } }", vec!["a"]),
            ("// mod a;\nconst S: &str = \"mod b;\"; #[cfg(test)] mod c;", vec![]),
            ("mod a { fn f() { let x = {", vec![]),
            ("#![doc = \"}\"] mod", vec![]),
        ] {
            assert_eq!(declared(text), found, "{text}");
        }
    }

    #[test]
    fn included_files_are_found_where_their_path_is_a_literal() {
        let found = |text: &str| {
            let includes = Outline::of(&Code::new(text)).includes;
            includes.into_iter().map(|one| (one.path, one.from_package, one.is_code)).collect()
        };
        let one =
            |path: &str, from_package, is_code| vec![(path.to_owned(), from_package, is_code)];
        for (text, expected) in [
            ("#![doc = include_str!(\"../README.md\")]", one("../README.md", false, false)),
            ("#[doc = include_str!(\"a.md\")] fn f() {}", one("a.md", false, false)),
            ("const B: &[u8] = std::include_bytes!(\"b.bin\");", one("b.bin", false, false)),
            ("include! { r#\"c.rs\"# }", one("c.rs", false, true)),
            (
                "include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/d.txt\"))",
                one("/d.txt", true, false),
            ),
            ("include_str!(concat!(\"a\", \"/b\",))", one("a/b", false, false)),
            (
                "include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/d\", \"/e.txt\"))",
                one("/d/e.txt", true, false),
            ),
            ("include_str!(concat!(\"a\", env!(\"B\")))", vec![]),
            ("fn include_str() {}", vec![]),
        ] {
            let got: Vec<(String, bool, bool)> = found(text);
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn what_a_macro_decides_is_known_to_be_hidden() {
        for (text, modules, includes) in [
            ("macro_rules! m { ($($m:ident),*) => { $(mod $m;)* } } m!(a, b);", true, false),
            ("macro_rules! m { ($m:ident, $p:literal) => { #[path = $p] mod x; } }", true, false),
            ("macro_rules! m { ($n:literal) => { include_str!($n) } }", false, true),
            ("macro_rules! m { ($n:literal) => { include!($n); } }", true, true),
            ("macro_rules! m { () => { include_str!(\"a.txt\") } }", false, true),
            (
                "const S: &str = include_str!(concat!(env!(\"CARGO_PKG_NAME\"), \".txt\"));",
                false,
                true,
            ),
            ("macro_rules! m { ($a:expr) => { $a } } mod a; include_str!(\"b\");", false, false),
        ] {
            let outline = Outline::of(&Code::new(text));
            assert_eq!(
                (outline.hides_modules, outline.hides_includes),
                (modules, includes),
                "{text}"
            );
        }
    }
}
