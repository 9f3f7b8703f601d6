//! Task `schedule`: an optimizer that keeps pruned weights at 0.

use super::prelude::*;
use super::schedule::schedule_is_a_cubic;
use super::schedule::schedule_prunes_at_its_end;
use crate::contract::{Inner, Masking, PrunedStep, PruningRun};
use crate::oracle::{magnitude, optimizer};
use course_oracle::nets::{self, parameters};

cases! { task "schedule", client Client;
    /// Pruned weights stay `0` although momentum remembers their gradients.
    fixed_masks_hold_through_momentum;
    /// Pruned weights stay `0` in Adam, which moves by the sign of small gradients too.
    fixed_masks_hold_in_adam;
    /// Pruned weights stay `0` under weight decay, and the kept ones decay.
    fixed_masks_hold_under_weight_decay;
    /// Weights that were not pruned before the first step are pruned by it.
    fixed_masks_are_applied_by_the_first_step;
    /// Kept weights and biases move as with the inner optimizer alone.
    kept_weights_move_as_without_masks;
    /// Masks grow along the schedule, layer by layer, from the weights as they are at each pruning.
    gradual_masks_follow_the_schedule after [schedule_is_a_cubic, schedule_prunes_at_its_end];
    /// The same for all weights together.
    gradual_masks_may_be_global after [schedule_is_a_cubic, schedule_prunes_at_its_end];
    /// A schedule that is refused makes no optimizer.
    gradual_refuses_bad_schedules;
    /// A run that is saved, restored in a new optimizer and continued ends with the same bits.
    pruning_can_be_resumed after [gradual_masks_follow_the_schedule];
    /// A saved state that lacks the masks is refused.
    pruning_refuses_a_state_without_masks;
}

const PLAIN: Inner = Inner { adam: false, momentum: 0.0, learning_rate: 0.05, weight_decay: 0.0 };

/// A small MLP, drawn gradients for so many steps, and no masks yet.
fn drawn_run(draw: &mut Draw, inner: Inner, steps: usize) -> PruningRun {
    let model = Network::Net(nets::mlp(draw));
    let lengths: Vec<usize> = parameters(&model).iter().map(|of| of.numbers.len()).collect();
    let mut gradients = Vec::new();
    for _ in 0..steps {
        gradients.push(lengths.iter().map(|len| Floats(normals(draw, *len))).collect());
    }
    let masking = Masking::Fixed(ModelMasks { masks: Vec::new() });
    PruningRun { model, inner, masking, gradients, resumed_after: None }
}

fn with_fixed_masks(run: PruningRun, sparsity: f64) -> PruningRun {
    let masks = magnitude::per_layer(&parameters(&run.model), sparsity);
    PruningRun { masking: Masking::Fixed(masks), ..run }
}

/// Compares all steps with the simulation; pruned weights exactly.
fn follows(code: &mut Client, run: PruningRun) -> CaseVerdict {
    let expected = optimizer::run(&run);
    let steps = code.pruned_steps(run)?;
    check::equal("one result for each step", &steps.len(), &expected.len())?;
    for (PrunedStep { parameters, masks }, (numbers, expected_masks)) in steps.iter().zip(&expected)
    {
        check::equal("the masks after a step", masks, expected_masks)?;
        for (got, expected) in parameters.iter().zip(numbers) {
            let got = wide(&got.data.0);
            check::all_close("a parameter after a step", &got, expected, 1e-4, 1e-5)?;
            let zeros = got.iter().zip(expected).all(|(x, e)| *e != 0.0 || *x == 0.0);
            check::that(zeros, "pruned weights should be exactly 0", || format!("{got:?}"))?;
        }
    }
    Ok(())
}

fn fixed_masks_hold_through_momentum(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let inner = Inner { momentum: 0.9, ..PLAIN };
    let sparsity = draw.real(0.3, 0.7);
    follows(code, with_fixed_masks(drawn_run(draw, inner, 6), sparsity))
}

