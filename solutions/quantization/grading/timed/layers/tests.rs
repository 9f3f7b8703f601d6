use super::*;
use crate::oracle::dynamic;

/// Small enough for the definition.
const SMALL: Sizes = Sizes {
    images: 3,
    channels: 5,
    filters: 9,
    image: (6, 7),
    kernel: (3, 2),
    window: Window { stride: (2, 1), padding: (1, 2) },
};

fn small(kind: LayerKind) -> Layers {
    let sizes = match kind {
        LayerKind::Linear => Sizes { image: (1, 1), kernel: (1, 1), window: PLAIN, ..SMALL },
        LayerKind::Conv2d => SMALL,
    };
    let other = Sizes { channels: 2, filters: 4, ..sizes };
    Layers::of_sizes(Draw::new(7, "verify"), kind, vec![sizes, other])
}

/// The right answer to a question, by the oracle of the cases.
fn answer(work: &Layers, batch: &CallBatch, at: usize) -> Array {
    let layers: Vec<TimedLayer> = wire::from_bytes(batch.set_up.as_ref().unwrap()).unwrap();
    let TimedInput { layer, input } = wire::from_bytes(&batch.inputs[at]).unwrap();
    let TimedLayer { weight, bias, window } = &layers[layer];
    let (shape, output) = match work.kind {
        LayerKind::Linear => dynamic::linear(weight, Some(&bias.0), &input),
        LayerKind::Conv2d => dynamic::conv(weight, Some(&bias.0), *window, &input),
    };
    plain(output, shape)
}

fn answered(kind: LayerKind, spoil: impl Fn(&mut [f32])) -> CaseVerdict {
    let mut work = small(kind);
    let batch = work.batch(2);
    assert_ne!(batch.inputs[0], batch.inputs[1]);
    let outputs = [0, 1].map(|at| {
        let mut output = answer(&work, &batch, at);
        spoil(&mut output.data.0);
        wire::to_bytes(&TimedOutput::Bytes(output))
    });
    work.verify(&outputs[..1])?;
    work.verify(&outputs)?;
    let next = work.batch(2);
    assert_eq!(next.set_up, batch.set_up);
    assert_ne!(next.inputs[0], batch.inputs[0]);
    assert!(work.verify(&outputs).is_err(), "the answers of the batch before were right");
    Ok(())
}

const KINDS: [LayerKind; 2] = [LayerKind::Linear, LayerKind::Conv2d];

#[test]
fn right_answers_are_right() {
    for kind in KINDS {
        answered(kind, |_| ()).unwrap();
    }
}

#[test]
fn one_wrong_element_is_seen() {
    for kind in KINDS {
        for wrong in [f32::NAN, f32::INFINITY, 0.0, 1e30] {
            assert!(answered(kind, |data| data[11] = wrong).is_err());
        }
        // One bit, and one unit of the sums or so.
        assert!(answered(kind, |data| data[11] = f32::from_bits(data[11].to_bits() + 1)).is_err());
        assert!(answered(kind, |data| data[11] += 2.0 / 255.0 / 127.0).is_err());
    }
}

/// The sums themselves are wrong, but each output is what the formula makes of some sum.
#[test]
fn exchanged_outputs_are_seen() {
    // A pixel that is not in the padding, and the same of the next image.
    let pixel = SMALL.output_pixels() / 2;
    let next = pixel + SMALL.output_pixels() * SMALL.filters;
    assert!(answered(LayerKind::Conv2d, |data| data.swap(pixel, pixel + 1)).is_err());
    assert!(answered(LayerKind::Conv2d, |data| data.swap(pixel, next)).is_err());
    assert!(answered(LayerKind::Linear, |data| data.swap(0, SMALL.filters)).is_err());
}

/// What was not quantized is no answer of a layer of bytes; and a baseline has to be near the product.
#[test]
fn a_product_of_floats_passes_as_the_baseline_only() {
    let mut work = small(LayerKind::Linear);
    let batch = work.batch(1);
    let layers: Vec<TimedLayer> = wire::from_bytes(batch.set_up.as_ref().unwrap()).unwrap();
    let TimedInput { input, .. } = wire::from_bytes(&batch.inputs[0]).unwrap();
    let (weight, outputs) = (&layers[0].weight.data.0, SMALL.filters);
    let element = |at: usize| -> f32 {
        let row = &input.data.0[at / outputs * SMALL.channels..][..SMALL.channels];
        let column = weight.iter().skip(at % outputs).step_by(outputs);
        row.iter().zip(column).map(|(x, w)| x * w).sum()
    };
    let mut product: Vec<f32> = (0..SMALL.images * outputs).map(element).collect();
    let output = |data: &[f32]| plain(data.to_vec(), vec![SMALL.images, outputs]);
    work.verify(&[wire::to_bytes(&TimedOutput::Baseline(output(&product)))]).unwrap();
    let biased = product.iter().enumerate().map(|(at, x)| x + layers[0].bias.0[at % outputs]);
    let biased: Vec<f32> = biased.collect();
    assert!(work.verify(&[wire::to_bytes(&TimedOutput::Bytes(output(&biased)))]).is_err());
    product[5] += 0.01;
    assert!(work.verify(&[wire::to_bytes(&TimedOutput::Baseline(output(&product)))]).is_err());
}

#[test]
fn what_is_asked_beside_is_verified() {
    for kind in KINDS {
        let mut work = small(kind);
        for _ in 0..12 {
            let Some(aside) = work.aside() else { continue };
            let mut output = answer(&work, &aside, 0);
            work.verify(&[wire::to_bytes(&TimedOutput::Bytes(output.clone()))]).unwrap();
            output.data.0[0] += 0.5;
            assert!(work.verify(&[wire::to_bytes(&TimedOutput::Bytes(output))]).is_err());
        }
    }
}
