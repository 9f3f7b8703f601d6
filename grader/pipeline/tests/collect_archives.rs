//! Hostile and damaged archives.

mod collect_support;

use collect_support::tarball::{TarBuilder, gz};
use collect_support::zipped::{self, ZipEntry};
use collect_support::{LIB, archive, archive_within, assert_noted, assert_refused, names};
use grader_pipeline::collect::{CollectLimits, CollectedSources, IntakeRefusal, SubmissionKind};
use tar::EntryType;

fn zip(entries: &[ZipEntry]) -> Result<CollectedSources, IntakeRefusal> {
    let honest = ZipEntry::new("src/lib.rs", LIB);
    archive(SubmissionKind::Zip, &zipped::zip(&[&[honest], entries].concat()))
}

fn tar(build: impl FnOnce(TarBuilder) -> TarBuilder) -> Result<CollectedSources, IntakeRefusal> {
    archive(SubmissionKind::TarGz, &build(TarBuilder::new().file("src/lib.rs", LIB)).gz())
}

#[test]
fn both_formats_give_what_a_folder_gives() {
    let folder = collect_support::ClassFolder::new().file("ada/src/lib.rs", LIB).ada().unwrap();
    assert_eq!(zip(&[]).unwrap(), folder);
    assert_eq!(tar(|tar| tar).unwrap(), folder);
    let stored = ZipEntry { method: 0, ..ZipEntry::new("src/lib.rs", LIB) };
    assert_eq!(archive(SubmissionKind::Zip, &zipped::zip(&[stored])).unwrap(), folder);
    let dotted =
        TarBuilder::new().entry(EntryType::Directory, b"./", 0, b"").file("./src/lib.rs", LIB);
    assert_eq!(archive(SubmissionKind::TarGz, &dotted.gz()).unwrap(), folder);
}

#[test]
fn names_that_lead_out_of_the_archive_are_refused() {
    for (name, words) in [
        ("/etc/cron.d/x.rs", "absolute path"),
        ("C:/x.rs", "absolute path"),
        ("../x.rs", "leads out"),
        ("src/../../x.rs", "leads out"),
        (r"src\..\..\x.rs", "leads out"),
    ] {
        assert_refused(zip(&[ZipEntry::new(name, LIB)]), &[words]);
        assert_refused(tar(|tar| tar.file(name, LIB)), &[words]);
    }
}

/// Windows programs write `\` between folders. The archive states whether it is a separator. Names that lead
/// out are still refused.
#[test]
fn backslashes_in_archives_from_windows_are_separators() {
    let windows = |name: &str| ZipEntry { host: 0, ..ZipEntry::new(name, LIB) };
    let sources =
        archive(SubmissionKind::Zip, &zipped::zip(&[windows(r"searching\src\lib.rs")])).unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    let mixed = [windows("searching/"), windows(r"searching\src\lib.rs")];
    assert_eq!(names(&archive(SubmissionKind::Zip, &zipped::zip(&mixed)).unwrap()), ["src/lib.rs"]);
    let unix = [ZipEntry::new(r"searching\src\lib.rs", LIB)];
    assert_eq!(names(&archive(SubmissionKind::Zip, &zipped::zip(&unix)).unwrap()), ["src/lib.rs"]);
    let beside_slashes = zip(&[ZipEntry::new(r"src\x.rs", LIB)]).unwrap();
    assert_eq!(names(&beside_slashes), ["src/lib.rs"], "a letter of a name");
    assert_noted(&beside_slashes, &["Left out", r"src\\x.rs"]);
    for name in [r"..\x.rs", r"searching\src\..\..\..\x.rs", r"\\server\x.rs", r"\x.rs", r"C:\x.rs"]
    {
        let archive = archive(SubmissionKind::Zip, &zipped::zip(&[windows(name)]));
        assert_refused(archive, &["plain files"]);
    }
}

