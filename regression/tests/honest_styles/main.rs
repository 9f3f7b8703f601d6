//! What has to be written by hand may be written in any style, and what lies around it too: nothing of it is refused.

use grader_pipeline::{FunctionRefusal, collect};
use regression::{copy_of, grader, root};
use std::fs;

/// Products in many styles, as a module of the student's crate.
const KERNELS: &str = include_str!("kernels.rs");

/// One edit of the reference: a file, what stands there, and what is put in its place.
type SourceEdit = (&'static str, &'static str, &'static str);

/// A kernel that computes in all of these styles.
const WITH_ALL_STYLES: [SourceEdit; 2] = [
    ("src/lib.rs", "mod tiled;\n", "mod styles;\nmod tiled;\n"),
    (
        "src/naive.rs",
        "    let mut c = Matrix::zeros(m, n);\n",
        "    assert!(n == 0 || crate::styles::all(&a, &b, [m, k, n]));
    let mut c = Matrix::zeros(m, n);\n",
    ),
];

/// Constructors, constants and variables that hold functions of the student's own.
const OWN_FUNCTIONS_AROUND: [SourceEdit; 4] = [
    (
        "src/backend.rs",
        "pub struct OptimizedBackend {\n",
        "pub struct OptimizedBackend {\n    small: fn(MatRef<'_>, MatRef<'_>) -> Result<crate::Matrix>,\n",
    ),
    ("src/backend.rs", "Ok(Self { threads })", "Ok(Self { small: SMALL_KERNELS[0], threads })"),
    (
        "src/backend.rs",
        "impl OptimizedBackend {\n",
        "/// Those without blocks.
pub const SMALL_KERNELS: [fn(MatRef<'_>, MatRef<'_>) -> Result<crate::Matrix>; 2] = [matmul_naive, matmul_reordered];

impl OptimizedBackend {
    /// For small products.
    pub fn small(&self, a: MatRef<'_>, b: MatRef<'_>) -> Result<crate::Matrix> {
        (self.small)(a, b)
    }
",
    ),
    (
        "src/matrix.rs",
        "        MatRef::new(&data, rows, columns)?;\n",
        "        thread_local! { static MADE: std::cell::Cell<u64> = const { std::cell::Cell::new(0) }; }
        MADE.set(MADE.get() + 1);
        MatRef::new(&data, rows, columns)?;\n",
    ),
];

/// The yardstick, where nothing has to be written by hand: called directly, timed, on a thread, and in a table.
const YARDSTICK: [SourceEdit; 2] = [
    (
        "src/roofline.rs",
        "        let flops_per_second = positive(\"peak\", flops_per_second)?;\n",
        "        if flops_per_second == 1e30 {
            compare()?;
        }
        let flops_per_second = positive(\"peak\", flops_per_second)?;\n",
    ),
    (
        "src/roofline.rs",
        "impl Roofline {\n",
        "fn time_it<R>(call: impl FnOnce() -> R) -> (R, std::time::Duration) {
    let start = std::time::Instant::now();
    let result = call();
    (result, start.elapsed())
}

fn fastest(kernels: &[fn(crate::MatRef<'_>, crate::MatRef<'_>) -> Result<crate::Matrix>]) -> Option<std::time::Duration> {
    let one = crate::Matrix::zeros(8, 8);
    kernels.iter().map(|kernel| time_it(|| kernel(one.view(), one.view())).1).min()
}

fn compare() -> Result<Option<std::time::Duration>> {
    let one = tinytorch::Tensor::ones(&[8, 8]);
    let (library, took) = time_it(|| crate::matmul_library(&one, &one));
    let threaded = std::thread::scope(|scope| scope.spawn(|| one.matmul(&one)).join());
    assert!(library?.allclose(&one.matmul(&one)?, 1e-5, 1e-5) || threaded.is_err());
    let own = fastest(&[crate::matmul_naive, crate::matmul_tiled, |a, b| crate::matmul_parallel(a, b, 2)]);
    Ok(own.map(|own| own.max(took)))
}

/// Nobody but the student calls this.
pub fn table() -> Vec<(&'static str, fn(&tinytorch::Tensor, &tinytorch::Tensor) -> Result<tinytorch::Tensor>)> {
    vec![(\"library\", crate::matmul_library), (\"nothing\", |a, _| Ok(a.clone()))]
}

impl Roofline {\n",
    ),
];

/// Constructors of layers look at the layers that they are given.
const LAYERS: [SourceEdit; 1] = [(
    "src/attention.rs",
    "            n_heads: attention.n_heads(),\n        }",
    "            n_heads: {
                let layers: [&dyn tinytorch::Layer; 2] = [attention.query(), attention.output()];
                let parameters = layers.iter().map(|layer| layer.parameters().len()).sum::<usize>();
                attention.n_heads() + parameters * 0 + tinytorch::Layer::parameters(attention).len() * 0
            },\n        }",
)];

fn refused(slug: &str, edits: &[SourceEdit]) -> Vec<FunctionRefusal> {
    let folder = copy_of(&root().join("solutions").join(slug));
    fs::write(folder.path().join("src/styles.rs"), KERNELS).unwrap();
    for (file, find, replace) in edits {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(find).count(), 1, "{find}");
        fs::write(&path, text.replace(find, replace)).unwrap();
    }
    let found = collect::single(folder.path()).unwrap();
    let grader = grader(slug);
    let sources = grader.collect(&found).sources.unwrap_or_else(|refusal| panic!("{refusal}"));
    let refusals = grader.audit(&sources);
    refusals.unwrap_or_else(|error| panic!("{error:#?}"))
}

#[test]
fn no_style_of_a_kernel_is_refused() {
    let edits = [&WITH_ALL_STYLES[..], &OWN_FUNCTIONS_AROUND, &YARDSTICK].concat();
    let messages: Vec<_> =
        refused("acceleration", &edits).iter().map(FunctionRefusal::remark).collect();
    assert!(messages.is_empty(), "{messages:#?}");
}

#[test]
fn no_look_at_given_layers_is_refused() {
    let messages: Vec<_> =
        refused("caching", &LAYERS).iter().map(FunctionRefusal::remark).collect();
    assert!(messages.is_empty(), "{messages:#?}");
}

/// Without this the tests above would pass if no style were reached.
#[test]
fn a_style_that_leads_to_the_library_is_refused() {
    let library = (
        "src/styles.rs",
        "fn dot(a: &[f32], b: &[f32], [_, k, n]: Shape, i: usize, j: usize) -> f32 {\n",
        "fn dot(a: &[f32], b: &[f32], [_, k, n]: Shape, i: usize, j: usize) -> f32 {
    let _ = tinytorch::Tensor::ones(&[1, 1]).matmul(&tinytorch::Tensor::ones(&[1, 1]));\n",
    );
    let refusals = refused("acceleration", &[&WITH_ALL_STYLES[..], &[library]].concat());
    assert!(refusals.iter().any(|one| one.function == "matmul_naive"), "{refusals:#?}");
}
