//! Task `compressor`: a model within a budget.

use super::known::{Known, attempt, with_a_large_bias};
use super::prelude::*;
use crate::contract::{CompressedModel, CompressionReport, ModelCompressor};
use crate::oracle::{codebook, magnitude};
use course_oracle::digits::HeldOut;
use course_oracle::nets::parameters;
use course_oracle::sectors::{Sectors, bias_movement, mlp, nearly_silent};
use grader_judge::Failure;

cases! { task "compressor", client Client;
    /// The file holds the parameters that the model has afterwards, and another process decodes them.
    compressed_files_are_decoded_elsewhere;
    /// The sparsity is that of all weights together, and the bits bound the values of each weight.
    compressed_models_have_sparsity_and_bits;
    /// Of the sparsities in their order, and of the bits in theirs, the first within the budget is returned, and the others are reported.
    compress_takes_the_first_within_the_budget after [compressed_files_are_decoded_elsewhere];
    /// The accuracy is that of the decoded file, whose biases are bytes.
    compress_measures_what_was_decoded after [compressed_files_are_decoded_elsewhere];
    /// Each sparsity starts from the model as it was given.
    each_sparsity_starts_from_the_given_model;
    /// Other bits start from the pruned model, not from fewer values.
    other_bits_start_from_the_pruned_model;
    /// Half of the budget is a margin.
    compress_leaves_half_of_the_budget after [compress_takes_the_first_within_the_budget];
    /// One image may be lost if the budget allows one, and none if it does not.
    compress_may_lose_one_image after [compress_takes_the_first_within_the_budget];
    /// The passes and the learning rate are those asked for, and a third of them for codebooks.
    compress_follows_the_schedule;
    /// The order of the data follows the seed.
    compress_depends_on_the_seed after [compressed_files_are_decoded_elsewhere];
    /// With a budget that cannot be kept, all attempts are told, and the model has its parameters.
    compress_gives_the_model_back_if_nothing_fits;
    /// Also when a step fails behind the pruning.
    compress_gives_the_model_back_after_an_error;
    /// Nothing to try, budgets and sparsities that do not exist are refused.
    compress_refuses;
    /// The trained MLP in a fortieth of its bytes keeps its budget on digits that nobody has seen.
    compressed_mlp_is_a_fortieth after [compressed_files_are_decoded_elsewhere];
}

fn report(of: &CompressedModel) -> Result<CompressionReport, Failure> {
    let message = "a budget that is kept should give a file";
    of.report.clone().ok_or_else(|| wrong(message, format!("{:?}", of.error)))
}

fn same_parameters(
    message: &'static str,
    got: &[Array],
    expected: impl Iterator<Item = Vec<f32>>,
) -> CaseVerdict {
    let expected: Vec<Vec<f32>> = expected.collect();
    check::equal("the number of parameters", &got.len(), &expected.len())?;
    got.iter()
        .zip(expected)
        .try_for_each(|(got, expected)| same_bits(message, &got.data.0, &expected))
}

fn is_as_given(known: &Known, after: &CompressedModel) -> CaseVerdict {
    let given = parameters(&known.network).into_iter().map(|of| of.numbers);
    same_parameters("the model should have its parameters back", &after.parameters, given)
}

fn compressed_files_are_decoded_elsewhere(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let known = Known::draw(draw);
    let got = known.tried(code, attempt(0.5, 3))?;
    code.fresh_process()?;
    let decoded = code.decode(got.file)?;
    let numbers = decoded.into_iter().map(|(_, of)| of.data.0);
    same_parameters("the model should have what the file holds", &got.parameters, numbers)
}

fn compressed_models_have_sparsity_and_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let known = Known::draw(draw);
    for bits in [1, 3] {
        let sparsity = draw.real(0.2, 0.8);
        let got = known.tried(code, attempt(sparsity, bits))?;
        let report = report(&got)?;
        check::equal("what was chosen", &(report.sparsity, report.bits), &(sparsity, bits))?;
        let weights: Vec<&Array> = got.parameters.iter().filter(|of| of.shape.len() > 1).collect();
        let len: usize = weights.iter().map(|of| of.data.0.len()).sum();
        let zeros: usize = weights.iter().map(|of| count_of_zeros(of)).sum();
        let message = "the share of zeros among all weights";
        check::equal(message, &zeros, &magnitude::count(sparsity, len))?;
        let values = weights.iter().map(|of| codebook::distinct_values(&of.data.0)).max();
        let message = "a weight should have at most as many values as its codebook";
        check::that(values <= Some(1 << bits), message, || format!("{values:?} with {bits} bits"))?;
    }
    Ok(())
}