/// These files are not compiled, so they must not cost a grade.
#[test]
fn files_that_are_not_taken_may_have_any_name() {
    let wide = format!("searching/doc/{}.png", "x".repeat(300));
    let deep = format!("searching/node_modules/{}x.js", "d/".repeat(20));
    let litter = format!("searching/target/{}x.rs", "d/".repeat(20));
    for name in [&*wide, &deep, &litter, "searching/doc/a\nb.txt", "target/a\u{202e}b.rs"] {
        assert_eq!(names(&zip(&[ZipEntry::new(name, "x")]).expect(name)), ["src/lib.rs"], "{name}");
    }
    let tar = tar(|tar| tar.attribute("path", wide.as_bytes()).file("cut", "x"));
    assert_eq!(names(&tar.unwrap()), ["src/lib.rs"]);
}

#[test]
fn long_names_in_extension_headers_are_read_and_checked() {
    let long = format!("src/{}.rs", "x".repeat(120));
    let with = |name: &[u8]| {
        let name = [name, b"\0"].concat();
        let size = name.len() as u64;
        tar(|tar| tar.entry(EntryType::GNULongName, b"long", size, &name).file("cut", LIB))
    };
    assert_noted(&with(long.as_bytes()).unwrap(), &["Left out", &long]);
    assert_refused(with(b"../../x.rs"), &["leads out"]);
    let pax = |name: &[u8]| tar(|tar| tar.attribute("path", name).file("cut", LIB));
    assert_noted(&pax(long.as_bytes()).unwrap(), &["Left out", &long]);
    assert_refused(pax(b"/etc/x.rs"), &["absolute path"]);
    assert_noted(&pax(b"src/a\nb.rs").unwrap(), &["Left out", r"a\u{a}b.rs"]);
    let endless = vec![b'x'; 5000];
    assert_refused(with(&endless), &["extension header is too long"]);
}

/// A name of 300 bytes cannot be written to disk, and one of a megabyte would make a refusal of four
/// megabytes. No module has such a name.
#[test]
fn a_file_with_a_name_too_long_for_any_file_system_is_left_out_with_a_short_note() {
    let wide = format!("src/{}.rs", "x".repeat(300));
    let deep = format!("{}lib.rs", "\u{e9}/".repeat(400));
    let endless = format!("src/{}.rs", "\u{202e}".repeat(200_000));
    for name in [&wide, &deep, &endless, "src/a\nb.rs", "src/a\0b.rs"] {
        let mut results = vec![];
        if !name.contains('\0') {
            results.push(tar(|tar| tar.attribute("path", name.as_bytes()).file("cut", LIB)));
        }
        // A zip states the length of a name in 16 bits.
        if u16::try_from(name.len()).is_ok() {
            results.push(zip(&[ZipEntry::new(name, LIB)]));
        }
        for result in results {
            let sources = result.unwrap();
            assert_eq!(names(&sources), ["src/lib.rs"]);
            assert_noted(&sources, &["Left out", "name not every system can write"]);
            assert!(
                sources.notes.iter().all(|note| note.to_string().len() < 1500),
                "{:?}",
                sources.notes
            );
        }
    }
}

#[test]
fn a_file_with_a_name_that_is_not_utf8_is_left_out() {
    for sources in [
        zip(&[ZipEntry::new(b"src/caf\xE9.rs", LIB)]).unwrap(),
        tar(|tar| tar.file(b"src/caf\xE9.rs", LIB)).unwrap(),
    ] {
        assert_eq!(names(&sources), ["src/lib.rs"]);
        assert_noted(&sources, &["Left out", r"`src/caf\xE9.rs`"]);
    }
}

