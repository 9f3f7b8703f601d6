//! Task `structured`: the model that is left.

use super::prelude::*;
use crate::oracle::structured;
use course_oracle::digits::HeldOut;
use course_oracle::networks;
use grader_protocol::CallFailure;

cases! { task "structured", client Client;
    /// The smaller MLP has the parameters of the neurons that were kept, in the order of the lists.
    kept_neurons_have_their_parameters;
    /// Its outputs are those of the large MLP whose other neurons are silent.
    kept_neurons_give_the_masked_outputs;
    /// Inputs and classes all stay.
    inputs_and_classes_stay;
    /// Lists that are empty, too few, too many, or name a neuron twice or one that does not exist, are refused.
    keep_neurons_refuses;
    /// The smaller CNN has the parameters of the filters that were kept.
    kept_filters_have_their_parameters;
    /// Its outputs are those of the large CNN whose other filters are silent, through pooling and flattening.
    kept_filters_give_the_masked_outputs;
    /// Lists that are empty, or name a filter twice or one that does not exist, are refused.
    keep_filters_refuses;
    /// The neurons with the least norms are removed, as many of each layer as asked for, by the norms of the given model.
    pruned_neurons_have_the_least_norms after [kept_neurons_have_their_parameters];
    /// The same for filters.
    pruned_filters_have_the_least_norms after [kept_filters_have_their_parameters];
    /// One neuron or filter of each layer stays when all are to be removed, and all stay when none is.
    pruning_leaves_at_least_one;
    /// A share below `0`, above `1` or NaN is refused.
    pruning_refuses_other_shares;
    /// Without a quarter of its filters, the trained CNN reads nearly as many digits that nobody has seen.
    pruned_cnn_reads_held_out_digits after [pruned_filters_have_the_least_norms];
}

/// What a request gives: parameters and outputs.
type Outcome = Result<(Vec<Array>, Array), CallFailure>;

/// Compares the parameters exactly, and the outputs with those of a large model.
fn is_smaller(outcome: Outcome, expected: &[structured::Numbers], outputs: &[f64]) -> CaseVerdict {
    let (parameters, output) = outcome?;
    let parameters: Vec<_> = parameters.iter().map(elements).collect();
    check::equal("the smaller model's parameters", &parameters, &expected.to_vec())?;
    outputs_are(&output, outputs)
}

fn outputs_are(output: &Array, expected: &[f64]) -> CaseVerdict {
    let got = wide(&output.data.0);
    check::all_close("outputs of the masked large model", &got, expected, 1e-4, 1e-4)
}

/// Some of `count` indices, at least one, in a drawn order.
fn some(draw: &mut Draw, count: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..count).collect();
    draw.shuffle(&mut all);
    all.truncate(draw.int(1..=count));
    all
}

/// An MLP with two hidden layers, some of whose neurons are kept, and rows of inputs.
fn mlp_with_kept(draw: &mut Draw) -> (Net, Vec<Vec<usize>>, Array) {
    mlp_of(draw, 2)
}

/// The same with so many hidden layers.
fn mlp_of(draw: &mut Draw, hidden: usize) -> (Net, Vec<Vec<usize>>, Array) {
    let mut sizes = vec![draw.int(3..=6)];
    sizes.extend((0..hidden).map(|_| draw.int(4..=9)));
    let kept = sizes[1..].iter().map(|count| some(draw, *count)).collect();
    sizes.push(draw.int(2..=4));
    let input = rows(&[3, sizes[0]], normals(draw, 3 * sizes[0]));
    (networks::drawn(Net::Mlp(sizes, Vec::new()), draw), kept, input)
}

fn kept_neurons_have_their_parameters(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for hidden in [0, 1, 2, 3] {
        let (classifier, kept, input) = mlp_of(draw, hidden);
        let expected = structured::fewer_neurons(&classifier, &kept);
        let (parameters, _) = code.keep_neurons(classifier, kept, input)?;
        let parameters: Vec<_> = parameters.iter().map(elements).collect();
        check::equal("the parameters of what was kept", &parameters, &expected)?;
    }
    Ok(())
}

