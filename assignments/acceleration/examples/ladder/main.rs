//! The ladder, rung by rung, compared with the library and with the roofline.
//!
//! ```text
//! cargo run --release -p acceleration --example ladder -- ladder.svg
//! ```
//!
//! Prints the measurements and draws them. Every number comes from running your kernels now, on this
//! machine, in alternation. It needs all tasks. Before you run it, write down by what factor you
//! expect each rung to beat the one before.
//!
//! `-- ladder.svg 128 256 500 1024` measures other sizes (1024 takes a minute).

mod machine;
mod measure;
mod plot;
mod subjects;

use acceleration::{Roofline, Work};
use measure::Measured;
use std::error::Error;
use subjects::Subject;

/// Sizes that are not powers of two. Powers of two collide in caches, which makes the naive product
/// five times as slow and every speedup five times as large.
const SIZES: [usize; 3] = [120, 250, 500];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "ladder.svg".to_string());
    let chosen: Vec<usize> = arguments.map(|size| size.parse()).collect::<Result<_, _>>()?;
    let sizes = if chosen.is_empty() { SIZES.to_vec() } else { chosen };

    let machine = machine::measure()?;
    println!(
        "One core of this machine: {:.0} GFLOP/s at most, {:.1} GB/s from memory; the corner of its \
         roof is at {:.1} FLOP/B.",
        machine.attainable(&Work { flops: 1, bytes: 0 }) / 1e9,
        machine.attainable(&Work { flops: 1, bytes: 1 }) / 1e9,
        machine.ridge(),
    );
    let mut ladder = Vec::new();
    for &size in &sizes {
        let measured = measure::together(&subjects::rungs(size)?)?;
        print(&format!("\nProducts [{size}, {size}] x [{size}, {size}]:"), &measured, &machine)?;
        ladder.push((size, measured));
    }
    let others = others(&machine)?;
    plot::draw(&path, &machine, &ladder, &others)?;
    println!("\nDrawn: {path}");
    Ok(())
}

/// Work with other intensities than that of a square product.
fn others(machine: &Roofline) -> Result<Vec<Measured>, Box<dyn Error>> {
    let mut all = Vec::new();
    for (title, subjects) in [
        (
            "A convolution, 8 images of 32 channels, 32 x 32, 64 filters of 3 x 3:",
            subjects::conv()?,
        ),
        ("A matrix of 64 MB times a vector:", subjects::vector()?),
    ] {
        let measured = measure::together(&subjects)?;
        print(&format!("\n{title}"), &measured, machine)?;
        all.extend(measured);
    }
    Ok(all)
}

/// Prints one line each. The first entry is the baseline of the others.
fn print(title: &str, measured: &[Measured], machine: &Roofline) -> Result<(), Box<dyn Error>> {
    println!(
        "{title}\n{:<22} {:>10} {:>9} {:>10} {:>10} {:>8}",
        "", "ms", "GFLOP/s", "x first", "x library", "of roof"
    );
    let library = measured.iter().find(|m| m.is_library());
    for m in measured {
        let against = |other: &Measured| format!("{:.2}", m.times_as_fast_as(other));
        println!(
            "{:<22} {:>10.3} {:>9.1} {:>10} {:>10} {:>8}",
            m.name,
            1e3 * m.seconds(),
            m.gflops(),
            against(&measured[0]),
            library.map_or_else(String::new, against),
            if m.threads > 1 {
                format!("{} threads", m.threads)
            } else {
                format!("{:.0} %", 100.0 * machine.efficiency(&m.work, m.seconds())?)
            },
        );
    }
    Ok(())
}

/// By convention, the name of a library measurement ends in [`Subject::LIBRARY`].
impl Measured {
    fn is_library(&self) -> bool {
        self.name.ends_with(Subject::LIBRARY)
    }
}