/// `x` is a module of the crate, and `y` is not.
#[test]
fn links_and_devices_are_left_out_or_refused_in_the_place_of_a_module() {
    let mode = |name: &str, mode| zip(&[ZipEntry { mode, ..ZipEntry::new(name, "/etc/passwd") }]);
    for (kind, words) in [
        (0o120_777, "a symbolic link"),
        (0o010_644, "a device, a pipe or a socket"),
        (0o020_644, "a device"),
    ] {
        assert_noted(&mode("src/y.rs", kind).unwrap(), &["Left out", words, "`src/y.rs`"]);
        assert_refused(mode("src/x.rs", kind), &["`src/x.rs`", words]);
    }
    for (kind, words) in [
        (EntryType::Symlink, "symbolic link"),
        (EntryType::Char, "device"),
        (EntryType::Block, "device"),
        (EntryType::Fifo, "named pipe"),
        (EntryType::GNUSparse, "sparse"),
        (EntryType::new(b'Q'), "unknown"),
    ] {
        let with = |name: &[u8]| tar(|tar| tar.entry(kind, name, 0, b""));
        assert_noted(&with(b"src/y.rs").unwrap(), &["Left out", words, "`src/y.rs`"]);
        assert_refused(with(b"src/x.rs"), &["`src/x.rs`", words]);
    }
    let sparse = tar(|tar| tar.attribute("GNU.sparse.major", b"1").file("src/x.rs", LIB));
    assert_refused(sparse, &["a sparse file"]);
}

/// A hard link is a second name of a file. A link to a file outside the archive has no content.
#[test]
fn a_hard_link_has_the_content_of_its_file_in_the_archive() {
    let linked = |target: &[u8]| {
        let archive = TarBuilder::new().file("searching/src/lib.rs", LIB);
        archive.link(EntryType::Link, b"searching/src/x.rs", target).gz()
    };
    let sources = archive(SubmissionKind::TarGz, &linked(b"searching/src/lib.rs")).unwrap();
    assert_eq!(sources.files["src/x.rs"], LIB.as_bytes());
    for outside in ["/etc/passwd", "../../etc/passwd", "searching/src/missing.rs"] {
        let linked = archive(SubmissionKind::TarGz, &linked(outside.as_bytes()));
        assert_refused(linked, &["src/x.rs", "a hard link to a file outside"]);
    }
    let through_a_link = TarBuilder::new()
        .file("src/lib.rs", LIB)
        .link(EntryType::Symlink, b"src/out", b"/tmp")
        .file("src/out/x.txt", "x");
    assert_eq!(
        names(&archive(SubmissionKind::TarGz, &through_a_link.gz()).unwrap()),
        ["src/lib.rs"]
    );
}

#[test]
fn a_repeated_file_counts_once_if_both_contents_are_equal() {
    let stored = ZipEntry { method: 0, ..ZipEntry::new("src/lib.rs", LIB) };
    for again in [ZipEntry::new("src/lib.rs", LIB), ZipEntry::new("./src//lib.rs", LIB), stored] {
        let thrice = [again.clone(), again];
        assert_eq!(names(&zip(&thrice).unwrap()), ["src/lib.rs"]);
    }
    assert_eq!(names(&tar(|tar| tar.file("src/lib.rs", LIB)).unwrap()), ["src/lib.rs"]);
    let other = ZipEntry::new("src/lib.rs", "// other\n");
    let words = ["`src/lib.rs` is in the archive twice", "with different contents"];
    assert_refused(zip(std::slice::from_ref(&other)), &words);
    assert_refused(zip(&[ZipEntry::new("src/lib.rs", LIB), other]), &words);
    assert_refused(zip(&[ZipEntry::new("./src//lib.rs", "// other\n")]), &words);
    assert_refused(tar(|tar| tar.file("src/lib.rs", "// other\n")), &words);
    assert_noted(&zip(&[ZipEntry::new("src/LIB.rs", LIB)]).unwrap(), &["Left out: `src/LIB.rs`"]);
    // Repeated files that are not taken may differ.
    let notes = [ZipEntry::new("README.md", "one"), ZipEntry::new("README.md", "two")];
    assert_eq!(names(&zip(&notes).unwrap()), ["src/lib.rs"]);
    let notes = tar(|tar| tar.file("README.md", "one").file("README.md", "two"));
    assert_eq!(names(&notes.unwrap()), ["src/lib.rs"]);
}

