//! All tests of the library in one program: one program links once, and forty link forty times.

mod activation;
mod addition;
mod alloc;
mod arithmetic;
mod attention;
mod augment;
mod autograd;
mod checkpoint;
mod clock;
mod common;
mod conv2d;
mod digits;
mod embedding;
mod gpt;
mod gradcheck;
mod guide;
mod layer_gradients;
mod layer_norm;
mod layout;
mod learning;
mod linear;
mod loader;
mod loss;
mod matmul;
mod models;
mod no_graph;
mod optimizers;
mod parameters;
mod pool;
mod pretrained;
mod reduce;
mod resume;
mod rng;
mod schedule;
mod simd;
mod specs;
mod stats;
mod stories;
mod sums;
mod tensor;
mod tracking;
mod train_options;
mod trainer;

use std::path::Path;

/// Programs of their own, with an entry in `Cargo.toml`.
const PROGRAMS: [&str; 2] = ["installation", "main"];

/// A file that is not listed above would not be compiled, and its tests would be lost.
#[test]
fn every_file_of_this_folder_is_listed() {
    let listed: Vec<&str> = include_str!("main.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let is_module = path.join("mod.rs").exists() || path.extension() == Some("rs".as_ref());
        let name = path.file_stem().unwrap().to_string_lossy();
        if is_module && !PROGRAMS.contains(&&*name) {
            assert!(listed.contains(&&*name), "`mod {name};` is missing in tests/main.rs");
            files += 1;
        }
    }
    assert_eq!(files, listed.len(), "each listed module is a file of this folder");
}