/// The report that follows from what each attempt gives on its own.
fn expected(
    known: &Known,
    code: &mut Client,
    how: &ModelCompressor,
    places: &[usize],
) -> Result<Option<CompressionReport>, Failure> {
    let image = 1.0 / places.len() as f64;
    let allowed = (how.max_accuracy_loss / 2.0).max(image.min(how.max_accuracy_loss));
    let mut rejected = Vec::new();
    for sparsity in &how.sparsities {
        for bits in &how.bits {
            let got = known.tried(code, attempt(*sparsity, *bits))?;
            let (kept, _) = known.split(&got.parameters);
            let right = places.iter().filter(|at| kept.contains(at)).count();
            let after = right as f64 / places.len() as f64;
            if 1.0 - after <= allowed + 1e-9 {
                let (sparsity, bits) = (*sparsity, *bits);
                let accuracy = (1.0, after);
                return Ok(Some(CompressionReport { sparsity, bits, accuracy, rejected }));
            }
            rejected.push((*sparsity, *bits, after));
        }
    }
    Ok(None)
}

fn compress_takes_the_first_within_the_budget(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let known = Known::draw(draw);
        let places: Vec<usize> = (100..100 + draw.int(60..=200)).collect();
        let budget = draw.real(0.1, 0.3);
        let (sparsities, bits) = (vec![0.8, 0.6, 0.3, 0.0], vec![1, 3, 6]);
        let how =
            ModelCompressor { max_accuracy_loss: budget, sparsities, bits, ..attempt(0.0, 8) };
        let expected = expected(&known, code, &how, &places)?;
        let got = known.compress(code, how, known.labelled(&places))?;
        let Some(expected) = expected else {
            check::equal("no attempt keeps the budget", &got.report, &None)?;
            continue;
        };
        let report = report(&got)?;
        let chosen = (report.sparsity, report.bits);
        let message =
            "the first sparsity and bits, in the order asked for, that keep half of the budget";
        check::equal(message, &chosen, &(expected.sparsity, expected.bits))?;
        let lists = |of: &CompressionReport| -> Vec<_> {
            of.rejected.iter().map(|(sparsity, bits, _)| (*sparsity, *bits)).collect()
        };
        check::equal("what was rejected before", &lists(&report), &lists(&expected))?;
        let accuracies = |of: &CompressionReport| -> Vec<f64> {
            let all = of.rejected.iter().map(|(.., accuracy)| *accuracy);
            all.chain([of.accuracy.0, of.accuracy.1]).collect()
        };
        let message = "the accuracy of each attempt, before and after";
        check::all_close(message, &accuracies(&report), &accuracies(&expected), 0.0, 1e-9)?;
    }
    Ok(())
}

fn compress_measures_what_was_decoded(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let known = with_a_large_bias(draw);
        let tried = known.tried(code, attempt(0.05, 8))?;
        let (kept, others) = known.split(&tried.parameters);
        // As many that the decoded model takes for something else as there are, and some others.
        let places: Vec<usize> = others.iter().chain(kept.iter().take(50)).copied().collect();
        let got = known.compress(code, attempt(0.05, 8), known.labelled(&places))?;
        let accuracy = report(&got)?.accuracy;
        check::close("the given model's accuracy", accuracy.0, 1.0, 0.0, 1e-9)?;
        let expected = kept.len().min(50) as f64 / places.len() as f64;
        let message = "the accuracy of the model that the file decodes to, on the validation data";
        check::close(message, accuracy.1, expected, 0.0, 1e-9)?;
    }
    Ok(())
}

/// Points that the first attempt loses, so that it is rejected, and the second one does not.
fn rejecting(
    known: &Known,
    code: &mut Client,
    [first, second]: [ModelCompressor; 2],
) -> Result<(CompressedModel, Vec<usize>), Failure> {
    let (_, lost) = known.split(&known.tried(code, first)?.parameters);
    let alone = known.tried(code, second)?;
    let (kept, _) = known.split(&alone.parameters);
    let places = lost.into_iter().filter(|at| kept.contains(at)).collect();
    Ok((alone, places))
}