#[test]
fn a_file_that_is_also_a_folder_is_refused() {
    let unreached = zip(&[ZipEntry::new("src/lib.rs/x.rs", LIB)]).unwrap();
    assert_noted(&unreached, &["Left out: `src/lib.rs/x.rs`"]);
    let reached = zipped::of(&[
        ("src/lib.rs", "mod a; #[path = \"a.rs/x.rs\"] mod x;"),
        ("src/a.rs", LIB),
        ("src/a.rs/x.rs", LIB),
    ]);
    let words = ["`src/a.rs` is a file", "cannot be both"];
    assert_refused(collect_support::archive(SubmissionKind::Zip, &reached), &words);
}

#[test]
fn an_encrypted_entry_is_refused() {
    let entry = ZipEntry { flags: 1, ..ZipEntry::new("src/x.rs", LIB) };
    assert_refused(zip(&[entry]), &["src/x.rs", "encrypted", "without a password"]);
}

#[test]
fn an_unknown_compression_is_refused_with_a_solution() {
    let entry = ZipEntry { method: 12, ..ZipEntry::new("src/x.rs", LIB) };
    assert_refused(zip(&[entry]), &["src/x.rs", "does not read", "deflate"]);
}

#[test]
fn wrong_declared_sizes_are_refused() {
    let declares = |declared| {
        let declared = Some(declared);
        zip(&[ZipEntry { declared, ..ZipEntry::new("src/x.rs", [b' '; 4000]) }])
    };
    assert_refused(declares(10), &["src/x.rs", "declares 10 bytes"]);
    assert_refused(declares(3999), &["src/x.rs", "declares 3999 bytes"]);
    assert_refused(declares(4001), &["src/x.rs", "declares 4001 bytes"]);
    let pax = tar(|tar| tar.attribute("size", b"9").file("src/x.rs", LIB));
    assert_refused(pax, &["src/x.rs", "another number"]);
}

#[test]
fn a_small_declared_size_does_not_bypass_the_size_cap() {
    let limits = CollectLimits { file_bytes: 1000, ..CollectLimits::default() };
    let entry =
        ZipEntry { declared: Some(900), ..ZipEntry::new("src/lib.rs", vec![b' '; 5_000_000]) };
    let result = archive_within(SubmissionKind::Zip, &zipped::zip(&[entry]), &limits);
    assert_refused(result, &["src/lib.rs", "declares 900 bytes"]);
}

#[test]
fn a_huge_source_file_is_refused() {
    let big = vec![b' '; 50_000_000];
    let words = ["src/big.rs", "larger than 4 MiB"];
    // Random bytes do not compress, so the ratio is ordinary and only the size is refused.
    let mut random = collect_support::SeededRandom(7);
    let noise: Vec<u8> = (0..5_000_000).map(|_| random.below(256).to_le_bytes()[0]).collect();
    assert_refused(zip(&[ZipEntry::new("src/big.rs", &noise)]), &words);
    assert_refused(tar(|tar| tar.file("src/big.rs", &noise)), &words);
    assert_refused(zip(&[ZipEntry::new("src/big.rs", &big)]), &["more than 200 times"]);
}

#[test]
fn archive_bombs_are_refused() {
    let zeros = vec![b' '; 30_000_000];
    assert_refused(zip(&[ZipEntry::new("src/big.rs", &zeros)]), &["more than 200 times its size"]);
    let limits = CollectLimits { unpacked_bytes: 1_000_000, ..CollectLimits::default() };
    let tar = |tar: TarBuilder| archive_within(SubmissionKind::TarGz, &tar.gz(), &limits);
    let words = ["unpacks to more than 1000000 bytes"];
    assert_refused(tar(TarBuilder::new().file("src/lib.rs", LIB).file("data.bin", &zeros)), &words);
    // The zeros are after the end of the tar archive, where a tar reader does not look.
    let mut behind = TarBuilder::new().file("src/lib.rs", LIB).plain();
    behind.extend(&zeros);
    assert_refused(archive_within(SubmissionKind::TarGz, &gz(&behind), &limits), &words);
    // Many names share one compressed block, so that each entry has an ordinary ratio.
    let kernel = ZipEntry::new("src/a.rs", [b' '; 3000]);
    let shared = ZipEntry { shares_data: true, ..kernel.clone() };
    let twin = ZipEntry { name: b"src/b.rs".to_vec(), ..shared };
    assert_refused(zip(&[kernel, twin]), &["share the same bytes"]);
}

