//! Attacks at build time: build configuration is left out, and code that reaches outside is found.

mod collect_support;

use collect_support::{ClassFolder, LIB, NOTHING, archive, assert_noted, names, tarball, zipped};
use grader_pipeline::collect::{
    CollectedSources, FindingSeverity, SubmissionKind, TokenFinding, scan,
};

fn found(code: &str) -> Vec<TokenFinding> {
    let class = ClassFolder::new().file("ada/src/lib.rs", code);
    scan(&class.ada().unwrap())
}

fn found_code(code: &str) -> Vec<String> {
    found(code).into_iter().map(|finding| finding.what).collect()
}

/// Asserts that the code has exactly one finding, with this severity and this word.
#[track_caller]
fn assert_finding(code: &str, what: &str, severity: FindingSeverity, word: &str) {
    let findings = found(code);
    let [finding] = &findings[..] else { panic!("{code}: {findings:?}") };
    assert_eq!(finding.what, what, "{code}");
    assert_eq!(finding.severity, severity, "{code}");
    assert!(finding.why.contains(word), "no {word:?} in {:?}", finding.why);
}

const BUILD_CONFIG: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    ".cargo/config.toml",
    "rust-toolchain",
    "rust-toolchain.toml",
    "tests/visible.rs",
];

#[track_caller]
fn assert_build_config_is_left_out(sources: &CollectedSources) {
    assert_eq!(names(sources), ["src/lib.rs"]);
    assert_noted(
        sources,
        &[
            "Cargo.toml, build.rs and tests are not used",
            "the course has its own",
            "`searching/.cargo`",
            "`searching/build.rs`",
            "`searching/rust-toolchain`",
            "`searching/rust-toolchain.toml`",
        ],
    );
    assert_eq!(sources.notes.len(), 1, "{:?}", sources.notes);
}

#[test]
fn build_configuration_is_left_out_with_a_note() {
    let paths: Vec<String> = BUILD_CONFIG.iter().map(|path| format!("searching/{path}")).collect();
    let mut class = ClassFolder::new().file("ada/searching/src/lib.rs", LIB);
    let mut tar = tarball::TarBuilder::new().file("searching/src/lib.rs", LIB);
    let mut zip = vec![zipped::ZipEntry::new("searching/src/lib.rs", LIB)];
    for path in &paths {
        class = class.file(&format!("ada/{path}"), "rustflags");
        tar = tar.file(path, "rustflags");
        zip.push(zipped::ZipEntry::new(path, "rustflags"));
    }
    assert_build_config_is_left_out(&class.ada().unwrap());
    assert_build_config_is_left_out(&archive(SubmissionKind::TarGz, &tar.gz()).unwrap());
    assert_build_config_is_left_out(&archive(SubmissionKind::Zip, &zipped::zip(&zip)).unwrap());
}

#[test]
fn an_ordinary_package_gets_one_short_note() {
    let class = ClassFolder::new()
        .file("ada/src/lib.rs", LIB)
        .file("ada/Cargo.toml", "[lib]\nproc-macro = true\n")
        .file("ada/tests/visible.rs", LIB);
    let sources = class.ada().unwrap();
    assert_eq!(sources.notes.len(), 1);
    assert_noted(&sources, &["Cargo.toml, build.rs and tests are not used"]);
    assert!(!sources.notes[0].to_string().contains("Left out"));
}

#[test]
fn build_configuration_of_another_package_is_not_mentioned() {
    let class = ClassFolder::new()
        .file("ada/searching/src/lib.rs", LIB)
        .file("ada/partitioning/build.rs", "fn main() {}");
    assert_eq!(class.ada().unwrap().notes, []);
    let class = ClassFolder::new()
        .file("ada/searching/src/lib.rs", LIB)
        .file("ada/.cargo/config.toml", "runner");
    assert_noted(&class.ada().unwrap(), &["Left out: `.cargo`"]);
}

#[test]
fn other_files_below_src_are_left_out_with_a_note() {
    let class = ClassFolder::new().file("ada/src/lib.rs", LIB).file("ada/src/table.bin", "data");
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    assert_noted(&sources, &["No source file includes these", "`src/table.bin`"]);
}