fn kept_neurons_give_the_masked_outputs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for hidden in [0, 1, 2, 3] {
        let (classifier, kept, input) = mlp_of(draw, hidden);
        let expected =
            networks::forward(&classifier, &structured::masked(&classifier, &kept), &input.data.0);
        let (_, output) = code.keep_neurons(classifier, kept, input)?;
        outputs_are(&output, &expected)?;
    }
    Ok(())
}

fn inputs_and_classes_stay(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (classifier, _, input) = mlp_with_kept(draw);
    let Net::Mlp(sizes, _) = classifier.clone() else { unreachable!("an MLP") };
    let (parameters, output) = code.prune_neurons(classifier, 0.75, input.clone())?;
    let inputs = parameters.first().map(|of| elements(of).0[0]);
    check::equal("no input should be removed", &inputs, &Some(sizes[0]))?;
    check::equal("no class should be removed", &elements(&output).0, &vec![3, sizes[3]])?;
    // One layer has no neurons to remove.
    let single = networks::drawn(Net::Mlp(vec![sizes[0], 4], Vec::new()), draw);
    let weights = networks::weights(&single);
    let expected = networks::forward(&single, &structured::masked(&single, &[]), &input.data.0);
    let numbers = vec![(vec![sizes[0], 4], weights[0].clone()), (vec![4], weights[1].clone())];
    is_smaller(code.prune_neurons(single, 0.5, input), &numbers, &expected)
}

fn keep_neurons_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (classifier, kept, input) = mlp_with_kept(draw);
    let Net::Mlp(sizes, _) = &classifier else { unreachable!("an MLP") };
    let with = |at: usize, list: Vec<usize>| {
        let mut kept = kept.clone();
        kept[at] = list;
        kept
    };
    let bad = [
        kept[..1].to_vec(),
        [&kept[..], &[vec![0]]].concat(),
        with(0, vec![]),
        with(1, vec![]),
        with(0, vec![1, 0, 1]),
        with(1, vec![sizes[2]]),
    ];
    for kept in bad {
        let result = code.keep_neurons(classifier.clone(), kept, input.clone());
        refuses("these lists should be refused", result, "BadValue", "keep_neurons")?;
    }
    Ok(())
}

/// A CNN, some of whose filters are kept, and images.
fn cnn_with_kept(draw: &mut Draw) -> (Net, [Vec<usize>; 2], Array) {
    // After two stages, an image has 1 to 3 pixels each way.
    let (height, width) = (draw.int(10..=18), draw.int(14..=18));
    let sizes = [draw.int(1..=2), height, width, draw.int(2..=5), draw.int(2..=5), 3];
    let kept = [some(draw, sizes[3]), some(draw, sizes[4])];
    let shape = [2, sizes[0], sizes[1], sizes[2]];
    let images = rows(&shape, normals(draw, shape.iter().product()));
    (networks::drawn(Net::Cnn(sizes, Vec::new()), draw), kept, images)
}

fn kept_filters_have_their_parameters(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let (classifier, kept, images) = cnn_with_kept(draw);
        let expected = structured::fewer_filters(&classifier, &kept);
        let (parameters, _) = code.keep_filters(classifier, kept, images)?;
        let parameters: Vec<_> = parameters.iter().map(elements).collect();
        check::equal("the parameters of what was kept", &parameters, &expected)?;
    }
    Ok(())
}

fn kept_filters_give_the_masked_outputs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let (classifier, kept, images) = cnn_with_kept(draw);
        let expected = forward_each(&classifier, &structured::masked(&classifier, &kept), &images);
        let (_, output) = code.keep_filters(classifier, kept, images)?;
        outputs_are(&output, &expected)?;
    }
    Ok(())
}

/// The outputs for each image.
fn forward_each(classifier: &Net, parameters: &[Vec<f64>], images: &Array) -> Vec<f64> {
    let len = images.shape[1..].iter().product();
    let each = images.data.0.chunks(len);
    each.flat_map(|image| networks::forward(classifier, parameters, image)).collect()
}