/// Weights of an untrained model are zeros, and they are not read.
#[test]
fn highly_compressible_data_is_not_a_bomb() {
    let zeros = vec![0; 10_000_000];
    assert_eq!(names(&zip(&[ZipEntry::new("data.bin", &zeros)]).unwrap()), ["src/lib.rs"]);
    assert_eq!(names(&tar(|tar| tar.file("data.bin", &zeros)).unwrap()), ["src/lib.rs"]);
}

#[test]
fn an_archive_with_an_ordinary_ratio_and_a_huge_unpacked_size_is_refused() {
    let limits = CollectLimits { unpacked_bytes: 100_000, ..CollectLimits::default() };
    let mut random = collect_support::SeededRandom(7);
    let noise: Vec<u8> = (0..200_000).map(|_| random.below(256).to_le_bytes()[0]).collect();
    let tar = TarBuilder::new().file("src/lib.rs", LIB).file("target.bin", noise).gz();
    assert_refused(archive_within(SubmissionKind::TarGz, &tar, &limits), &["without `target`"]);
}

#[test]
fn a_tar_archive_full_of_other_rust_files_is_not_kept_in_memory() {
    let limits = CollectLimits { total_bytes: 1000, ..CollectLimits::default() };
    let with = |vendored: usize| {
        let tar = TarBuilder::new().file("src/lib.rs", LIB);
        let add = |tar: TarBuilder, n| tar.file(format!("vendor/x/{n}.rs"), [b' '; 600]);
        archive_within(SubmissionKind::TarGz, &(0..vendored).fold(tar, add).gz(), &limits)
    };
    assert_eq!(names(&with(3).unwrap()), ["src/lib.rs"]);
    assert_refused(with(4), &["more than 1000 bytes together"]);
}

#[test]
fn an_archive_that_is_too_large_is_not_read() {
    let limits = CollectLimits { packed_bytes: 100, ..CollectLimits::default() };
    let result = archive_within(SubmissionKind::Zip, &[b'P'; 101], &limits);
    assert_refused(result, &["archive is larger than 100 bytes", "without `target`"]);
}

#[test]
fn too_many_entries_are_refused() {
    let words = ["more than 10000 files and folders"];
    let many: Vec<ZipEntry> = (0..10_001).map(|n| ZipEntry::new(format!("d/{n}"), "")).collect();
    assert_refused(zip(&many), &words);
    let many = |tar: TarBuilder| (0..10_001).fold(tar, |tar, n| tar.file(format!("d/{n}"), ""));
    assert_refused(tar(many), &words);
    let deep = format!("src/{}x.rs", "d/".repeat(11));
    assert_noted(
        &zip(&[ZipEntry::new(&deep, LIB)]).unwrap(),
        &["Left out", "too many folders deep"],
    );
    assert_noted(&tar(|tar| tar.file(&deep, LIB)).unwrap(), &["Left out", "too many folders deep"]);
}

#[test]
fn truncated_archives_are_refused() {
    let zip = zipped::of(&[("src/lib.rs", LIB)]);
    let tar = TarBuilder::new().file("src/lib.rs", LIB).gz();
    for cut in 3..zip.len() {
        assert_refused(archive(SubmissionKind::Zip, &zip[..cut]), &["damaged or cut short"]);
    }
    for cut in 3..tar.len() {
        assert_refused(archive(SubmissionKind::TarGz, &tar[..cut]), &["damaged or cut short"]);
    }
    let inside = TarBuilder::new().entry(EntryType::Regular, b"src/lib.rs", 5000, b"short").plain();
    assert_refused(archive(SubmissionKind::TarGz, &gz(&inside[..1024])), &["damaged or cut short"]);
    assert_refused(archive(SubmissionKind::TarGz, &gz(b"only text")), &["contains no tar archive"]);
}

