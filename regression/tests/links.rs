//! A function that must be hand-written can be written in many ways. None of these ways is a
//! library's kernel, so none may be refused.

use grader_model::{CaseResult, Grade, Outcome};
use grader_pipeline::collect;
use regression::{copy_of, explain, grade, grader, root};
use std::collections::BTreeSet;

/// Plausible ways to write parts of `acceleration`: a description, the file, the text to find, and
/// its replacement.
const HONEST: [(&str, &str, &str, &str); 7] = [
    (
        "elements are read through views of ndarray",
        "src/conv.rs",
        "    let input = elements(input);
    let weight = elements(weight);",
        "    let all = |tensor: &Tensor| tensor.view().iter().copied().collect::<Vec<f32>>();
    let first = input.view().first().copied().unwrap_or_default();
    let at = |t: &Tensor, i: &[usize]| t.view().get(i).copied().unwrap_or(first);
    let corner = at(input, &[0, 0, 0, 0]) + input.view().shape().iter().sum::<usize>() as f32;
    let rows = input.view().outer_iter().map(|image| image.len()).max().unwrap_or(0) as f32;
    let index = if input.is_empty() { 0.0 } else { input.view()[[0, 0, 0, 0]] };
    let odd = (corner + rows + index) * 0.0;
    let input = all(input);
    let weight = all(weight);
    let _ = (odd, input.to_vec());",
    ),
    (
        "tensors are turned, cut, copied and compared",
        "src/conv/im2col.rs",
        "    let mut columns = Matrix::zeros(shape.filter_len(), shape.positions());
    write_columns",
        "    let copy = image.clone();
    let turned = copy.permute(&[0, 2, 1])?.transpose(1, 2)?;
    let same = turned == copy && turned.nbytes() == copy.nbytes();
    let text = format!(\"{same} {turned:?} {:?}\", copy.reshape(&[copy.len()])?.slice_axis(0, 0, 0)?);
    let mut columns = Matrix::zeros(shape.filter_len(), shape.positions());
    assert!(!text.is_empty());
    write_columns",
    ),
    (
        "a buffer is kept between calls",
        "src/tiled.rs",
        "    let mut c = Matrix::zeros(m, n);",
        "    thread_local! { static CALLS: std::cell::RefCell<Vec<usize>> = const { std::cell::RefCell::new(vec![]) }; }
    CALLS.with_borrow_mut(|calls| {
        calls.truncate(100);
        calls.push(m);
    });
    let mut c = Matrix::zeros(m, n);",
    ),
    (
        "threads talk by channels, count together and keep tables",
        "src/parallel.rs",
        "    let share = m.div_ceil(threads);",
        "    let (sender, receiver) = std::sync::mpsc::channel();
    let counted = std::sync::Arc::new(std::sync::Mutex::new(std::collections::HashMap::new()));
    let other = std::sync::Arc::clone(&counted);
    let thread = std::thread::spawn(move || {
        other.lock().unwrap().insert(\"rows\".to_owned(), 1_usize);
        let _ = sender.send(7_usize);
    });
    let seven = receiver.recv().unwrap_or(7);
    let _ = thread.join();
    assert!(seven == 7 && counted.lock().unwrap().len() == 1);
    let share = m.div_ceil(threads);",
    ),
    (
        "numbers are sorted, joined, raised and rounded",
        "src/blocked.rs",
        "    let b = b.contiguous();",
        "    let mut odd: Vec<f32> = (0..9).map(|i| (i as f32).sin().powf(1.5).mul_add(2.0, 1.0).ln()).collect();
    odd.sort_by(f32::total_cmp);
    let joined = [&odd[..], &odd].concat().iter().rev().map(|x| x.exp().round()).sum::<f32>();
    let b = if joined.is_nan() { b.contiguous() } else { b.contiguous() };",
    ),
    (
        "the foundation's clock, generator, counters and comparisons are used",
        "src/reordered.rs",
        "    let mut c = Matrix::zeros(m, n);",
        "    let clock = tinytorch::clock::MonotonicClock::new();
    let mut rng = tinytorch::Rng::new(7);
    let drawn = tinytorch::Tensor::from_vec(vec![rng.uniform() as f32, 1.0], &[2])?;
    let same = drawn.allclose(&drawn, 1e-5, 1e-8) && drawn.view() == drawn.view();
    let counted = tinytorch::alloc::counters();
    assert!(same, \"{:?} {:?}\", clock, counted);
    let mut c = Matrix::zeros(m, n);",
    ),
    (
        "the yardstick is called where nothing is graded, and nobody calls that",
        "src/naive.rs",
        "use crate::{MatRef, Matrix, Result};",
        "use crate::{MatRef, Matrix, Result};

/// Compares a product with the library's, while the kernels are being written.
pub fn differs(a: &tinytorch::Tensor, b: &tinytorch::Tensor, c: &[f32]) -> Result<bool> {
    Ok(crate::matmul_library(a, b)?.to_vec() != c)
}",
    ),
];

#[test]
fn honest_ways_of_writing_a_kernel_are_not_refused() {
    let folder = copy_of(&root().join("solutions/acceleration"));
    for (what, file, find, replace) in HONEST {
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(find).count(), 1, "{what}");
        std::fs::write(&path, text.replace(find, replace)).unwrap();
    }
    let grade = grade("acceleration", folder.path(), 3);
    assert_eq!(
        grade.outcome,
        Outcome::Pass,
        "{}\n{}",
        explain(&grade),
        grade.remark_texts().join("\n")
    );
    assert!(grade.all_remarks().next().is_none(), "{:?}", grade.notes);
}

/// Regression test: `usize::to_string` and C's `tanhf` each cost an honest student most of the
/// points.
#[test]
fn numbers_in_error_messages_and_mathematics_are_the_standard_library() {
    let folder = copy_of(&root().join("solutions/caching"));
    let path = folder.path().join("src/attention.rs");
    let text = std::fs::read_to_string(&path).unwrap();
    let find = "let tokens = self.new_tokens(input, past_kv)?;";
    assert_eq!(text.matches(find).count(), 1);
    let check = "if (past_kv.batch() as f32).tanh() > 2.0 {
            return Err(CacheError::ShapeMismatch {
                operation: \"forward\",
                got: vec![],
                expected: tokens.to_string(),
            });
        }";
    std::fs::write(&path, text.replace(find, &format!("{find}\n        {check}"))).unwrap();
    let grade = grade("caching", folder.path(), 3);
    assert_eq!(
        grade.outcome,
        Outcome::Pass,
        "{}\n{}",
        explain(&grade),
        grade.remark_texts().join("\n")
    );
    assert!(grade.notes.is_empty() && grade.audit.is_empty(), "{:?}", grade.notes);
}

/// The grade of the reference solution with one edit.
fn edited(file: &str, find: &str, replace: &str) -> (Grade, String) {
    let folder = copy_of(&root().join("solutions/acceleration"));
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches(find).count(), 1, "{find}");
    std::fs::write(&path, text.replace(find, replace)).unwrap();
    let grade = grade("acceleration", folder.path(), 3);
    let told = format!("{}\n{}", explain(&grade), grade.remark_texts().join("\n"));
    (grade, told)
}

