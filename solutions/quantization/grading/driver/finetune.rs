//! Fine-tuned models.

use super::Native as _;
use super::contract::{FineTuning, Net, Network};
use course_data::{Array, array, layered, parameter_arrays, tensor};
use grader_protocol::Answer;
use quantization::{FakeQuantized, StorageFormat, StoredWeights};
use tinytorch::nn::Sequential;
use tinytorch::train::Labelled;
use tinytorch::{Layer, Tensor, layer};

pub(super) fn fake(
    (model, bits): (Network, u32),
    (next, again): (Network, bool),
    input: &Array,
    seed: &Array,
) -> Answer<(Array, Vec<Array>)> {
    let mut model = FakeQuantized::new(layered(&model)?, bits)?;
    let next = layered(&next)?;
    for ((_, parameter), (_, next)) in model.parameters_mut().into_iter().zip(next.parameters()) {
        parameter.clone_from(next);
    }
    if again {
        model.search_again()?;
    }
    layer::track(&mut model);
    let output = model.forward(&tensor(input)?)?;
    let gradients = output.backward_from(&tensor(seed)?)?;
    let gradient =
        |tensor: &Tensor| gradients.get(tensor).map_or_else(|| array(&Tensor::zeros(&[0])), array);
    let gradients = model.parameters().iter().map(|(_, parameter)| gradient(parameter)).collect();
    Ok((array(&output), gradients))
}

/// The parameters of the tuned model, and its answers to other inputs once it is stored.
pub(super) fn fine_tune(
    model: Sequential,
    data: &Labelled,
    tuning: FineTuning,
    others: &Tensor,
) -> Answer<(Vec<Array>, Vec<usize>)> {
    let bits = tuning.bits;
    let mut model = if tuning.epochs == 0 {
        model
    } else {
        quantization::fine_tune(model, data, tuning.native())?
    };
    let tuned = parameter_arrays(&model);
    StoredWeights::new(&model, |_| StorageFormat::Integer { bits })?.load_into(&mut model)?;
    Ok((tuned, model.forward(others)?.argmax_axis(1)?))
}

pub(super) fn digits(training: usize, tuning: FineTuning, scans: &str) -> Answer<Vec<usize>> {
    let train = tinytorch::data::digits::train()?;
    let images = train.images.slice_axis(0, 0, training)?;
    let data = Labelled::new(&images, train.labels[..training].to_vec())?;
    let cnn = layered(&Network::Net(Net::TrainedCnn))?;
    Ok(fine_tune(cnn, &data, tuning, &course_data::scans(scans)?)?.1)
}
