//! The references of a source file to other files: declared modules and included files.

use super::token_scan::tokens::SourceTokens;
use ra_ap_rustc_lexer::TokenKind;

/// A module in a file of its own: `mod timer;`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ModuleDeclaration {
    /// The modules with a body that enclose it, outermost first.
    pub enclosing: Vec<InlineModule>,
    /// The name, without `r#`.
    pub name: String,
    /// The value of `#[path]`.
    pub path: Option<String>,
}

/// A module with a body: `mod tables { .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InlineModule {
    pub name: String,
    pub path: Option<String>,
}

/// A file that a macro includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IncludedFile {
    /// The path as written in the source.
    pub path: String,
    /// Whether the path is relative to the package and not to the file: it follows
    /// `env!("CARGO_MANIFEST_DIR")`.
    pub from_package: bool,
    /// Whether the file is Rust code: `include!`.
    pub is_code: bool,
}

/// The references of one file to others.
#[derive(Debug, Default)]
pub(super) struct FileOutline {
    pub modules: Vec<ModuleDeclaration>,
    pub includes: Vec<IncludedFile>,
    /// Whether a macro declares modules whose names or paths are its arguments: `mod $name;`.
    pub hides_modules: bool,
    /// Whether the path of an included file is unknown: it is not a literal, or it is in the body of a
    /// macro and so relative to the file that uses the macro.
    pub hides_includes: bool,
}

impl FileOutline {
    /// Reads the references from the tokens of a file.
    pub fn of(code: &SourceTokens<'_>) -> Self {
        let mut outline = Self::default();
        let mut enclosing: Vec<(usize, InlineModule)> = Vec::new();
        let mut attributes = ItemAttributes::default();
        outline.find_hidden_references(code);
        let mut index = 0;
        while index < code.len() {
            while enclosing.last().is_some_and(|(end, _)| *end < index) {
                enclosing.pop();
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
                        let enclosing =
                            enclosing.iter().map(|(_, inline)| inline.clone()).collect();
                        outline.modules.push(ModuleDeclaration { enclosing, name, path });
                    }
                    TokenKind::OpenBrace => {
                        let end = code.closing(index + 2).unwrap_or(code.len());
                        enclosing.push((end, InlineModule { name, path }));
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

    /// Finds references that depend on how a macro is used.
    fn find_hidden_references(&mut self, code: &SourceTokens<'_>) {
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

/// The attributes before an item.
#[derive(Default)]
struct ItemAttributes {
    path: Option<String>,
}

impl ItemAttributes {
    /// Reads the token at `index`, or a whole attribute or visibility; returns the next index.
    fn step(
        &mut self,
        code: &SourceTokens<'_>,
        index: usize,
        includes: &mut Vec<IncludedFile>,
    ) -> usize {
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

/// Whether the macro call at `index` includes Rust code; `None` if it is not a call of an `include` macro.
fn includes_code(code: &SourceTokens<'_>, index: usize) -> Option<bool> {
    let called = |name| code.is_macro_call(index, name) && code.kind(index + 2) != TokenKind::Eq;
    let is_code = called("include");
    (is_code || called("include_str") || called("include_bytes")).then_some(is_code)
}

/// The file that the macro call at `index` includes; `None` if its argument is not a literal path.
pub(super) fn include(code: &SourceTokens<'_>, index: usize) -> Option<IncludedFile> {
    let is_code = includes_code(code, index)?;
    let argument = index + 3;
    if let Some(path) = code.string(argument) {
        return Some(IncludedFile { path: path.into_owned(), from_package: false, is_code });
    }
    joined_path(code, argument).map(|(path, from_package)| IncludedFile {
        path,
        from_package,
        is_code,
    })
}

/// The path in `concat!("data", "/x.txt")` or `concat!(env!("CARGO_MANIFEST_DIR"), "/data.txt")`, and whether
/// it is relative to the package.
fn joined_path(code: &SourceTokens<'_>, index: usize) -> Option<(String, bool)> {
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
        let shown = |module: ModuleDeclaration| {
            let path = module.path.map(|path| format!(" = {path}")).unwrap_or_default();
            let enclosing = module.enclosing.into_iter().map(|inline| inline.name);
            let names: Vec<String> = enclosing.chain([module.name]).collect();
            format!("{}{path}", names.join("/"))
        };
        FileOutline::of(&SourceTokens::new(text)).modules.into_iter().map(shown).collect()
    }

    #[test]
    fn declared_modules_are_found_in_any_position() {
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
    fn included_files_with_a_literal_path_are_found() {
        let found = |text: &str| {
            let includes = FileOutline::of(&SourceTokens::new(text)).includes;
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
    fn references_that_a_macro_generates_are_reported_as_hidden() {
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
            let outline = FileOutline::of(&SourceTokens::new(text));
            assert_eq!(
                (outline.hides_modules, outline.hides_includes),
                (modules, includes),
                "{text}"
            );
        }
    }
}
