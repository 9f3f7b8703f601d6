//! Names, links, sizes and encodings of files in a folder.

mod collect_support;

use collect_support::{Class, LIB, names, noted, refused};
use grader_pipeline::collect::{CollectLimits, Kind};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

fn honest() -> Class {
    Class::new().file("ada/src/lib.rs", LIB)
}

#[test]
fn a_symlink_is_refused_wherever_it_lies() {
    let out = honest().symlink("ada/src/secret.rs", "/etc/passwd");
    refused(out.ada(), true, &["src/secret.rs", "symbolic link", "hand in a copy"]);
    let inside = honest().symlink("ada/src/again.rs", "lib.rs");
    refused(inside.ada(), true, &["src/again.rs", "symbolic link"]);
    let folder = honest().symlink("ada/src/ops", "/etc");
    refused(folder.ada(), true, &["src/ops", "symbolic link"]);
    let beside = honest().symlink("ada/notes", "/");
    refused(beside.ada(), true, &["`notes`", "symbolic link"]);
}

#[test]
fn a_hard_link_is_refused() {
    let class = honest().file("secret", "of the grader");
    fs::hard_link(class.at("secret"), class.at("ada/src/secret.rs")).unwrap();
    refused(class.ada(), true, &["src/secret.rs", "hard link"]);
}

#[test]
fn a_named_pipe_is_refused_without_waiting_for_a_writer() {
    let class = honest();
    let made = Command::new("mkfifo").arg(class.at("ada/src/pipe.rs")).status().unwrap();
    assert!(made.success());
    refused(class.ada(), true, &["src/pipe.rs", "named pipe"]);
}

#[test]
fn a_socket_is_refused() {
    let class = honest();
    let _socket = std::os::unix::net::UnixListener::bind(class.at("ada/src/s.rs")).unwrap();
    refused(class.ada(), true, &["src/s.rs", "a socket"]);
}

#[test]
fn names_that_hide_something_are_refused() {
    for (name, shown) in [
        ("a\nb.rs", r"a\u{a}b.rs"),
        ("a\u{1b}[2J.rs", r"a\u{1b}[2J.rs"),
        ("a\u{202e}sr.rs", r"a\u{202e}sr.rs"),
    ] {
        let class = honest().file(&format!("ada/src/{name}"), LIB);
        refused(class.ada(), false, &[shown, "cannot be seen"]);
    }
    let backslash = honest().file(r"ada/src/a\b.rs", LIB);
    refused(backslash.ada(), false, &[r"a\\b.rs", "backslash"]);
    let windows = honest().file(r"ada/src/..\..\b.rs", LIB);
    refused(windows.ada(), false, &["leads out of the submission"]);
}

#[test]
fn a_name_that_is_not_utf8_leaves_out_that_file() {
    let class = honest();
    fs::write(class.at("ada/src").join(OsStr::from_bytes(b"caf\xE9.rs")), LIB).unwrap();
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    noted(&sources, &[r"`src/caf\xE9.rs` is left out", "not UTF-8", "Rename"]);
}

#[test]
fn a_folder_around_src_may_have_any_name() {
    let class = Class::new();
    let folder = class.path().join("ada").join(OsStr::from_bytes(b"\xDCbung 1")).join("src");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("lib.rs"), LIB).unwrap();
    assert_eq!(names(&class.ada().unwrap()), ["src/lib.rs"]);
}

#[test]
fn names_equal_but_for_case_are_refused() {
    let class = honest().file("ada/src/Lib.rs", LIB);
    refused(class.ada(), false, &["`src/Lib.rs` and `src/lib.rs`", "upper and lower case"]);
    let class = honest().file("ada/src/zo\u{eb}.rs", LIB).file("ada/src/zoe\u{308}.rs", LIB);
    refused(class.ada(), false, &["accents"]);
    let folders = honest().file("ada/src/ops/a.rs", LIB).file("ada/src/Ops/A.rs", LIB);
    refused(folders.ada(), false, &["`src/Ops/A.rs` and `src/ops/a.rs`"]);
}

#[test]
fn a_huge_source_file_is_refused_unread() {
    let class = honest();
    let file = fs::File::create(class.at("ada/src/big.rs")).unwrap();
    file.set_len(50_000_000).unwrap();
    refused(class.ada(), false, &["src/big.rs", "larger than 1 MiB"]);
}

