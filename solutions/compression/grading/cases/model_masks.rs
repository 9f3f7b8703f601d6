//! Task `magnitude`: the masks of whole models.

use super::prelude::*;
use crate::oracle::magnitude;
use course_oracle::nets::{self, parameters};

cases! { task "magnitude", client Client;
    /// Layer by layer, each weight of a model has the sparsity that was asked for.
    per_layer_is_exact_in_each;
    /// Of all weights together, the least are pruned: more of them where weights are small.
    global_takes_more_where_weights_are_small;
    /// Of equal magnitudes in several weights, those of the first parameter are pruned first.
    global_ties_follow_the_model;
    /// Biases and normalizations have no mask, however small they are, and do not count.
    biases_and_normalizations_have_no_mask;
    /// A model with a weight that is not finite is refused, and so are other sparsities.
    prune_model_refuses;
    /// Masks set weights to zero, and everything else stays as it is: also which tensors are trained.
    apply_masks_changes_weights_alone;
    /// A mask for a parameter that does not exist, or of another shape, is refused, and the model does not change.
    apply_masks_refuses_before_it_changes_anything;
}

/// Classifiers of both kinds, and a GPT.
fn drawn_networks(draw: &mut Draw) -> [Network; 3] {
    [Network::Net(nets::mlp(draw)), Network::Net(nets::cnn(draw)), nets::gpt(draw)]
}

/// The masks in the order of their names: a GPT's parameters may be listed in another order.
fn sorted(masks: ModelMasks) -> Vec<(String, Mask)> {
    let mut masks = masks.masks;
    masks.sort_by(|a, b| a.0.cmp(&b.0));
    masks
}

fn per_layer_is_exact_in_each(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for network in drawn_networks(draw) {
        let sparsity = draw.real(0.2, 0.8);
        let expected = magnitude::per_layer(&parameters(&network), sparsity);
        let masks = code.prune_model(network, sparsity, Scope::PerLayer)?;
        check::equal("the masks of each weight", &sorted(masks), &sorted(expected))?;
    }
    Ok(())
}

/// An MLP whose layers differ in size by a factor of five.
fn uneven(draw: &mut Draw) -> Net {
    let Net::Mlp(sizes, mut weights) = nets::mlp(draw) else { unreachable!("an MLP") };
    for (at, weight) in weights.iter_mut().enumerate() {
        let factor = if at / 2 % 2 == 0 { 0.2 } else { 1.0 };
        weight.0.iter_mut().for_each(|x| *x *= factor);
    }
    Net::Mlp(sizes, weights)
}

fn global_takes_more_where_weights_are_small(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let network = Network::Net(uneven(draw));
        let sparsity = draw.real(0.3, 0.7);
        let expected = magnitude::global(&parameters(&network), sparsity);
        let masks = code.prune_model(network, sparsity, Scope::Global)?;
        check::equal("the masks of all weights in one order", &masks, &expected)?;
    }
    let cnn = Network::Net(nets::cnn(draw));
    let expected = magnitude::global(&parameters(&cnn), 0.5);
    let masks = code.prune_model(cnn, 0.5, Scope::Global)?;
    check::equal("the masks of all weights in one order", &masks, &expected)
}

fn global_ties_follow_the_model(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sizes = vec![draw.int(3..=5), draw.int(3..=5), draw.int(3..=5)];
    let mut alike = |count: usize| {
        let sign = |draw: &mut Draw| if draw.int(0..=1) == 0 { 0.5 } else { -0.5 };
        Floats((0..count).map(|_| sign(draw)).collect())
    };
    let weights = sizes.windows(2).flat_map(|pair| [alike(pair[0] * pair[1]), alike(pair[1])]);
    let network = Network::Net(Net::Mlp(sizes.clone(), weights.collect()));
    let expected = magnitude::global(&parameters(&network), 0.4);
    let masks = code.prune_model(network, 0.4, Scope::Global)?;
    check::equal("of equal magnitudes, the first in the model", &masks, &expected)
}

fn biases_and_normalizations_have_no_mask(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for network in drawn_networks(draw) {
        let all = parameters(&network);
        let weights = all.iter().filter(|of| of.is_weight());
        let elements: usize = weights.clone().map(|of| of.numbers.len()).sum();
        let mut names: Vec<&str> = weights.map(|of| of.name.as_str()).collect();
        names.sort_unstable();
        let masks = sorted(code.prune_model(network, 0.75, Scope::Global)?);
        let masked: Vec<&str> = masks.iter().map(|(name, _)| name.as_str()).collect();
        check::equal("the parameters with two or more axes have masks", &masked, &names)?;
        let kept = |mask: &Mask| mask.kept.iter().filter(|kept| !**kept).count();
        let pruned: usize = masks.iter().map(|(_, mask)| kept(mask)).sum();
        let expected = magnitude::count(0.75, elements);
        check::equal("sparsity should be a share of the weights alone", &pruned, &expected)?;
    }
    Ok(())
}

fn prune_model_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let Net::Mlp(sizes, mut weights) = nets::mlp(draw) else { unreachable!("an MLP") };
    for scope in [Scope::PerLayer, Scope::Global] {
        for sparsity in [-0.25, 1.25, f64::NAN] {
            let network = Network::Net(Net::Mlp(sizes.clone(), weights.clone()));
            let result = code.prune_model(network, sparsity, scope);
            refuses("a sparsity is 0 to 1", result, "BadValue", "prune_model")?;
        }
    }
    let last = weights.len() - 2;
    weights[last].0[0] = f32::NAN;
    for scope in [Scope::PerLayer, Scope::Global] {
        let network = Network::Net(Net::Mlp(sizes.clone(), weights.clone()));
        let result = code.prune_model(network, 0.5, scope);
        refuses("a weight that is NaN", result, "NotFinite", "prune_model")?;
    }
    Ok(())
}

fn apply_masks_changes_weights_alone(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for classifier in [nets::mlp(draw), nets::cnn(draw)] {
        let network = Network::Net(classifier);
        let all = parameters(&network);
        let mut masks = magnitude::per_layer(&all, draw.real(0.2, 0.8));
        // Not all weights need a mask.
        masks.masks.pop();
        let (error, after, same) = code.apply_masks(network, masks.clone())?;
        check::equal("masks that fit", &error, &None)?;
        check::equal("a parameter should stay the leaf that it was", &same, &true)?;
        for (of, after) in all.iter().zip(&after) {
            let expected = (of.shape.clone(), magnitude::masked(of, &masks));
            check::equal("a parameter with its mask", &elements(after), &expected)?;
        }
    }
    Ok(())
}

fn apply_masks_refuses_before_it_changes_anything(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let network = Network::Net(nets::mlp(draw));
    let all = parameters(&network);
    let masks = magnitude::per_layer(&all, 0.5);
    let mut unknown = masks.clone();
    let (name, _) = unknown.masks.last_mut().expect("a weight");
    "fc99.weight".clone_into(name);
    let mut other = masks;
    let (_, mask) = other.masks.last_mut().expect("a weight");
    mask.shape.push(1);
    let shape = format!("{:?}", mask.shape);
    for (masks, named) in [(unknown, "fc99.weight"), (other, shape.as_str())] {
        let (error, after, _) = code.apply_masks(network.clone(), masks)?;
        let error = error.unwrap_or_default();
        let is_named = error.contains("apply_masks") && error.contains(named);
        check::that(is_named, "the error should name the mask", || format!("{error:?}"))?;
        for (of, after) in all.iter().zip(&after) {
            check::equal("the model should not change", &elements(after).1, &of.numbers)?;
        }
    }
    Ok(())
}