fn keep_filters_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (classifier, [first, second], images) = cnn_with_kept(draw);
    let Net::Cnn(sizes, _) = &classifier else { unreachable!("a CNN") };
    let bad = [
        [vec![], second.clone()],
        [first.clone(), vec![]],
        [vec![0, 0], second.clone()],
        [first.clone(), vec![1, 0, 1]],
        [vec![sizes[3]], second],
        [first, vec![sizes[4]]],
    ];
    for kept in bad {
        let result = code.keep_filters(classifier.clone(), kept, images.clone());
        refuses("these lists should be refused", result, "BadValue", "keep_filters")?;
    }
    Ok(())
}

fn pruned_neurons_have_the_least_norms(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for hidden in [1, 2, 2, 3] {
        let (classifier, _, input) = mlp_of(draw, hidden);
        let fraction = draw.real(0.2, 0.8);
        let kept = structured::kept_by_norm(&classifier, fraction);
        let outputs =
            networks::forward(&classifier, &structured::masked(&classifier, &kept), &input.data.0);
        let expected = structured::fewer_neurons(&classifier, &kept);
        is_smaller(code.prune_neurons(classifier, fraction, input), &expected, &outputs)?;
    }
    Ok(())
}

fn pruned_filters_have_the_least_norms(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let (classifier, _, images) = cnn_with_kept(draw);
        let fraction = draw.real(0.2, 0.8);
        let kept = structured::kept_by_norm(&classifier, fraction);
        let outputs = forward_each(&classifier, &structured::masked(&classifier, &kept), &images);
        let kept = [kept[0].clone(), kept[1].clone()];
        let expected = structured::fewer_filters(&classifier, &kept);
        is_smaller(code.prune_filters(classifier, fraction, images), &expected, &outputs)?;
    }
    Ok(())
}

fn pruning_leaves_at_least_one(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (mlp, _, input) = mlp_with_kept(draw);
    let (cnn, _, images) = cnn_with_kept(draw);
    for (fraction, message) in
        [(1.0, "one of each layer should stay"), (0.0, "all should stay when none is removed")]
    {
        let kept = structured::kept_by_norm(&mlp, fraction);
        let expected = structured::fewer_neurons(&mlp, &kept);
        let (parameters, _) = code.prune_neurons(mlp.clone(), fraction, input.clone())?;
        let got: Vec<_> = parameters.iter().map(elements).collect();
        check::equal(message, &got, &expected)?;
        let kept = structured::kept_by_norm(&cnn, fraction);
        let expected = structured::fewer_filters(&cnn, &[kept[0].clone(), kept[1].clone()]);
        let (parameters, _) = code.prune_filters(cnn.clone(), fraction, images.clone())?;
        let got: Vec<_> = parameters.iter().map(elements).collect();
        check::equal(message, &got, &expected)?;
    }
    Ok(())
}

fn pruning_refuses_other_shares(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (mlp, _, input) = mlp_with_kept(draw);
    let (cnn, _, images) = cnn_with_kept(draw);
    for fraction in [-0.25, 1.25, f64::NAN] {
        let result = code.prune_neurons(mlp.clone(), fraction, input.clone());
        refuses("a share is 0 to 1", result, "BadValue", "prune_neurons")?;
        let result = code.prune_filters(cnn.clone(), fraction, images.clone());
        refuses("a share is 0 to 1", result, "BadValue", "prune_filters")?;
        // Without hidden layers as well.
        let (single, _, input) = mlp_of(draw, 0);
        let result = code.prune_neurons(single, fraction, input);
        refuses("a share is 0 to 1", result, "BadValue", "prune_neurons")?;
    }
    Ok(())
}

/// The dense CNN reads all of 355; without a quarter of its filters, 353. At opt-level 0 an image takes some 10 ms.
fn pruned_cnn_reads_held_out_digits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let digits = HeldOut::draw(80, draw);
    let right = digits.right(&code.pruned_cnn_digits(0.25, digits.scans.clone())?);
    let message = "without a quarter of its filters the CNN should read 9 of 10 held-out digits";
    check::that(10 * right >= 9 * digits.count(), message, || format!("{right} of 80"))
}
