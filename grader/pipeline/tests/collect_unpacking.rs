//! Names, links, sizes and encodings of files in a folder.

mod collect_support;

use collect_support::{ClassFolder, LIB, assert_noted, assert_refused, names};
use grader_pipeline::collect::{CollectLimits, SubmissionKind};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

fn honest() -> ClassFolder {
    ClassFolder::new().file("ada/src/lib.rs", LIB)
}

#[test]
fn a_link_in_the_place_of_a_module_is_refused() {
    let out = honest().symlink("ada/src/secret.rs", "/etc/passwd");
    assert_refused(out.ada(), &["`src/secret.rs` is a symbolic link", "Hand in the file itself"]);
    let inside = honest().symlink("ada/src/again.rs", "lib.rs");
    assert_refused(inside.ada(), &["`src/again.rs` is a symbolic link"]);
    let folder = honest().symlink("ada/src/ops", "/etc");
    assert_refused(folder.ada(), &["`src/ops` is a symbolic link"]);
    let all = ClassFolder::new().folder("ada").symlink("ada/src", "/etc");
    assert_refused(all.ada(), &["`src` is a symbolic link", "Hand in the folder"]);
}

#[test]
fn a_link_that_no_module_needs_is_left_out_with_a_note() {
    for (link, target) in [("NOTES.md", "README.md"), ("notes", "/"), ("src/unused.rs", "lib.rs")] {
        let class = honest().symlink(&format!("ada/{link}"), target);
        let sources = class.ada().unwrap();
        assert_eq!(names(&sources), ["src/lib.rs"]);
        assert_noted(&sources, &["Left out, because it is a symbolic link", link]);
    }
    let both = honest().file("ada/src/ops/mod.rs", "").symlink("ada/src/ops.rs", "lib.rs");
    assert_eq!(names(&both.ada().unwrap()), ["src/lib.rs", "src/ops/mod.rs"], "it is not needed");
}

/// `cp -al` and `rsync --link-dest` make snapshots with hard links, and cargo makes them in its target folder.
#[test]
fn a_file_with_several_hard_links_is_a_plain_file() {
    let class = honest().file("elsewhere/ops.rs", "// mine\n");
    fs::hard_link(class.at("elsewhere/ops.rs"), class.at("ada/src/ops.rs")).unwrap();
    fs::hard_link(class.at("ada/src/lib.rs"), class.at("elsewhere/lib.rs")).unwrap();
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs", "src/ops.rs"]);
    assert_eq!(sources.files["src/ops.rs"], b"// mine\n");
}

#[test]
fn named_pipes_and_sockets_are_not_read() {
    let class = honest();
    let made = Command::new("mkfifo").arg(class.at("ada/src/pipe.rs")).status().unwrap();
    assert!(made.success());
    assert_refused(class.ada(), &["`src/pipe.rs` is a named pipe"]);
    let class = honest();
    let _socket = std::os::unix::net::UnixListener::bind(class.at("ada/src/s.rs")).unwrap();
    assert_refused(class.ada(), &["`src/s.rs` is a socket"]);
    let class = honest();
    let _socket = std::os::unix::net::UnixListener::bind(class.at("ada/agent")).unwrap();
    assert_noted(&class.ada().unwrap(), &["Left out, because it is a socket: `agent`"]);
}

#[test]
fn files_with_deceptive_names_are_left_out() {
    for (name, shown) in [
        ("a\nb.rs", r"a\u{a}b.rs"),
        ("a\u{1b}[2J.rs", r"a\u{1b}[2J.rs"),
        ("a\u{202e}sr.rs", r"a\u{202e}sr.rs"),
        (r"..\..\b.rs", r"..\\..\\b.rs"),
    ] {
        let sources = honest().file(&format!("ada/src/{name}"), LIB).ada().unwrap();
        assert_eq!(names(&sources), ["src/lib.rs"], "{name:?}");
        assert_noted(&sources, &["Left out", shown]);
    }
}

/// An unpacking program that does not know the Windows separator leaves it in the names.
#[test]
fn a_backslash_in_a_name_is_a_separator() {
    let class = ClassFolder::new()
        .file(r"ada/searching\src\lib.rs", "mod ops;")
        .file(r"ada/searching\src\ops\mod.rs", LIB);
    assert_eq!(names(&class.ada().unwrap()), ["src/lib.rs", "src/ops/mod.rs"]);
}