pub fn fixed_masks_hold_in_adam(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let inner = Inner { adam: true, learning_rate: 0.02, ..PLAIN };
    let sparsity = draw.real(0.3, 0.7);
    follows(code, with_fixed_masks(drawn_run(draw, inner, 6), sparsity))
}

fn fixed_masks_hold_under_weight_decay(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sgd = Inner { momentum: 0.5, weight_decay: 0.5, ..PLAIN };
    let adam = Inner { adam: true, weight_decay: 0.5, learning_rate: 0.02, ..PLAIN };
    for inner in [sgd, adam] {
        let sparsity = draw.real(0.3, 0.7);
        follows(code, with_fixed_masks(drawn_run(draw, inner, 5), sparsity))?;
    }
    Ok(())
}

fn fixed_masks_are_applied_by_the_first_step(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut run = with_fixed_masks(drawn_run(draw, PLAIN, 1), 0.5);
    let zeros = |of: &Floats| Floats(vec![0.0; of.0.len()]);
    run.gradients[0] = run.gradients[0].iter().map(zeros).collect();
    follows(code, run)
}

fn kept_weights_move_as_without_masks(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let inner = Inner { momentum: 0.8, weight_decay: 0.1, ..PLAIN };
    let free = drawn_run(draw, inner, 4);
    let masked = with_fixed_masks(free.clone(), 0.4);
    let Masking::Fixed(masks) = masked.masking.clone() else { unreachable!("fixed") };
    let all = parameters(&free.model);
    let free = code.pruned_steps(free)?;
    let masked = code.pruned_steps(masked)?;
    let (Some(free), Some(masked)) = (free.last(), masked.last()) else {
        return Err(wrong("one result for each step", "there are none"));
    };
    for ((of, free), masked) in all.iter().zip(&free.parameters).zip(&masked.parameters) {
        let mut of = of.clone();
        of.numbers.clone_from(&free.data.0);
        let expected = magnitude::masked(&of, &masks);
        let message = "what is kept should move as if nothing were pruned";
        check::equal(message, &masked.data.0, &expected)?;
    }
    Ok(())
}

fn gradual(draw: &mut Draw, scope: Scope) -> PruningRun {
    let schedule = SparsitySchedule {
        initial: draw.real(0.0, 0.2),
        target: draw.real(0.6, 0.9),
        begin: draw.int(0..=2) as u64,
        end: 9,
        every: draw.int(2..=4) as u64,
    };
    let inner = Inner { momentum: 0.5, ..PLAIN };
    let run = drawn_run(draw, inner, 12);
    PruningRun { masking: Masking::Gradual(schedule, scope), ..run }
}

fn gradual_masks_follow_the_schedule(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    (0..3).try_for_each(|_| follows(code, gradual(draw, Scope::PerLayer)))
}

pub fn gradual_masks_may_be_global(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    (0..3).try_for_each(|_| follows(code, gradual(draw, Scope::Global)))
}

fn gradual_refuses_bad_schedules(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut run = gradual(draw, Scope::Global);
    let schedule = SparsitySchedule { initial: 0.0, target: 1.5, begin: 0, end: 9, every: 1 };
    run.masking = Masking::Gradual(schedule, Scope::Global);
    let result = code.pruned_steps(run);
    refuses("a schedule that cannot be", result, "BadValue", "SparsitySchedule")
}

fn pruning_can_be_resumed(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for (adam, scope) in [(false, Scope::PerLayer), (true, Scope::Global)] {
        let mut run = gradual(draw, scope);
        run.inner.adam = adam;
        let whole = code.pruned_steps(run.clone())?;
        for resumed_after in [draw.int(1..=5), draw.int(6..=11)] {
            let run = PruningRun { resumed_after: Some(resumed_after), ..run.clone() };
            let resumed = code.pruned_steps(run)?;
            let message = "a run that is resumed should end with the same bits";
            check::equal(message, &resumed.last(), &whole.last())?;
        }
    }
    Ok(())
}

fn pruning_refuses_a_state_without_masks(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let result = code.restore_without_masks();
    check::returns_error("a state without masks should be refused", result, "InvalidConfig")
}