#[test]
fn code_that_does_not_compile_here_is_explained() {
    for (code, what, word) in [
        ("fn f() { unsafe { g() } }", "unsafe", "safe Rust"),
        ("fn f() { asm!(\"nop\") }", "asm!", "Assembly"),
        ("core::arch::global_asm!(\"nop\");", "global_asm!", "Assembly"),
        ("fn f() { naked_asm!(\"ret\") }", "naked_asm!", "Assembly"),
        ("#[no_mangle] pub fn clock_gettime() {}", "#[no_mangle]", "linker"),
        ("#[export_name = \"memcmp\"] pub fn f() {}", "#[export_name]", "linker"),
        ("#[link_section = \".init_array\"] static F: u8 = 0;", "#[link_section]", "linker"),
        ("#[link(name = \"c\")] struct S;", "#[link]", "linker"),
        ("#[cfg_attr(all(), no_mangle)] pub fn f() {}", "#[no_mangle]", "linker"),
        ("#[path = \"/mnt/ada/x.rs\"] mod x;", "#[path]", "module's own folder"),
        ("const S: &str = include_str!(\"../../x\");", "include_str!", "module's own folder"),
        ("const S: &str = include_str!(\"../x\");", "include_str!", "not handed in"),
        ("const S: &[u8] = std::include_bytes!(\"x\");", "include_bytes!", "not handed in"),
        ("const S: &str = r#include_str!(\"x\");", "include_str!", "not handed in"),
        ("const S: &str = include_str!(concat!(\"x\"));", "include_str!", "not handed in"),
        ("const S: &str = include_str!(env!(\"CARGO_PKG_NAME\"));", "include_str!", "plain string"),
        ("use std::include_str as harmless;", "std::include_str", "plain string"),
        ("use core::{arch::asm as x};", "core::arch::asm", "Assembly"),
        ("const S: &str = env!(\"SEED\");", "env!", "CARGO_PKG_VERSION"),
        ("#![feature(rustc_attrs)]", "#[feature]", "stable compiler"),
        ("#![cfg_attr(all(), feature(asm))]", "#[feature]", "stable compiler"),
        ("extern crate proc_macro;", "extern crate proc_macro", "inside the compiler"),
        ("use proc_macro::TokenStream;", "proc_macro", "inside the compiler"),
        ("#[proc_macro] pub fn f() {}", "#[proc_macro]", "inside the compiler"),
        ("#[global_allocator] static A: B = B;", "#[global_allocator]", "counts allocations"),
        ("#![allow(unsafe_code)]", "unsafe_code", "Remove the attribute"),
        ("#[expect(dead_code, unsafe_code)] fn f() {}", "unsafe_code", "Remove the attribute"),
        ("#![cfg_attr(all(), allow(unsafe_code))]", "unsafe_code", "Remove the attribute"),
        ("extern \"C\" { fn f(); }", "extern block", "Foreign functions"),
        ("extern { fn f(); }", "extern block", "Foreign functions"),
    ] {
        assert_finding(code, what, FindingSeverity::Explain, word);
    }
}

/// Only such code is evidence of intent in the sources.
#[test]
fn code_that_reads_files_of_the_grading_machine_is_refused() {
    for (code, what) in [
        ("include!(\"/etc/passwd\");", "include!"),
        ("const S: &[u8] = include_bytes!(\"/proc/self/environ\");", "include_bytes!"),
        ("const S: &str = include_str!(\"../../../../../etc/shadow\");", "include_str!"),
        ("#[path = \"/etc/passwd\"] mod secret;", "#[path]"),
        ("#[cfg_attr(unix, path = \"/etc/x.rs\")] mod secret;", "#[path]"),
    ] {
        assert_finding(code, what, FindingSeverity::Refuse, "submission");
    }
}

/// Students work in such folders, and the body of a macro may never be used.
#[test]
fn code_that_may_be_an_honest_mistake_is_explained() {
    for (code, what) in [
        ("const S: &str = include_str!(\"/mnt/course/data.txt\");", "include_str!"),
        ("const S: &str = include_str!(\"/var/home/ada/data.txt\");", "include_str!"),
        ("#[path = \"/run/media/ada/x.rs\"] mod x;", "#[path]"),
        ("macro_rules! m { () => { include_str!(\"/etc/hostname\") } }", "include_str!"),
    ] {
        assert_finding(code, what, FindingSeverity::Explain, "module's own folder");
    }
}

