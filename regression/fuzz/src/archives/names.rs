//! Names of archive members, honest and not.

use crate::script::ChoiceScript;

/// Parts of which names are made: what submissions hold, what systems leave behind, and what leads out.
const PARTS: [&[u8]; 32] = [
    b"src",
    b"lib.rs",
    b"a.rs",
    b"profiling",
    b"..",
    b".",
    b"",
    b"A.RS",
    b"A.rs",
    b"tests",
    b"target",
    b".cargo",
    b"config.toml",
    b"build.rs",
    b"Cargo.toml",
    b"__MACOSX",
    b"._lib.rs",
    b"\xc3\xa9.rs",
    b"e\xcc\x81.rs",
    b"\xe2\x80\xae.rs",
    b"\xff.rs",
    b"C:",
    b"a\\..\\b.rs",
    b"\\\\host",
    b"a\nb.rs",
    b"lib.rs\0.txt",
    b".rs",
    b"Profiling",
    b"work.zip",
    b"deep",
    b"..rs",
    b"\xef\xbc\x8e\xef\xbc\x8e",
];

/// A path of up to seven parts: how many, then which. Often one that any submission could hold, so that
/// an archive of many files is not refused for one of them; rarely, bytes as they come.
pub fn name(script: &mut ChoiceScript<'_>) -> Vec<u8> {
    let shape = script.byte();
    if (64..200).contains(&shape) {
        return format!("src/m{}.rs", script.byte() % 16).into_bytes();
    }
    if shape >= 240 {
        return script.some().to_vec();
    }
    let parts: Vec<&[u8]> = (0..shape % 8).map(|_| script.pick(&PARTS)).collect();
    let mut path = parts.join(&b'/');
    match shape {
        200..220 => path.insert(0, b'/'),
        220..240 => path.push(b'/'),
        _ => {}
    }
    path
}
