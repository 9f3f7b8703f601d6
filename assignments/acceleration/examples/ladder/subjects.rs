//! The subjects of the measurement: each rung with its operands.

use acceleration::{
    AccelError, ConvShape, MatRef, Matrix, Operation, OptimizedBackend, Window, Work,
    conv2d_im2col, conv2d_naive, elements, matmul_blocked, matmul_library, matmul_naive,
    matmul_parallel, matmul_reordered, matmul_tiled,
};
use std::error::Error;
use std::rc::Rc;
use tinytorch::nn::Conv2d;
use tinytorch::{Layer, Rng, Tensor};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Side of a block.
const BLOCK: usize = 64;

/// A computation that can be run repeatedly.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) work: Work,
    pub(crate) threads: usize,
    /// Computes the result and returns one of its numbers.
    pub(crate) run: Box<dyn Fn() -> Outcome<f32>>,
}

impl Subject {
    /// The name of the library that the rungs are compared with.
    pub(crate) const LIBRARY: &str = "ndarray";

    fn new(name: &str, work: Work, run: impl Fn() -> Outcome<f32> + 'static) -> Self {
        Self { name: name.to_string(), work, threads: 1, run: Box::new(run) }
    }
}

/// All rungs for square matrices, beginning with the definition.
pub(crate) fn rungs(size: usize) -> Outcome<Vec<Subject>> {
    let mut rng = Rng::new(1);
    let [a, b] =
        [(); 2].map(|()| Rc::new(Tensor::rand_uniform(&[size, size], -1.0, 1.0, &mut rng)));
    let work = Work::matmul(size, size, size);
    let own = |name: &str, rung: fn(MatRef<'_>, MatRef<'_>) -> Result<Matrix, AccelError>| {
        let (a, b) = (a.clone(), b.clone());
        Subject::new(name, work, move || {
            let (a, b) = (elements(&a), elements(&b));
            let product = rung(MatRef::new(&a, size, size)?, MatRef::new(&b, size, size)?)?;
            Ok(product.as_slice()[size + 1])
        })
    };
    let threads = std::thread::available_parallelism()?.get();
    let mut all = vec![
        own("naive", matmul_naive),
        own("reordered", matmul_reordered),
        own("blocked", |a, b| matmul_blocked(a, b, BLOCK)),
        own("tiled", matmul_tiled),
    ];
    all.push(backend("backend, 1 thread", 1, work, (&a, &b))?);
    let parallel = own("parallel", |a, b| {
        matmul_parallel(a, b, std::thread::available_parallelism().map_or(1, Into::into))
    });
    all.push(Subject { threads, ..parallel });
    all.push(library(work, (&a, &b)));
    Ok(all)
}

/// One convolution, computed in three ways.
pub(crate) fn conv() -> Outcome<Vec<Subject>> {
    let mut rng = Rng::new(2);
    let window = Window { stride: (1, 1), padding: (1, 1) };
    let input = Rc::new(Tensor::rand_uniform(&[8, 32, 32, 32], -1.0, 1.0, &mut rng));
    let weight = Rc::new(Tensor::rand_uniform(&[64, 32, 3, 3], -1.0, 1.0, &mut rng));
    ConvShape::new("conv2d", input.shape(), weight.shape(), window)?;
    let layer = Conv2d::from_parameters((*weight).clone(), None, window.stride, window.padding)?;
    let direct = Work::conv2d(input.shape(), weight.shape(), window)?;
    let through_columns = Work::im2col(input.shape(), weight.shape(), window)?;
    let own = |name, work, kernel: fn(&Tensor, &Tensor, Window) -> Result<Tensor, AccelError>| {
        let (input, weight) = (input.clone(), weight.clone());
        Subject::new(name, work, move || Ok(kernel(&input, &weight, window)?.get(&[1, 1, 1, 1])?))
    };
    let naive = own("conv, naive", direct, conv2d_naive);
    let columns = own("conv, im2col", through_columns, conv2d_im2col);
    let given = Subject::new(&format!("conv, {}", Subject::LIBRARY), through_columns, move || {
        Ok(layer.forward(&input)?.get(&[1, 1, 1, 1])?)
    });
    Ok(vec![naive, columns, given])
}

/// A matrix larger than any cache, times a vector.
pub(crate) fn vector() -> Outcome<Vec<Subject>> {
    let mut rng = Rng::new(3);
    let a = Rc::new(Tensor::rand_uniform(&[4000, 4000], -1.0, 1.0, &mut rng));
    let b = Rc::new(Tensor::rand_uniform(&[4000, 1], -1.0, 1.0, &mut rng));
    let work = Work::matmul(4000, 4000, 1);
    let backend = backend("vector, backend", 1, work, (&a, &b))?;
    let name = format!("vector, {}", Subject::LIBRARY);
    Ok(vec![backend, Subject { name, ..library(work, (&a, &b)) }])
}

fn backend(
    name: &str,
    threads: usize,
    work: Work,
    (a, b): (&Rc<Tensor>, &Rc<Tensor>),
) -> Outcome<Subject> {
    let backend = OptimizedBackend::new(threads)?;
    let (a, b) = (a.clone(), b.clone());
    Ok(Subject::new(name, work, move || {
        Ok(backend.dispatch(Operation::MatMul, &a, &b)?.get(&[1, 0])?)
    }))
}

fn library(work: Work, (a, b): (&Rc<Tensor>, &Rc<Tensor>)) -> Subject {
    let (a, b) = (a.clone(), b.clone());
    Subject::new(Subject::LIBRARY, work, move || Ok(matmul_library(&a, &b)?.get(&[1, 0])?))
}
