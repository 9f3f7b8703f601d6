//! The gradient of dropout.

use tinytorch::nn::{Dropout, Linear, Sequential};
use tinytorch::{Layer, Mode, Rng, Tensor, layer};

use super::assert_flows;
use crate::common::randn;

/// Dropout scaled the elements without recording the operation, so a layer
/// before it never changed. A kept element must pass its gradient on, times the
/// same factor; a dropped one passes 0.
#[test]
fn what_is_kept_passes_its_gradient() {
    let mut dropout = Dropout::new(0.5, 3).unwrap();
    dropout.set_mode(Mode::Train { step: 0 });
    let x = Tensor::ones(&[4, 8]).requires_grad();
    let output = dropout.forward(&x).unwrap();
    let gradients = output.sum_all().backward().unwrap();
    assert_flows(&gradients, &[("x", &x)]);
    assert_eq!(*gradients.get(&x).unwrap(), output);
}

#[test]
fn the_layer_in_front_learns() {
    for mode in [Mode::Train { step: 4 }, Mode::Eval] {
        let fc = Linear::new(5, 6, true, &mut Rng::new(1));
        let mut model = Sequential::new(vec![
            ("fc".to_string(), Box::new(fc) as Box<dyn Layer>),
            ("drop".to_string(), Box::new(Dropout::new(0.3, 9).unwrap())),
        ]);
        model.set_mode(mode);
        layer::track(&mut model);
        let output = model.forward(&randn(&[4, 5], 2)).unwrap();
        let gradients = output.sum_all().backward().unwrap();
        let parameters = model.parameters();
        let leaves: Vec<_> = parameters.iter().map(|(name, t)| (name.as_str(), *t)).collect();
        assert_flows(&gradients, &leaves);
    }
}
