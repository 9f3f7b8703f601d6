//! Where the zeros are.

use crate::plot::{COLOURS, Outcome, Panel, panels};
use compression::{Scope, apply_masks, prune_model, sparsity_pattern, weights};
use plotters::prelude::*;
use tinytorch::{Tensor, pretrained};

const SPARSITY: f64 = 0.9;
/// The largest number of cells in a row or a column of a picture: a cell may stand for several weights.
const CELLS: usize = 112;

pub(crate) fn run(path: &str) -> Outcome {
    let mut mlp = pretrained::mlp()?;
    let masks = prune_model(&mlp, SPARSITY, Scope::Global)?;
    apply_masks(&mut mlp, &masks)?;
    let layers: Vec<(String, &Tensor)> = weights(&mlp);
    println!("The MLP without {:.0} % of its weights, all layers in one order:", 100.0 * SPARSITY);
    println!(
        "  {:<12} {:>8} {:>13} {:>13} {:>12} {:>12}",
        "weight", "zeros", "dead outputs", "unused inputs", "zero blocks", "longest run"
    );
    for (name, weight) in &layers {
        let pattern = sparsity_pattern(weight)?;
        println!(
            "  {name:<12} {:>6.1} % {:>13} {:>13} {:>10.1} % {:>12}",
            100.0 * pattern.sparsity,
            pattern.dead_outputs(),
            pattern.unused_inputs(),
            100.0 * pattern.zero_blocks,
            pattern.longest_run,
        );
    }
    let panels = panels(path, (1200, 440), (1, layers.len()))?;
    for (panel, (name, weight)) in panels.iter().zip(&layers) {
        draw(panel, name, weight)?;
    }
    panels[0].present()?;
    println!("Drawn: {path}. The darker a cell, the more weights are left in it.");
    Ok(())
}

/// A weight `[inputs, outputs]`, inputs from top to bottom.
fn draw(panel: &Panel, name: &str, weight: &Tensor) -> Outcome {
    let (inputs, outputs) = (weight.shape()[0], weight.shape()[1]);
    let numbers = weight.to_vec();
    let title = format!("{name}, {inputs} x {outputs}");
    let (down, across) = (CELLS.min(inputs), CELLS.min(outputs));
    let mut used = vec![0_usize; down * across];
    for (at, x) in numbers.iter().enumerate() {
        let (input, output) = (at / outputs, at % outputs);
        used[input * down / inputs * across + output * across / outputs] += usize::from(*x != 0.0);
    }
    let weights_in_a_cell = (inputs * outputs).div_ceil(down * across) as f64;
    let mut chart = ChartBuilder::on(panel)
        .caption(title, ("sans-serif", 18))
        .margin(14)
        .x_label_area_size(38)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..outputs as f64, inputs as f64..0.0)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc("outputs")
        .y_desc("inputs")
        .label_style(("sans-serif", 13))
        .axis_desc_style(("sans-serif", 14))
        .draw()?;
    let edge = |cell: usize, cells: usize, all: usize| (cell * all).div_ceil(cells) as f64;
    let cells = used.iter().enumerate().filter(|(_, used)| **used > 0);
    chart.draw_series(cells.map(|(at, used)| {
        let (row, column) = (at / across, at % across);
        let corners = [
            (edge(column, across, outputs), edge(row, down, inputs)),
            (edge(column + 1, across, outputs), edge(row + 1, down, inputs)),
        ];
        let share = (*used as f64 / weights_in_a_cell).clamp(0.15, 1.0);
        Rectangle::new(corners, COLOURS[0].mix(share).filled())
    }))?;
    Ok(())
}