fn outcome_of(grade: &Grade, task: &str) -> Option<Outcome> {
    grade.tasks.iter().find(|one| one.id == task).map(|one| one.outcome)
}

/// A generic function is compiled only where it is used, so the audit cannot inspect it on its own.
#[test]
fn a_generic_kernel_is_refused_and_told_what_to_do() {
    let (grade, told) = edited(
        "src/blocked.rs",
        "b: MatRef<'_>, block: usize) -> Result<Matrix> {",
        "b: MatRef<'_>, block: impl Into<usize>) -> Result<Matrix> {
    let block: usize = block.into();",
    );
    assert_eq!(outcome_of(&grade, "blocked"), Some(Outcome::Refused), "{told}");
    let others = grade.tasks.iter().filter(|task| task.id != "blocked");
    assert!(others.into_iter().all(|task| task.outcome == Outcome::Pass), "{told}");
    let has_run = |case: &&CaseResult| case.wall_seconds > 0.0;
    let run: BTreeSet<_> = grade.cases.iter().filter(has_run).map(|case| &case.task).collect();
    assert_eq!(run.len() + 1, grade.tasks.len(), "what is refused is not run: {run:?}");
    assert!(!run.contains(&"blocked".to_owned()), "{run:?}");
    let messages =
        grade.cases.iter().filter(|case| case.task == "blocked" && case.message.is_some());
    assert_eq!(messages.count(), 1, "the reason is said once");
    assert!(told.contains("`matmul_blocked` must be a plain function"), "{told}");
    assert!(told.contains("Give it the signature that was handed out"), "{told}");
}

/// Regression test: a driver that passed such a function on did not compile, which was wrongly reported as a grader
/// fault. Today's driver calls it.
#[test]
fn a_kernel_with_a_generic_operand_is_refused() {
    let (grade, told) = edited(
        "src/naive.rs",
        "pub fn matmul_naive(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix> {",
        "pub fn matmul_naive<'a>(a: MatRef<'_>, b: impl Into<MatRef<'a>>) -> Result<Matrix> {
    let b = b.into();",
    );
    assert_eq!(outcome_of(&grade, "naive"), Some(Outcome::Refused), "{told}");
    assert!(told.contains("`matmul_naive` must be a plain function"), "{told}");
}

/// What the audit refuses of the reference of `acceleration` with these edits: the function, and the tasks it costs.
fn audited(edits: &[(&str, &str, &str)]) -> Vec<(String, usize)> {
    let folder = copy_of(&root().join("solutions/acceleration"));
    for (file, find, replace) in edits {
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(find).count(), 1, "{find}");
        std::fs::write(&path, text.replace(find, replace)).unwrap();
    }
    let found = collect::single(folder.path()).unwrap();
    let grader = grader("acceleration");
    let sources = grader.collect(&found).sources.unwrap_or_else(|refusal| panic!("{refusal}"));
    let refusals = grader.audit(&sources);
    let refusals = refusals.unwrap_or_else(|error| panic!("{error:#?}"));
    refusals.into_iter().map(|refusal| (refusal.function, refusal.tasks.len())).collect()
}

/// Only the kernels of the five products call it, to make operands before the clock starts.
#[test]
fn a_given_constructor_that_only_the_kernels_call_is_audited() {
    let carried = (
        "src/matrix.rs",
        "        MatRef::new(&data, rows, columns)?;\n",
        "        if rows > 1_000_000 {
            let tensor = Tensor::from_vec(data.clone(), &[rows, columns])?;
            let _ = crate::matmul_library(&tensor, &tensor)?;
        }
        MatRef::new(&data, rows, columns)?;\n",
    );
    assert_eq!(audited(&[]), []);
    assert_eq!(audited(&[carried]), [("Matrix::from_vec".to_owned(), 5)]);
}