#[test]
fn a_file_with_a_name_that_is_not_utf8_is_left_out() {
    let class = honest();
    fs::write(class.at("ada/src").join(OsStr::from_bytes(b"caf\xE9.rs")), LIB).unwrap();
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    assert_noted(&sources, &["Left out", r"`src/caf\xE9.rs`"]);
}

#[test]
fn a_folder_around_src_may_have_any_name() {
    let class = ClassFolder::new();
    let folder = class.path().join("ada").join(OsStr::from_bytes(b"\xDCbung 1")).join("src");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("lib.rs"), LIB).unwrap();
    assert_eq!(names(&class.ada().unwrap()), ["src/lib.rs"]);
}

/// Windows and macOS find `Ops.rs` for `mod ops;`, so it compiles for the student.
#[test]
fn a_module_is_found_regardless_of_case_and_accents_in_its_file_name() {
    let class = honest().file("ada/src/Ops.rs", "// mine\n");
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs", "src/ops.rs"]);
    assert_noted(&sources, &["`src/Ops.rs` is compiled as `src/ops.rs`"]);
    let accents = ClassFolder::new()
        .file("ada/src/lib.rs", "mod zo\u{eb};")
        .file("ada/src/zoe\u{308}.rs", LIB);
    assert_eq!(names(&accents.ada().unwrap()), ["src/lib.rs", "src/zo\u{eb}.rs"]);
    let exact = honest().file("ada/src/Ops.rs", "").file("ada/src/ops.rs", "// mine\n");
    assert_eq!(exact.ada().unwrap().files["src/ops.rs"], b"// mine\n");
    let two = honest().file("ada/src/Ops.rs", "").file("ada/src/OPS.rs", "");
    assert_refused(two.ada(), &["`src/OPS.rs` and `src/Ops.rs`", "upper and lower case"]);
}

#[test]
fn a_huge_source_file_is_refused_without_reading_it() {
    let class = honest();
    let file = fs::File::create(class.at("ada/src/big.rs")).unwrap();
    file.set_len(50_000_000).unwrap();
    assert_refused(class.ada(), &["src/big.rs", "larger than 4 MiB"]);
}

#[test]
fn refusals_state_the_size_limits() {
    let limits = CollectLimits::default();
    let template = include_str!("../../course/templates/graded-code.md");
    for bytes in [limits.file_bytes, limits.total_bytes] {
        assert!(template.contains(&format!("{} MiB", bytes >> 20)), "{bytes}");
    }
}

#[test]
fn sizes_are_capped_exactly_at_the_limit() {
    let limits =
        CollectLimits { file_bytes: 20, total_bytes: 38, files: 3, ..CollectLimits::default() };
    let collect = |class: ClassFolder| class.collect("ada", SubmissionKind::Folder, &limits);
    let lib = || ClassFolder::new().file("ada/src/lib.rs", "mod a;mod b;mod d;");
    let two = lib().file("ada/src/a.rs", [b' '; 10]).file("ada/src/b.rs", [b' '; 10]);
    assert!(collect(two).is_ok());
    let larger = lib().file("ada/src/a.rs", [b' '; 21]);
    assert_refused(collect(larger), &["src/a.rs", "larger than 20 bytes"]);
    let more = lib().file("ada/src/a.rs", [b' '; 10]).file("ada/src/b.rs", [b' '; 11]);
    assert_refused(collect(more), &["more than 38 bytes together"]);
    let four = lib().file("ada/src/a.rs", "").file("ada/src/b.rs", "").file("ada/src/d.rs", "");
    assert_refused(collect(four), &["more than 3 source files"]);
}

#[test]
fn files_that_are_not_compiled_count_against_no_limit() {
    let limits =
        CollectLimits { file_bytes: 300, total_bytes: 300, files: 1, ..CollectLimits::default() };
    let class = honest()
        .file("ada/src/unused.rs", [b' '; 1000])
        .file("ada/src/bin/tool.rs", "fn main() { unsafe {} }")
        .file("ada/src/old/timer (1).rs", LIB)
        .file("ada/data/large.csv", [b'0'; 5000])
        .file(&format!("ada/{}x.rs", "deep/".repeat(20)), LIB);
    let sources = class.collect("ada", SubmissionKind::Folder, &limits).unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    assert_noted(
        &sources,
        &["Left out: `src/bin/tool.rs`", "`src/old/timer (1).rs`", "`src/unused.rs`"],
    );
    assert_noted(&sources, &["too many folders deep"]);
}

