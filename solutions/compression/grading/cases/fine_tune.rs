//! Task `schedule`: training while a model is pruned.

use super::prelude::*;
use super::pruning_optimizer::{fixed_masks_hold_in_adam, gradual_masks_may_be_global};
use crate::contract::PruningTuning;
use crate::oracle::magnitude;
use course_oracle::digits::HeldOut;
use course_oracle::nets::parameters;
use course_oracle::sectors::{
    Sectors, bias_movement, depends_on_the_seed, mlp, nearly_silent, right_answers,
};

cases! { task "schedule", client Client;
    /// Afterwards the model has exactly the sparsity asked for, of each weight or of all together.
    fine_tuning_ends_with_the_sparsity after [fixed_masks_hold_in_adam, gradual_masks_may_be_global];
    /// Without pruning, all parameters are trained.
    fine_tuning_trains_all_parameters;
    /// The same seed gives the same bits, and another one another order of the data.
    fine_tuning_depends_on_the_seed;
    /// Passes, batches and the learning rate are those asked for, and the rate falls along a cosine.
    fine_tuning_follows_the_schedule;
    /// No passes, empty batches and sparsities that do not exist are refused.
    fine_tuning_refuses;
    /// The MLP without nine of ten weights reads digits that nobody has seen, after a few passes over the training images.
    pruned_mlp_reads_held_out_digits after [fine_tuning_ends_with_the_sparsity];
}

const GOOD: PruningTuning = PruningTuning {
    sparsity: 0.5,
    scope: Scope::Global,
    epochs: 3,
    batch_size: 10,
    learning_rate: 0.01,
    seed: 1,
};

fn fine_tuning_ends_with_the_sparsity(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // One pass with two batches has no room for a schedule, and has to end with the sparsity all the same.
    for epochs in [1, 4] {
        let (inputs, labels) = Sectors::draw(draw).points(20, draw);
        let model = mlp(&[2, draw.int(8..=12), 3], draw);
        let sparsity = draw.real(0.4, 0.8);
        let tuning = PruningTuning { sparsity, epochs, ..GOOD };
        let after = code.fine_tune_pruned(model.clone(), inputs.clone(), labels.clone(), tuning)?;
        let weights: Vec<&Array> = after.iter().filter(|of| of.shape.len() > 1).collect();
        let len: usize = weights.iter().map(|of| of.data.0.len()).sum();
        let pruned: usize = weights.iter().map(|of| count_of_zeros(of)).sum();
        let message = "all weights together should have the sparsity";
        check::equal(message, &pruned, &magnitude::count(sparsity, len))?;
        let tuning = PruningTuning { scope: Scope::PerLayer, ..tuning };
        let after = code.fine_tune_pruned(model, inputs, labels, tuning)?;
        for of in after.iter().filter(|of| of.shape.len() > 1) {
            let expected = magnitude::count(sparsity, of.data.0.len());
            check::equal("each weight should have the sparsity", &count_of_zeros(of), &expected)?;
        }
    }
    Ok(())
}

fn fine_tuning_trains_all_parameters(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sectors = Sectors::draw(draw);
    let (inputs, labels) = sectors.points(200, draw);
    let model = mlp(&[2, 16, 3], draw);
    let before = parameters(&model);
    let tuning = PruningTuning { sparsity: 0.0, epochs: 15, learning_rate: 0.03, ..GOOD };
    let after = code.fine_tune_pruned(model.clone(), inputs.clone(), labels.clone(), tuning)?;
    for (of, after) in before.iter().zip(&after) {
        let moved = of.numbers.iter().zip(&after.data.0).any(|(a, b)| a != b);
        check::that(moved, "each parameter should be trained", || of.name.clone())?;
    }
    let right = right_answers(&model, &after, &(inputs, labels));
    let message = "the trained model should know 9 of 10 of its points";
    check::that(right >= 180, message, || format!("{right} of 200"))
}

fn fine_tuning_depends_on_the_seed(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, labels) = Sectors::draw(draw).points(45, draw);
    let model = mlp(&[2, 6, 3], draw);
    let seed = draw.bits();
    let mut tune = |seed| {
        let tuning = PruningTuning { seed, batch_size: 7, ..GOOD };
        code.fine_tune_pruned(model.clone(), inputs.clone(), labels.clone(), tuning)
    };
    let (first, second, other) = (tune(seed)?, tune(seed)?, tune(seed ^ 1)?);
    depends_on_the_seed(&first, &second, &other)
}

/// A bias whose gradient keeps its sign moves by the learning rate in each step of Adam.
fn fine_tuning_follows_the_schedule(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let count = draw.int(30..=60);
        let inputs = rows(&[count, 3], normals(draw, 3 * count));
        let model = nearly_silent(draw);
        let rate = draw.real(1e-4, 1e-3);
        let (epochs, batch_size) = (draw.int(3..=7), draw.int(4..=9));
        let tuning =
            PruningTuning { sparsity: 0.0, epochs, batch_size, learning_rate: rate, ..GOOD };
        let after = code.fine_tune_pruned(model.clone(), inputs, vec![1; count], tuning)?;
        // The mean of a cosine from the peak to 0 is half the peak.
        let steps = (count.div_ceil(batch_size) * epochs) as f64;
        let expected = rate * (steps + 1.0) / 2.0;
        let message = "a bias whose gradient keeps its sign should move by the sum of the learning rates: one for each \
                       batch of each pass, from the peak to 0 along a cosine";
        check::close(message, bias_movement(&model, &after), expected, 0.06, 0.0)?;
    }
    Ok(())
}

fn fine_tuning_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, labels) = Sectors::draw(draw).points(20, draw);
    let model = mlp(&[2, 5, 3], draw);
    let mut tune =
        |tuning| code.fine_tune_pruned(model.clone(), inputs.clone(), labels.clone(), tuning);
    let none = PruningTuning { epochs: 0, ..GOOD };
    refuses("0 passes over the data", tune(none), "BadValue", "fine_tune_pruned")?;
    for sparsity in [-0.5, 1.5, f64::NAN] {
        let result = tune(PruningTuning { sparsity, ..GOOD });
        refuses("a sparsity is 0 to 1", result, "BadValue", "fine_tune_pruned")?;
    }
    let result = tune(PruningTuning { batch_size: 0, ..GOOD });
    check::returns_error("an empty batch should be refused", result, "Tensor")
}

/// Without fine-tuning 248 of 355 are right; with five passes some 348, and 352 when nothing is pruned.
fn pruned_mlp_reads_held_out_digits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let digits = HeldOut::all();
    let tuning = PruningTuning {
        sparsity: 0.9,
        epochs: 5,
        batch_size: 64,
        learning_rate: 2e-3,
        seed: draw.bits(),
        ..GOOD
    };
    let (sparsity, answers) = code.pruned_digits(tuning, digits.scans.clone())?;
    check::close("the sparsity of the weights", sparsity, 0.9, 0.0, 1e-4)?;
    let right = digits.right(&answers);
    let message = "the pruned MLP should read 95 % of held-out digits";
    check::that(100 * right >= 95 * digits.count(), message, || format!("{right} of 355"))
}
