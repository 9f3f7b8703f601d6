//! Weights as two thin matrices.

use std::fmt::Write as _;

use compression::{LowRank, break_even_rank, rank_for_energy};
use tinytorch::models::Mlp;
use tinytorch::{Layer, Tensor, layer, linalg, pretrained};

use crate::ExampleResult;
use crate::exam::{DigitExam, points_lost};
use crate::text::{Headline, Section};

/// The weights of the MLP, by their place among its parameters, and ranks to try.
const TRIED: [(usize, &str, &[usize]); 3] =
    [(0, "fc1", &[8, 12, 16, 24, 32]), (2, "fc2", &[8, 16, 24]), (4, "fc3", &[8])];

/// The MLP with one weight of this rank.
fn with_rank(at: usize, rank: usize) -> ExampleResult<(Mlp, LowRank)> {
    let mut mlp = pretrained::mlp()?;
    let factors = LowRank::new(mlp.parameters()[at].1, rank)?;
    let product = factors.to_dense()?;
    if let Some((_, parameter)) = mlp.parameters_mut().into_iter().nth(at) {
        layer::assign(parameter, product)?;
    }
    Ok((mlp, factors))
}

fn numbers(of: &Tensor) -> usize {
    of.len()
}

pub fn section() -> ExampleResult<Section> {
    let exam = DigitExam::rows()?;
    let dense = pretrained::mlp()?;
    let dense_right = exam.right(&dense)?;
    let mut details = "## Low rank, without fine-tuning\n\n| weight | shape | rank | numbers | fewer | right |\n|---|---|---:|---:|---:|---:|\n"
        .to_owned();
    let mut headlines = Vec::new();
    for (at, name, ranks) in TRIED {
        let weight = dense.parameters()[at].1;
        let (m, n) = (weight.shape()[0], weight.shape()[1]);
        for rank in ranks {
            let (mlp, factors) = with_rank(at, *rank)?;
            let right = exam.right(&mlp)?;
            let (count, fewer) = (
                factors.parameter_count(),
                numbers(weight) as f64 / factors.parameter_count() as f64,
            );
            let _ = writeln!(
                details,
                "| {name} | {m} x {n} | {rank} | {count} | {fewer:.2}x | {right:.0} |"
            );
            if (at, *rank) == (0, 16) {
                let lost = points_lost(dense_right, right, exam.questions());
                let claim =
                    "Low rank: fc1 at rank 16 has at least 6x fewer numbers, at most 1 point";
                let told = format!("{fewer:.1}x, {right:.0} right: {lost:.2} points lost");
                headlines.push(Headline::new(claim, told, fewer >= 6.0 && lost <= 1.0));
            }
        }
        let values = linalg::svd(weight)?.singular_values;
        let energy = rank_for_energy(&values, 0.9)?;
        let _ = writeln!(
            details,
            "| {name} | | {energy} for 90 % of the energy, {} to break even | | | |",
            break_even_rank(m, n)
        );
    }
    let weight = dense.parameters()[0].1;
    let refused = LowRank::new(weight, break_even_rank(784, 128) + 1);
    let told = refused.as_ref().err().map_or_else(|| "accepted".to_owned(), ToString::to_string);
    let claim = "A rank that stores more is refused";
    headlines.push(Headline::new(claim, told, refused.is_err()));
    details += "\nEnergy misleads: fc1 needs many ranks for 90 % of it, and a fraction of them for the digits, because upscaled scans \
                have rank 64.\n";
    Ok(Section { headlines, details })
}