/// What comes second gives the same file as it does alone.
fn comes_second(
    code: &mut Client,
    draw: &mut Draw,
    message: &'static str,
    [first, second]: [(f64, u32); 2],
) -> CaseVerdict {
    for _ in 0..3 {
        let known = Known::draw(draw);
        let attempts = [first, second].map(|(sparsity, bits)| attempt(sparsity, bits));
        let (alone, places) = rejecting(&known, code, attempts)?;
        if places.is_empty() {
            continue;
        }
        let both = if first.0 == second.0 {
            ModelCompressor { bits: vec![first.1, second.1], ..attempt(first.0, 8) }
        } else {
            ModelCompressor { sparsities: vec![first.0, second.0], ..attempt(0.0, first.1) }
        };
        let both = ModelCompressor { max_accuracy_loss: 0.2, ..both };
        let got = known.compress(code, both, known.labelled(&places))?;
        let rejected = report(&got)?.rejected.len();
        check::equal("the first attempt should be rejected", &rejected, &1)?;
        check::equal(message, &got.file, &alone.file)?;
    }
    Ok(())
}

fn each_sparsity_starts_from_the_given_model(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each sparsity should be pruned from the model as it was given";
    comes_second(code, draw, message, [(0.9, 8), (0.1, 8)])
}

fn other_bits_start_from_the_pruned_model(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each number of bits should start from the pruned model";
    comes_second(code, draw, message, [(0.1, 1), (0.1, 6)])
}

/// A validation set of which an attempt loses exactly this many, and whether the budget accepts it.
fn accepts(
    code: &mut Client,
    draw: &mut Draw,
    (lost, of): (usize, usize),
    budget: f64,
) -> Result<bool, Failure> {
    for _ in 0..20 {
        let known = Known::draw(draw);
        let how = ModelCompressor { max_accuracy_loss: budget, ..attempt(0.7, 3) };
        let (kept, others) = known.split(&known.tried(code, attempt(0.7, 3))?.parameters);
        if others.len() < lost || kept.len() < of - lost {
            continue;
        }
        let places = [&others[..lost], &kept[..of - lost]].concat();
        let got = known.compress(code, how, known.labelled(&places))?;
        return Ok(got.report.is_some());
    }
    Err(wrong("a model without most of its weights should lose some answers", format!("{lost}")))
}

fn compress_leaves_half_of_the_budget(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let within = accepts(code, draw, (10, 100), 0.2)?;
    check::that(within, "half of the budget may be lost", || "refused".to_owned())?;
    for lost in [11, 15, 20] {
        let beyond = accepts(code, draw, (lost, 100), 0.2)?;
        let message = "what loses more than half of the budget should be rejected";
        check::that(!beyond, message, || format!("{lost} of 100"))?;
    }
    Ok(())
}

fn compress_may_lose_one_image(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let one = accepts(code, draw, (1, 50), 0.03)?;
    let message = "if half of the budget is less than an image, one image may be lost";
    check::that(one, message, || "1 of 50 with a budget of 0.03".to_owned())?;
    let two = accepts(code, draw, (2, 50), 0.05)?;
    check::that(!two, "two images are more than one", || "2 of 50 with 0.05".to_owned())?;
    let none = accepts(code, draw, (1, 50), 0.015)?;
    let message = "a budget of less than an image allows none";
    check::that(!none, message, || "1 of 50 with a budget of 0.015".to_owned())?;
    let none = accepts(code, draw, (0, 50), 0.0)?;
    check::that(none, "a budget of 0 allows what loses nothing", || "refused".to_owned())
}

/// A bias whose gradient keeps its sign moves by the learning rate in each step of Adam.
fn compress_follows_the_schedule(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let count = draw.int(140..=300);
        let train = (rows(&[count, 3], normals(draw, 3 * count)), vec![1; count]);
        let model = nearly_silent(draw);
        let epochs = *draw.pick(&[4, 5, 7, 8]);
        let learning_rate = draw.real(5e-4, 1e-3);
        let how = ModelCompressor { epochs, learning_rate, ..attempt(0.0, 4) };
        let got = code.compress(model.clone(), how, train.clone(), train)?;
        check::equal("nothing is lost, so nothing should be refused", &got.error, &None)?;
        let batches = count.div_ceil(64);
        let steps = |epochs: usize| (batches * epochs) as f64;
        let movement = learning_rate * (steps(epochs) + 1.0) / 2.0
            + learning_rate / 3.0 * (steps(epochs.div_ceil(3)) + 1.0) / 2.0;
        let message = "a bias whose gradient keeps its sign should move by the sum of the learning rates: of all passes \
                       while pruning, and of a third of the passes with a third of the rate while sharing, in batches of 64";
        check::close(message, bias_movement(&model, &got.parameters), movement, 0.04, 0.0)?;
    }
    Ok(())
}

