//! Layers in bytes: who gives which result, and which results are refused.

use peers::exchange::{Array, Arrays};
use peers::int8::check::Exact;
use peers::int8::packed::PackedLinear;
use peers::int8::problem::{Shape, problem};
use peers::int8::{Way, subjects};

const LINEAR: Shape = Shape::Linear { rows: 13, inputs: 300, outputs: 37 };
const SINGLE: Shape = Shape::Linear { rows: 1, inputs: 300, outputs: 140 };
const CONVOLUTION: Shape = Shape::Convolution { images: 2, channels: 6, side: 7, filters: 5 };

const OURS: [(&str, Way); 4] = [
    ("int8-base", Way::Floats),
    ("int8-tinytorch", Way::Floats),
    ("int8-dynamic", Way::Dynamic),
    ("int8-codes", Way::Codes),
];

fn output(worker: &str, problem: &Arrays) -> Array {
    let mut subject = subjects::make(worker, problem).unwrap().unwrap();
    // A second time: nothing of the first may be left.
    subject.compute().unwrap();
    subject.output().unwrap()["output"].clone()
}

#[test]
fn all_of_ours_compute_the_same_layer() {
    for shape in [LINEAR, SINGLE, CONVOLUTION] {
        let problem = problem(shape).unwrap();
        let exact = Exact::new(&problem).unwrap();
        for (worker, way) in OURS {
            let error = exact.error(way, &output(worker, &problem)).unwrap();
            let limit = if way == Way::Floats { 1e-6 } else { 0.03 };
            assert!(error < limit, "{worker} {shape:?}: {error}");
            assert!(way == Way::Floats || error > 0.001, "{worker} {shape:?}: {error}");
        }
    }
}

/// Bytes are too far away from the exact result for someone who computes in `f32`.
#[test]
fn bytes_are_no_floats() {
    let problem = problem(LINEAR).unwrap();
    let bytes = output("int8-dynamic", &problem);
    assert!(Exact::new(&problem).unwrap().error(Way::Floats, &bytes).is_err());
}

/// Each mistake is hidden among thousands of right elements, or small in all of them.
#[test]
fn another_layer_is_refused() {
    for shape in [LINEAR, CONVOLUTION] {
        let problem = problem(shape).unwrap();
        let exact = Exact::new(&problem).unwrap();
        let right = output("int8-dynamic", &problem);
        let values = right.as_floats().unwrap();
        let changed = |change: &dyn Fn(usize, f32) -> f32| {
            let values = values.iter().enumerate().map(|(at, &y)| change(at, y)).collect();
            exact.error(Way::Dynamic, &Array::floats(&right.shape, values))
        };
        assert!(changed(&|_, y| y).is_ok());
        assert!(changed(&|at, y| if at == 77 { y + 0.5 } else { y }).is_err());
        assert!(changed(&|at, y| if at == 77 { f32::NAN } else { y }).is_err());
        assert!(changed(&|_, y| y * 1.05).is_err());
        assert!(changed(&|_, y| y + 0.05).is_err());
        assert!(changed(&|_, y| y.max(0.0)).is_err());
        let reversed: Vec<_> = values.iter().rev().copied().collect();
        assert!(exact.error(Way::Dynamic, &Array::floats(&right.shape, reversed)).is_err());
        assert!(
            exact.error(Way::Dynamic, &Array::floats(&[values.len()], values.to_vec())).is_err()
        );
    }
}

/// The output changes with each input: the weights of every slice and panel are used.
#[test]
fn packed_weights_of_a_unit_matrix_give_the_input_back() {
    for (rows, n) in [(1, 700), (6, 300), (7, 33), (20, 513)] {
        let identity = (0..n * n).map(|at| f32::from(u8::from(at / n == at % n))).collect();
        let identity = acceleration::Matrix::from_vec(identity, n, n).unwrap();
        let bias: Vec<f32> = (0..n).map(|j| j as f32).collect();
        let x: Vec<f32> = (0..rows * n).map(|at| (at % 1013) as f32).collect();
        let expected: Vec<f32> = x.iter().enumerate().map(|(at, x)| x + bias[at % n]).collect();
        let x = acceleration::Matrix::from_vec(x, rows, n).unwrap();
        let mut layer = PackedLinear::new(identity.view(), &bias, rows).unwrap();
        for _ in 0..2 {
            assert_eq!(layer.forward(x.view()).unwrap(), expected, "{rows} x {n}");
        }
    }
}

/// By hand: 4 x 4 images need (4 x 3 - 2)^2 = 100 pairs of pixel and weight inside, of 144.
#[test]
fn a_convolution_of_ones_counts_what_is_inside() {
    let shape = Shape::Convolution { images: 1, channels: 1, side: 4, filters: 1 };
    let ones = |shape: &[usize]| Array::floats(shape, vec![1.0; shape.iter().product()]);
    let names = [("x", vec![1, 1, 4, 4]), ("w", vec![1, 1, 3, 3])];
    let mut problem: Arrays =
        names.into_iter().map(|(name, shape)| (name.to_string(), ones(&shape))).collect();
    problem.insert("bias".to_string(), Array::floats(&[1], vec![0.5]));
    let values = Exact::values(&problem).unwrap();
    assert_eq!(values.iter().sum::<f32>(), 100.0 + 16.0 * 0.5);
    assert_eq!((values[0], values[1], values[5]), (4.5, 6.5, 9.5));
    assert_eq!(shape.products(), 144);
}
