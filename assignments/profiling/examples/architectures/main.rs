//! Three trained models measured with your instruments: an MLP, a CNN and a transformer.
//!
//! ```text
//! cargo run --release -p profiling --example architectures -- architectures.svg
//! ```
//!
//! Prints the measurements and draws them. Every number, including the accuracy, comes from
//! running the trained models of `tinytorch::pretrained` now, on this machine. It needs all tasks
//! except `compare`. Before you run it, write down which architecture you expect to be fastest
//! (in GFLOP/s), and which layer of the transformer takes the most time.

mod gpt;
mod measure;
mod plot;
mod trained;

use gpt::Breakdown;
use measure::{Measured, Workload};
use profiling::{BottleneckAnalyzer, amdahl};
use std::error::Error;

/// Images in a batch.
const IMAGES: usize = 32;
/// Sequences in a batch, and their length.
const SEQUENCES: (usize, usize) = (8, 64);

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "architectures.svg".to_string());

    let transformer = trained::gpt(SEQUENCES.0, SEQUENCES.1)?;
    let breakdown = gpt::breakdown(&transformer.model, &transformer.input)?;
    let workloads = [
        Workload::new("MLP", trained::mlp(IMAGES)?),
        Workload::new("CNN", trained::cnn(IMAGES)?),
        Workload::new("transformer", transformer),
    ];
    let measured: Vec<Measured> =
        workloads.iter().map(Workload::measure).collect::<Result<_, _>>()?;
    print_architectures(&measured);
    println!("\n{}", workloads[2].report()?.render());

    println!("\nWhere the transformer's time goes:\n{}", breakdown.spans.render());
    print_bottleneck(&breakdown)?;

    plot::draw(&path, &measured, &breakdown)?;
    println!("\nDrawn: {path}");
    Ok(())
}

fn print_architectures(measured: &[Measured]) {
    println!(
        "{:<12} {:>7} {:>9} {:>19} {:>9} {:>10} {:>8} {:>8} {:>8} {:>7}",
        "",
        "right",
        "params",
        "time (95 % CI) ms",
        "p95 ms",
        "peak KiB",
        "allocs",
        "MFLOP",
        "GFLOP/s",
        "FLOP/B"
    );
    for m in measured {
        let ci95 = format!(
            "{:.2} ({:.2}-{:.2})",
            1e3 * m.time.mean,
            1e3 * m.time.ci95.low,
            1e3 * m.time.ci95.high
        );
        println!(
            "{:<12} {:>5.1} % {:>9} {ci95:>19} {:>9.2} {:>10.1} {:>8} {:>8.2} {:>8.2} {:>7.2}",
            m.name,
            100.0 * m.accuracy,
            m.parameters,
            1e3 * m.time.p95,
            m.memory.peak_bytes as f64 / 1024.0,
            m.memory.allocations,
            m.flops as f64 / 1e6,
            m.gflops(),
            m.intensity(),
        );
    }
}

/// Prints which kind of layer is worth optimizing, and how little of its speedup reaches the
/// whole model.
fn print_bottleneck(breakdown: &Breakdown) -> Result<(), Box<dyn Error>> {
    let parts = breakdown.kinds.iter().map(|kind| (kind.name.clone(), kind.seconds));
    let analyzer = BottleneckAnalyzer::new(parts.collect())?;
    let ranking = analyzer.ranking();
    println!("\n{:<12} {:>8} {:>8} {:>10} {:>10}", "", "time", "FLOPs", "2x gives", "at most");
    for ranked in &ranking {
        let flop_share = breakdown.flop_share(&ranked.name);
        println!(
            "{:<12} {:>6.1} % {:>6.1} % {:>9.2}x {:>9.2}x",
            ranked.name,
            100.0 * ranked.share,
            100.0 * flop_share,
            analyzer.speedup_if(&ranked.name, 2.0)?,
            ranked.limit,
        );
    }
    let worst = &ranking[0];
    println!(
        "\nThe bottleneck is `{}`: made 10x as fast it would make the whole {:.2}x as fast, and no \
         optimization of it alone can ever give more than {:.2}x.",
        worst.name,
        amdahl(worst.share, 10.0)?,
        worst.limit
    );
    Ok(())
}