#[test]
fn sizes_are_capped_at_the_limit_and_not_before() {
    let limits =
        CollectLimits { file_bytes: 10, total_bytes: 18, files: 2, ..CollectLimits::default() };
    let collect = |class: Class| class.collect("ada", Kind::Folder, &limits);
    let two = Class::new().file("ada/src/a.rs", [b' '; 10]).file("ada/src/b.rs", [b' '; 8]);
    assert!(collect(two).is_ok());
    let larger = Class::new().file("ada/src/a.rs", [b' '; 11]);
    refused(collect(larger), false, &["src/a.rs", "larger than 10 bytes"]);
    let more = Class::new().file("ada/src/a.rs", [b' '; 10]).file("ada/src/b.rs", [b' '; 9]);
    refused(collect(more), false, &["more than 18 bytes together"]);
    let three = Class::new().file("ada/src/a.rs", "").file("ada/src/b.rs", "");
    refused(collect(three.file("ada/src/c.rs", "")), false, &["more than 2 Rust files"]);
}

#[test]
fn a_flood_of_files_is_refused_at_the_cap() {
    let class = honest().folder("ada/data");
    for number in 0..10_000 {
        fs::File::create(class.at(&format!("ada/data/{number}"))).unwrap();
    }
    refused(class.ada(), false, &["more than 10000 files and folders", "`src` alone"]);
}

#[test]
fn depth_is_capped_at_the_limit_and_not_before() {
    let deep = |folders: usize| format!("ada/src/{}x.rs", "d/".repeat(folders));
    let twelve = honest().file(&deep(10), LIB);
    assert!(twelve.ada().is_ok());
    let thirteen = honest().file(&deep(11), LIB);
    refused(thirteen.ada(), false, &["more than 12 folders deep"]);
}

#[test]
fn windows_line_ends_are_kept_and_a_byte_order_mark_is_cut_off() {
    let class = Class::new()
        .file("ada/src/lib.rs", "\u{feff}pub fn one() {}\r\n")
        .file("ada/src/crlf.rs", "pub fn two() {}\r\n");
    let sources = class.ada().unwrap();
    assert_eq!(sources.files["src/lib.rs"], b"pub fn one() {}\r\n");
    assert_eq!(sources.files["src/crlf.rs"], b"pub fn two() {}\r\n");
    noted(&sources, &["`src/lib.rs`", "byte order mark"]);
    assert_eq!(sources.notes.len(), 1, "{:?}", sources.notes);
}

#[test]
fn text_that_is_not_utf8_leaves_out_that_file_and_names_the_line() {
    let class = honest()
        .file("ada/src/latin.rs", b"// one\n// two\n// caf\xE9\n")
        .file("ada/src/wide.rs", b"\xFF\xFEp\0u\0b\0");
    let sources = class.ada().unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    noted(&sources, &["`src/latin.rs`", "line 3", "0xE9", "Save it as UTF-8"]);
    noted(&sources, &["`src/wide.rs`", "UTF-16"]);
    let nothing_else = Class::new().file("ada/src/lib.rs", b"\xE9");
    refused(nothing_else.ada(), false, &["No source file could be read", "line 1"]);
}

#[test]
fn the_hash_depends_on_names_and_contents_alone() {
    let hash = |class: Class| class.ada().unwrap().content_hash;
    let one = hash(Class::new().file("ada/src/a.rs", "a").file("ada/src/b.rs", "b"));
    let other_order = hash(Class::new().file("ada/src/b.rs", "b").file("ada/src/a.rs", "a"));
    let swapped = hash(Class::new().file("ada/src/a.rs", "b").file("ada/src/b.rs", "a"));
    let moved = hash(Class::new().file("ada/src/a.rs", "").file("ada/src/b.rs", "ab"));
    assert_eq!(one, other_order);
    assert_eq!(one.len(), 64);
    assert!(one != swapped && one != moved && swapped != moved);
    let two = hash(Class::new().file("ada/src/a.rs", "").file("ada/src/b.rs", ""));
    let posing = hash(Class::new().file("ada/src/a.rs", "src/b.rs"));
    assert_ne!(two, posing, "a content must not pose as a name");
}

#[test]
fn a_submission_that_went_away_is_told_and_not_a_crash() {
    refused(Class::new().ada(), false, &["cannot be read", "no longer there"]);
}