fn compress_depends_on_the_seed(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let data = Sectors::draw(draw).points(150, draw);
    let network = mlp(&[2, 6, 3], draw);
    let seed = draw.bits();
    let mut file = |seed| {
        let how = ModelCompressor { learning_rate: 0.01, epochs: 3, seed, ..attempt(0.3, 6) };
        code.compress(network.clone(), how, data.clone(), data.clone())
    };
    let (first, second, other) = (file(seed)?, file(seed)?, file(seed ^ 1)?);
    check::equal("the same seed should give the same file", &second.file, &first.file)?;
    let message = "another seed should shuffle the data in another way";
    check::that(other.file != first.file, message, || format!("{:?}", first.error))
}

fn compress_gives_the_model_back_if_nothing_fits(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let known = Known::draw(draw);
    let attempts = [attempt(0.9, 1), attempt(0.8, 1)];
    let (_, first) = known.split(&known.tried(code, attempts[0].clone())?.parameters);
    let (_, second) = known.split(&known.tried(code, attempts[1].clone())?.parameters);
    let places: Vec<usize> = first.into_iter().filter(|at| second.contains(at)).collect();
    let how = ModelCompressor {
        max_accuracy_loss: 0.1,
        sparsities: vec![0.9, 0.8],
        ..attempts[0].clone()
    };
    let got = known.compress(code, how, known.labelled(&places))?;
    let error = got.error.clone().unwrap_or_default();
    let told = ["ModelCompressor::compress", "0.9", "0.8"].iter().all(|part| error.contains(part));
    let message = "an error should name the operation and all attempts";
    check::that(told, message, || format!("{:?}", got.error))?;
    is_as_given(&known, &got)
}

fn compress_gives_the_model_back_after_an_error(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let known = Known::draw(draw);
    for bits in [0, 9] {
        let got = known.compress(code, attempt(0.5, bits), known.training())?;
        let message = "bits that do not exist should be refused";
        check::that(got.error.is_some(), message, || format!("{bits} bits"))?;
        is_as_given(&known, &got)?;
    }
    Ok(())
}

fn compress_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let known = Known::draw(draw);
    let good = attempt(0.5, 4);
    let mut all = vec![
        ModelCompressor { sparsities: vec![], ..good.clone() },
        ModelCompressor { bits: vec![], ..good.clone() },
    ];
    for budget in [-0.01, 1.01, f64::NAN] {
        all.push(ModelCompressor { max_accuracy_loss: budget, ..good.clone() });
    }
    for sparsity in [-0.1, 1.5, f64::NAN] {
        // Also behind one that would do.
        all.push(ModelCompressor { sparsities: vec![0.5, sparsity], ..good.clone() });
    }
    for how in all {
        let told = format!("{how:?}");
        let got = known.compress(code, how, known.training())?;
        let error = got.error.clone().unwrap_or_default();
        let message = "what cannot be tried should be refused by name before anything is tried";
        check::that(error.contains("ModelCompressor::compress"), message, || {
            format!("{told}: {:?}", got.error)
        })?;
        is_as_given(&known, &got)?;
    }
    Ok(())
}

/// The plain file has 438,200 bytes. The reference gives some 9,100 within a second, and loses one digit of 355.
fn compressed_mlp_is_a_fortieth(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let digits = HeldOut::all();
    let how = ModelCompressor {
        max_accuracy_loss: 0.02,
        sparsities: vec![0.9],
        bits: vec![3, 4],
        epochs: 12,
        learning_rate: 2e-3,
        seed: draw.bits(),
    };
    let got = code.compress_mlp(how)?;
    check::equal("the budget can be kept", &got.error, &None)?;
    let message = "the file should be shorter than a fortieth of the plain one";
    check::that(40 * got.file.len() < 438_200, message, || got.file.len().to_string())?;
    code.fresh_process()?;
    let answers = code.decoded_digits(vec![784, 128, 64, 10], got.file, digits.scans.clone())?;
    let right = digits.right(&answers);
    // The given model reads 352 of 355.
    let message = "the decoded model should keep the budget of 2 points on held-out digits";
    check::that(right >= 345, message, || format!("{right} of 355"))
}