#[test]
fn a_flood_of_folders_is_refused_at_the_cap_and_a_data_set_is_not() {
    let limits = CollectLimits { archive_entries: 100, ..CollectLimits::default() };
    let class = honest();
    for number in 0..500 {
        let path = class.at(&format!("ada/data/{number}.png"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::File::create(path).unwrap();
    }
    let sources = class.collect("ada", SubmissionKind::Folder, &limits).unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    assert_noted(&sources, &["Left out, because it is part of a large data set: `data/"]);
    assert_eq!(sources.notes.len(), 1);
    let mut class = honest();
    for number in 0..101 {
        class = class.folder(&format!("ada/data/{number}"));
    }
    let refusal = class.collect("ada", SubmissionKind::Folder, &limits);
    assert_refused(refusal, &["more than 100 files and folders", "`src` alone"]);
}

/// A build folder may have any name and any contents: cargo's hard links, thousands of files, other sources.
#[test]
fn litter_and_build_folders_count_against_no_limit() {
    let limits = CollectLimits { archive_entries: 10, ..CollectLimits::default() };
    let mut class = honest()
        .file("ada/out/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55")
        .file("ada/cross/x86_64/debug/deps/a.d", "")
        .file("ada/cross/x86_64/debug/build/x/out/src/lib.rs", LIB)
        .file("ada/src/lib.rs~", "old")
        .file("ada/Icon\r", "")
        .file("ada/__pycache__/x.rs", "");
    for number in 0..100 {
        for folder in ["out/debug/deps", "node_modules/x", ".git/objects", "venv/lib", "target/x"] {
            class = class.file(&format!("ada/{folder}/{number}.rs"), "");
        }
    }
    let sources = class.collect("ada", SubmissionKind::Folder, &limits).unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    assert_eq!(sources.notes, []);
}

#[test]
fn windows_line_ends_are_kept_and_a_byte_order_mark_is_removed() {
    let class = ClassFolder::new()
        .file("ada/src/lib.rs", "\u{feff}mod crlf;\r\n")
        .file("ada/src/crlf.rs", "pub fn two() {}\r\n");
    let sources = class.ada().unwrap();
    assert_eq!(sources.files["src/lib.rs"], b"mod crlf;\r\n");
    assert_eq!(sources.files["src/crlf.rs"], b"pub fn two() {}\r\n");
    assert_noted(&sources, &["`src/lib.rs`", "byte order mark"]);
    assert_eq!(sources.notes.len(), 1, "{:?}", sources.notes);
}

#[test]
fn needed_text_that_no_compiler_reads_is_refused() {
    let latin = honest().file("ada/src/latin.rs", b"// one\n// two\n// caf\xE9\n");
    let words = ["`src/latin.rs` is not UTF-8 in line 3", "0xE9", "Save it as UTF-8"];
    assert_refused(latin.ada(), &words);
    let wide = honest().file("ada/src/wide.rs", b"\xFF\xFEp\0u\0b\0");
    assert_refused(wide.ada(), &["`src/wide.rs` is stored as UTF-16", "Save it as UTF-8"]);
    let unused = honest().file("ada/src/unused.rs", b"\xE9");
    assert_eq!(names(&unused.ada().unwrap()), ["src/lib.rs"]);
}

#[test]
fn the_hash_depends_only_on_names_and_contents() {
    let hash = |class: ClassFolder| class.ada().unwrap().content_hash;
    let one = hash(honest().file("ada/src/a.rs", "a").file("ada/src/b.rs", "b"));
    let other_order = hash(honest().file("ada/src/b.rs", "b").file("ada/src/a.rs", "a"));
    let swapped = hash(honest().file("ada/src/a.rs", "b").file("ada/src/b.rs", "a"));
    let moved = hash(honest().file("ada/src/a.rs", "").file("ada/src/b.rs", "ab"));
    let with_more = honest().file("ada/src/a.rs", "a").file("ada/src/b.rs", "b");
    let not_compiled = hash(with_more.file("ada/src/main.rs", "fn main() {}"));
    assert_eq!(one, not_compiled);
    assert_eq!(one, other_order);
    assert_eq!(one.len(), 64);
    assert!(one != swapped && one != moved && swapped != moved);
    let two = hash(honest().file("ada/src/a.rs", "").file("ada/src/b.rs", ""));
    let posing = hash(honest().file("ada/src/a.rs", "src/b.rs"));
    assert_ne!(two, posing, "a content must not pose as a name");
}

#[test]
fn a_missing_submission_is_refused_without_a_crash() {
    assert_refused(ClassFolder::new().ada(), &["cannot be read", "no longer there"]);
}