#[test]
fn included_files_of_the_package_are_taken() {
    let class = ClassFolder::new()
        .file(
            "ada/src/lib.rs",
            "#![doc = include_str!(\"../README.md\")] mod ops; include!(\"t.in\");",
        )
        .file(
            "ada/src/ops.rs",
            "const B: &[u8] = include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/d/x.bin\"));",
        )
        .file("ada/src/t.in", "fn t() {}")
        .file("ada/README.md", "# Notes\n")
        .file("ada/d/x.bin", [0xFF, 0x00])
        .file("ada/other.md", "");
    let sources = class.ada().unwrap();
    let expected = ["README.md", "d/x.bin", "src/lib.rs", "src/ops.rs", "src/t.in"];
    assert_eq!(names(&sources), expected);
    assert_eq!(scan(&sources), []);
    let before = sources.content_hash;
    let changed = class.file("ada/README.md", "# Other notes\n").ada().unwrap();
    assert_ne!(changed.content_hash, before, "what is built is in the hash");
}

/// The path depends on the use of a macro, so every data file of the package is taken.
#[test]
fn an_include_with_an_unknown_path_takes_all_files() {
    let class = ClassFolder::new()
        .file(
            "ada/src/lib.rs",
            "macro_rules! data { ($n:literal) => { include_str!($n) } } const T: &str = data!(\"../d/t.txt\");",
        )
        .file("ada/d/t.txt", "t")
        .file("ada/d/old.rs", "include!(\"/etc/passwd\");")
        .file("ada/large.csv", vec![b'1'; 5 << 20]);
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["d/t.txt", "src/lib.rs"]);
    let [finding] = &scan(&sources)[..] else { panic!("{:?}", scan(&sources)) };
    assert_eq!(finding.severity, FindingSeverity::Explain);
    assert!(!finding.why.contains("not handed in"), "{}", finding.why);
}

#[test]
fn modules_declared_by_a_macro_are_taken_and_never_refused() {
    let lib = "macro_rules! modules { ($($m:ident),*) => { $(mod $m;)* } } modules!(ops, timer);";
    let class = ClassFolder::new()
        .file("ada/src/lib.rs", lib)
        .file("ada/src/ops/mod.rs", "mod sum;")
        .file("ada/src/ops/sum.rs", "")
        .file("ada/src/timer.rs", "include_str!(\"/etc/passwd\");")
        .file("ada/src/main.rs", "fn main() {}")
        .file("ada/src/bin/x.rs", "fn main() {}");
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs", "src/ops/mod.rs", "src/ops/sum.rs", "src/timer.rs"]);
    assert!(scan(&sources).iter().all(|finding| finding.severity == FindingSeverity::Explain));
}

#[test]
fn code_that_is_never_built_is_not_scanned() {
    for code in [
        "#[cfg(test)] mod tests { fn f() { unsafe { include!(\"/etc/passwd\") } } }",
        "#[cfg(feature = \"fast\")] fn f() { unsafe {} }",
        "#[test] fn f() { include_str!(\"/etc/passwd\"); }",
        "#[test]\n#[ignore] fn f() { unsafe {} }",
        "#[cfg(my_machine)] const S: &str = include_str!(\"/etc/hostname\");",
        "#![cfg_attr(test, allow(unsafe_code))]",
        "const V: &str = env!(\"CARGO_PKG_VERSION\");",
        "const D: &str = env!(\"CARGO_MANIFEST_DIR\");",
        "#[path = \"../src/x.rs\"] mod y;",
    ] {
        assert_eq!(found_code(code), NOTHING, "{code}");
    }
    let class = ClassFolder::new()
        .file("ada/src/lib.rs", "#[cfg(test)] mod tests;")
        .file("ada/src/tests.rs", "unsafe {}")
        .file("ada/src/bin/tool.rs", "include!(\"/etc/passwd\");");
    assert_eq!(scan(&class.ada().unwrap()), []);
}

#[test]
fn code_that_the_sandbox_blocks_gets_a_note() {
    for (code, what, word) in [
        ("fn f() { std::process::exit(0) }", "std::process::exit", "Return a value"),
        ("fn f() { ::std::process::abort() }", "std::process::abort", "Return a value"),
        ("use std::process::Command;", "std::process::Command", "Return a value"),
        ("fn f() { process::exit(0) }", "process::exit", "Return a value"),
        ("use std::{collections::HashMap, fs::{File, read}};", "std::fs", "empty folder"),
        ("use std::fs::*;", "std::fs", "empty folder"),
        ("use std::net as n;", "std::net", "no network"),
        ("fn f() { std::net::TcpStream::connect(a); }", "std::net", "ends the program"),
        ("use std::env; fn f() { env::args(); }", "env::args", "arguments"),
        ("fn f() { std::env::var(\"X\"); }", "std::env", "without environment variables"),
        ("const S: Option<&str> = option_env!(\"SEED\");", "option_env!", "`None`"),
        ("use std::os::fd::AsRawFd;", "std::os", "sandbox"),
        ("use core::arch::x86_64::*;", "core::arch", "vectorize"),
        ("extern crate alloc;", "extern crate alloc", "not needed"),
        ("pub extern \"C\" fn f() {}", "extern fn", "calling convention"),
    ] {
        assert_finding(code, what, FindingSeverity::Warn, word);
    }
}