#[test]
fn a_wrong_checksum_is_refused() {
    let mut zip = zipped::zip(&[ZipEntry { method: 0, ..ZipEntry::new("src/lib.rs", LIB) }]);
    let at = zip.windows(2).position(|bytes| bytes == b"42").unwrap();
    zip[at] = b'9';
    assert_refused(archive(SubmissionKind::Zip, &zip), &["src/lib.rs", "damaged or cut short"]);
}

#[test]
fn attributes_of_other_systems_are_ignored() {
    let tar = TarBuilder::new()
        .entry(EntryType::XGlobalHeader, b"pax_global_header", 20, b"20 comment=01234567\n")
        .attribute("LIBARCHIVE.xattr.com.apple.quarantine", b"MDA4MQ")
        .file("src/lib.rs", LIB)
        .file("src/._lib.rs", "resource fork")
        .file("target/debug/build.rs", LIB)
        .link(EntryType::Link, b"target/debug/x", b"/etc/passwd");
    let sources = archive(SubmissionKind::TarGz, &tar.gz()).unwrap();
    assert_eq!(names(&sources), ["src/lib.rs"]);
    assert_eq!(sources.notes, []);
}

#[test]
fn a_plain_tar_archive_is_read() {
    let tar = TarBuilder::new().file("searching/src/lib.rs", LIB).plain();
    assert_eq!(names(&archive(SubmissionKind::Tar, &tar).unwrap()), ["src/lib.rs"]);
    for cut in [100, 511, 513, 600] {
        archive(SubmissionKind::Tar, &tar[..cut]).unwrap_err();
    }
    let mut damaged = tar;
    damaged[150] ^= 1;
    assert_refused(archive(SubmissionKind::Tar, &damaged), &["neither a zip nor a tar archive"]);
}

#[test]
fn the_only_archive_inside_an_archive_is_opened() {
    let inner = zipped::of(&[("searching/src/lib.rs", LIB)]);
    let outer =
        zipped::zip(&[ZipEntry::new("hw/searching.zip", &inner), ZipEntry::new("a.pdf", "%PDF")]);
    assert_eq!(names(&archive(SubmissionKind::Zip, &outer).unwrap()), ["src/lib.rs"]);
    let tar = TarBuilder::new()
        .file("hw/searching.tar", TarBuilder::new().file("src/lib.rs", LIB).plain());
    assert_eq!(names(&archive(SubmissionKind::TarGz, &tar.gz()).unwrap()), ["src/lib.rs"]);
    let twice = zipped::zip(&[ZipEntry::new("again.zip", &outer)]);
    assert_refused(archive(SubmissionKind::Zip, &twice), &["`hw/searching.zip`", "Unpack it"]);
    let equal = [ZipEntry::new("a.zip", &inner), ZipEntry::new("b.zip", &inner)];
    assert_eq!(names(&archive(SubmissionKind::Zip, &zipped::zip(&equal)).unwrap()), ["src/lib.rs"]);
    let other = zipped::of(&[("searching/src/lib.rs", "// other")]);
    let two = [ZipEntry::new("a.zip", &inner), ZipEntry::new("b.zip", &other)];
    assert_refused(archive(SubmissionKind::Zip, &zipped::zip(&two)), &["`a.zip` and `b.zip`"]);
    let broken = [ZipEntry::new("a.zip", "PK"), ZipEntry::new("a.pdf", "%PDF")];
    assert_refused(archive(SubmissionKind::Zip, &zipped::zip(&broken)), &["In `a.zip`", "damaged"]);
    let beside = zip(&[ZipEntry::new("data.zip", "PK")]);
    assert_eq!(
        names(&beside.unwrap()),
        ["src/lib.rs"],
        "sources count, and what is beside them not"
    );
    let rar = zipped::zip(&[ZipEntry::new("a.rar", "Rar!")]);
    assert_refused(archive(SubmissionKind::Zip, &rar), &["`a.rar`", ".zip or .tar.gz"]);
}