#[test]
fn an_attribute_inside_unsafe_is_found() {
    assert_eq!(found_code("#[unsafe(no_mangle)] pub fn f() {}"), ["unsafe", "#[no_mangle]"]);
    assert_eq!(found_code("unsafe extern \"C\" { fn f(); }"), ["unsafe", "extern block"]);
}

#[test]
fn comments_and_strings_are_ignored() {
    for code in [
        "// unsafe { include!(\"x\") }",
        "/* unsafe /* nested */ std::fs */",
        "/// unsafe\n/// #[no_mangle]\nfn f() {}",
        "//! env!(\"X\")\nfn f() {}",
        "const S: &str = \"unsafe std::fs include!(x)\";",
        "const S: &str = r##\"unsafe \"# #[no_mangle]\"##;",
        "const S: &[u8] = b\"unsafe\"; const C: char = '\"'; const D: &str = \"x\";",
        "#![forbid(unsafe_code)]",
        "#![deny(unsafe_code)]",
        "let r#unsafe = 1;",
        "fn f(unsafe_code: u8, path: &str, link: u8, feature: u8) {}",
        "#[cfg(feature = \"fast\")] fn f() {}",
        "#[derive(Debug)] struct Env { env: u8, fs: u8 }",
        "let path = [link, path]; f(path, link(1)); if env != 1 {}",
        "use std::time::Instant; use std::collections::HashMap;",
        "fn f() { \"::1\".parse::<std::net::IpAddr>(); std::net::SocketAddrV4::new(a, 1); }",
        "use std::net::{AddrParseError, Ipv6Addr}; use std::{env, process}; fn f() { process::id(); }",
        "const OS: &str = std::env::consts::OS; fn f() { std::process::id(); }",
        "const M: &str = env!(\"CARGO_MANIFEST_PATH\");",
        "let x = self.process::<u8>(); crate::process::run(); my::std::fs::read();",
        "if std::arch::is_x86_feature_detected!(\"avx2\") {}",
        "fn f() -> impl Iterator + use<'_> {}",
        "let s = b'\\''; let l: &'static str = \"\";",
    ] {
        assert_eq!(found_code(code), NOTHING, "{code}");
    }
}

#[test]
fn a_finding_names_file_line_and_column() {
    let class = ClassFolder::new()
        .file("ada/src/lib.rs", "#!/usr/bin/rust\n// \u{fc}\r\nmod a; let \u{fc} = 1; unsafe {}\n")
        .file("ada/src/a/mod.rs", "\u{feff}unsafe fn f() {}");
    let findings = scan(&class.ada().unwrap());
    let places: Vec<(&str, u32, u32)> =
        findings.iter().map(|found| (&*found.file, found.line, found.column)).collect();
    assert_eq!(places, [("src/a/mod.rs", 1, 1), ("src/lib.rs", 3, 19)]);
}

#[test]
fn the_number_of_findings_is_capped() {
    let code = "unsafe {}\n".repeat(1000);
    assert_eq!(found(&code).len(), 5);
    let lines: Vec<String> = (0..100).map(|file| format!("mod m{file};")).collect();
    let lib = lines.concat();
    let mut class = ClassFolder::new().file("ada/src/lib.rs", lib);
    for file in 0..100 {
        class = class.file(&format!("ada/src/m{file}.rs"), &code);
    }
    assert_eq!(scan(&class.ada().unwrap()).len(), 200);
}

/// Each of these takes minutes if the scan examines a bracket or a path again from every token in it.
#[test]
fn deep_nesting_is_scanned_in_linear_time() {
    for code in ["#[", "#![cfg_attr(", "a::", "use a::{", "r#", "/*", "b'", "extern \"", "unsafe("]
    {
        let code = code.repeat((1 << 20) / code.len());
        let _ = found(&code);
    }
    let fan = format!("use {}{{{}}};", "std::fs::".repeat(50_000), "x,".repeat(200_000));
    assert_eq!(found_code(&fan), ["std::fs"]);
}
