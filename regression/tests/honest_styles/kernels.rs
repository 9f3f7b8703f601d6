//! Products of matrices row by row, `[m, k] x [k, n]`, in many styles.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::ops::{Add, Deref, Index, Mul};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, RwLock, mpsc};

type Shape = [usize; 3];
type StyleFn = fn(&[f32], &[f32], Shape) -> Vec<f32>;

/// All of them agree.
pub fn all(a: &[f32], b: &[f32], shape: Shape) -> bool {
    let first = iterators(a, b, shape);
    STYLES.iter().all(|style| style(a, b, shape) == first)
}

const STYLES: [StyleFn; 26] = [
    iterators, helpers, tables, trait_objects, scoped_threads, channels, arrays, vectors, macros, generics,
    const_generics, tables_made_once, lazy_functions, buffers_of_a_thread, sorted_work, shared_by_mutex, operators,
    own_iterators, dereferenced, guards, fallible, queues_of_jobs, recursion, atomics, enums, builders,
];

fn iterators(a: &[f32], b: &[f32], [m, k, n]: Shape) -> Vec<f32> {
    let column = |j: usize| b.iter().skip(j).step_by(n);
    let rows = (0..m).map(|i| &a[i * k..(i + 1) * k]);
    rows.flat_map(|row| (0..n).map(move |j| row.iter().zip(column(j)).map(|(x, y)| x * y).sum())).collect()
}

fn fill(m: usize, n: usize, mut element: impl FnMut(usize, usize) -> f32) -> Vec<f32> {
    (0..m * n).map(|at| element(at / n, at % n)).collect()
}

fn dot(a: &[f32], b: &[f32], [_, k, n]: Shape, i: usize, j: usize) -> f32 {
    (0..k).map(|p| a[i * k + p] * b[p * n + j]).sum()
}

fn helpers(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    fill(m, n, |i, j| dot(a, b, shape, i, j))
}

fn tables(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    let table: [(&str, StyleFn); 2] = [("helpers", helpers), ("iterators", iterators)];
    let named: BTreeMap<&str, StyleFn> = table.into_iter().collect();
    named.values().map(|style| style(a, b, shape)).last().unwrap_or_default()
}

trait Multiply: Send + Sync {
    fn multiply(&self, a: &[f32], b: &[f32], shape: Shape) -> Vec<f32>;
}

struct ByRows;
struct BoxedStyle(Box<dyn Fn(&[f32], &[f32], Shape) -> Vec<f32> + Send + Sync>);

impl Multiply for ByRows {
    fn multiply(&self, a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
        helpers(a, b, shape)
    }
}

impl Multiply for BoxedStyle {
    fn multiply(&self, a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
        (self.0)(a, b, shape)
    }
}

fn trait_objects(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    let all: Vec<Box<dyn Multiply>> = vec![Box::new(ByRows), Box::new(BoxedStyle(Box::new(iterators)))];
    all.iter().map(|one| one.multiply(a, b, shape)).last().unwrap_or_default()
}

fn scoped_threads(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    let mut c = vec![0.0; m * n];
    std::thread::scope(|scope| {
        for (i, row) in c.chunks_mut(n.max(1)).enumerate() {
            scope.spawn(move || row.iter_mut().enumerate().for_each(|(j, x)| *x = dot(a, b, shape, i, j)));
        }
    });
    c
}

fn channels(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    let a = Arc::new(a.to_vec());
    let b = Arc::new(b.to_vec());
    let (sender, receiver) = mpsc::channel();
    let start = |i: usize| {
        let a = Arc::clone(&a);
        let b = Arc::clone(&b);
        let sender = sender.clone();
        std::thread::spawn(move || {
            let row: Vec<f32> = (0..n).map(|j| dot(&a, &b, shape, i, j)).collect();
            sender.send((i, row)).is_ok()
        })
    };
    let threads: Vec<_> = (0..m.min(2)).map(start).collect();
    let others = (threads.len()..m).map(|i| (i, (0..n).map(|j| dot(&a, &b, shape, i, j)).collect()));
    threads.into_iter().for_each(|thread| drop(thread.join()));
    drop(sender);
    let mut rows: Vec<(usize, Vec<f32>)> = receiver.iter().chain(others).collect();
    rows.sort_by_key(|(i, _)| *i);
    rows.into_iter().flat_map(|(_, row)| row).collect()
}

fn arrays(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    let tile = |i: usize, j: usize| -> [f32; 4] {
        std::array::from_fn(|at| if j + at < n { dot(a, b, shape, i, j + at) } else { 0.0 })
    };
    (0..m).flat_map(|i| (0..n).step_by(4).flat_map(move |j| tile(i, j).into_iter().take(4.min(n - j)))).collect()
}

struct LaneStyle<'a>(&'a [f32], &'a [f32], Shape);

impl tinytorch::simd::WithSimd for LaneStyle<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: tinytorch::simd::Simd>(self, simd: S) -> Vec<f32> {
        let Self(a, b, [m, k, n]) = self;
        let mut c = vec![0.0; m * n];
        for i in 0..m {
            for p in 0..k {
                let factor = simd.splat_f32s(a[i * k + p]);
                let (row, rest) = S::as_simd_f32s(&b[p * n..(p + 1) * n]);
                let (sums, last) = S::as_mut_simd_f32s(&mut c[i * n..(i + 1) * n]);
                for (sum, x) in sums.iter_mut().zip(row) {
                    *sum = simd.add_f32s(*sum, simd.mul_f32s(factor, *x));
                }
                for (sum, x) in last.iter_mut().zip(rest) {
                    *sum += a[i * k + p] * x;
                }
            }
        }
        c
    }
}

fn vectors(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    tinytorch::simd::Arch::new().dispatch(LaneStyle(a, b, shape))
}

macro_rules! unrolled {
    ($sum:ident += $($term:expr),+) => { $($sum += $term;)+ };
}

fn macros(a: &[f32], b: &[f32], [m, k, n]: Shape) -> Vec<f32> {
    fill(m, n, |i, j| {
        let mut sum = 0.0;
        let term = |p: usize| a[i * k + p] * b[p * n + j];
        let whole = k / 2 * 2;
        for p in (0..whole).step_by(2) {
            unrolled!(sum += term(p), term(p + 1));
        }
        (whole..k).for_each(|p| sum += term(p));
        sum
    })
}

trait Number: Copy + Default + Add<Output = Self> + Mul<Output = Self> {}
impl<T: Copy + Default + Add<Output = T> + Mul<Output = T>> Number for T {}

fn generic<T: Number>(a: &[T], b: &[T], [m, k, n]: Shape) -> Vec<T> {
    let sum = |i: usize, j: usize| (0..k).fold(T::default(), |sum, p| sum + a[i * k + p] * b[p * n + j]);
    (0..m).flat_map(|i| (0..n).map(move |j| sum(i, j))).collect()
}

fn generics(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    generic(a, b, shape)
}

fn tiled<const N: usize>(a: &[f32], b: &[f32], [m, k, n]: Shape) -> Vec<f32> {
    let mut c = vec![0.0; m * n];
    for start in (0..n).step_by(N) {
        for i in 0..m {
            let mut tile = [0.0; N];
            for p in 0..k {
                for (x, y) in tile.iter_mut().zip(&b[p * n + start..(p + 1) * n]) {
                    *x += a[i * k + p] * y;
                }
            }
            let width = N.min(n - start);
            c[i * n + start..][..width].copy_from_slice(&tile[..width]);
        }
    }
    c
}

fn const_generics(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    tiled::<8>(a, b, shape)
}

fn tables_made_once(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    static BY_SIZE: OnceLock<Vec<(usize, StyleFn)>> = OnceLock::new();
    let table = BY_SIZE.get_or_init(|| vec![(0, helpers as StyleFn), (64, const_generics)]);
    let found = table.iter().rev().find(|(size, _)| *size <= a.len());
    found.map_or_else(Vec::new, |(_, style)| style(a, b, shape))
}

fn lazy_functions(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    static BEST: LazyLock<Box<dyn Multiply>> = LazyLock::new(|| Box::new(ByRows));
    static CHOSEN: RwLock<StyleFn> = RwLock::new(helpers);
    let style = CHOSEN.read().map_or(iterators as StyleFn, |style| *style);
    let one = BEST.multiply(a, b, shape);
    let other = style(a, b, shape);
    assert_eq!(one, other, "two ways differ for {shape:?}");
    one
}

fn buffers_of_a_thread(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    thread_local! { static BUFFER: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) }; }
    BUFFER.with_borrow_mut(|buffer| {
        buffer.clear();
        buffer.extend((0..m * n).map(|at| dot(a, b, shape, at / n, at % n)));
        buffer.clone()
    })
}

fn sorted_work(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    let mut order: Vec<(usize, usize)> = (0..m).flat_map(|i| (0..n).map(move |j| (i, j))).collect();
    order.sort_by(|(i, j), (k, l)| j.cmp(l).then_with(|| k.cmp(i)));
    let mut c = vec![0.0; m * n];
    order.into_iter().for_each(|(i, j)| c[i * n + j] = dot(a, b, shape, i, j));
    c
}

fn shared_by_mutex(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    let c = Arc::new(Mutex::new(vec![0.0; m * n]));
    std::thread::scope(|scope| {
        for half in 0..2 {
            let c = Arc::clone(&c);
            scope.spawn(move || {
                for at in (half..m * n).step_by(2) {
                    let x = dot(a, b, shape, at / n, at % n);
                    c.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[at] = x;
                }
            });
        }
    });
    let c = c.lock().map(|c| c.clone());
    c.unwrap_or_default()
}

struct GridStyle(Vec<f32>, usize);

impl Index<(usize, usize)> for GridStyle {
    type Output = f32;

    fn index(&self, (i, j): (usize, usize)) -> &f32 {
        &self.0[i * self.1 + j]
    }
}

impl Mul for &GridStyle {
    type Output = GridStyle;

    fn mul(self, other: Self) -> GridStyle {
        let k = self.1;
        let n = other.1;
        let m = self.0.len().checked_div(k).unwrap_or(0);
        GridStyle(fill(m, n, |i, j| (0..k).map(|p| self[(i, p)] * other[(p, j)]).sum()), n)
    }
}

fn operators(a: &[f32], b: &[f32], [m, k, n]: Shape) -> Vec<f32> {
    if k == 0 {
        return vec![0.0; m * n];
    }
    (&GridStyle(a.to_vec(), k) * &GridStyle(b.to_vec(), n)).0
}

struct CellRange(usize, usize, usize);

impl Iterator for CellRange {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        let Self(at, m, n) = *self;
        self.0 += 1;
        (at < m * n).then(|| (at / n, at % n))
    }
}

fn own_iterators(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    CellRange(0, m, n).map(|(i, j)| dot(a, b, shape, i, j)).collect()
}

struct View<'a>(&'a [f32]);

impl Deref for View<'_> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.0
    }
}

fn dereferenced(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    helpers(&View(a), &View(b), shape)
}

/// Gives its buffer back when it is dropped.
struct LentBuffer(Vec<f32>);

static POOL: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());

impl Drop for LentBuffer {
    fn drop(&mut self) {
        if let Ok(mut pool) = POOL.lock() {
            pool.truncate(3);
            pool.push(std::mem::take(&mut self.0));
        }
    }
}

fn guards(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    let buffer = POOL.lock().ok().and_then(|mut pool| pool.pop());
    let mut lent = LentBuffer(buffer.unwrap_or_default());
    lent.0.clear();
    lent.0.extend(CellRange(0, m, n).map(|(i, j)| dot(a, b, shape, i, j)));
    lent.0.clone()
}

#[derive(Debug)]
struct TooLarge(usize);

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} elements are too many", self.0)
    }
}

impl std::error::Error for TooLarge {}

fn fallible(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    let tried = || -> Result<Vec<f32>, Box<dyn std::error::Error>> {
        let size = u32::try_from(m * n)?;
        let size = Some(size as usize).filter(|size| *size < 1 << 30).ok_or(TooLarge(m * n))?;
        (0..size).map(|at| Ok(dot(a, b, shape, at / n, at % n))).collect()
    };
    let caught = std::panic::catch_unwind(tried);
    let result = caught.unwrap_or_else(|_| Err("it panicked".into()));
    result.unwrap_or_else(|error| panic!("{error}"))
}

fn queues_of_jobs(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    type Job<'a> = Box<dyn FnOnce(&mut Vec<f32>) + 'a>;
    let job = |i: usize| -> Job<'_> { Box::new(move |c| c.extend((0..n).map(|j| dot(a, b, shape, i, j)))) };
    let mut jobs: VecDeque<Job<'_>> = (0..m).map(job).collect();
    let mut c = Vec::with_capacity(m * n);
    while let Some(job) = jobs.pop_front() {
        job(&mut c);
    }
    c
}

fn recursion(a: &[f32], b: &[f32], shape @ [m, k, n]: Shape) -> Vec<f32> {
    if m < 2 {
        return helpers(a, b, shape);
    }
    let half = m / 2;
    let (above, below) = a.split_at(half * k);
    [recursion(above, b, [half, k, n]), recursion(below, b, [m - half, k, n])].concat()
}

fn atomics(a: &[f32], b: &[f32], shape @ [m, _, n]: Shape) -> Vec<f32> {
    let next = AtomicUsize::new(0);
    let rows: Vec<Mutex<Vec<f32>>> = (0..m).map(|_| Mutex::default()).collect();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let i = rows.iter().position(|other| std::ptr::eq(other, row)).unwrap_or(0);
                    let computed = (0..n).map(|j| dot(a, b, shape, i, j)).collect();
                    row.lock().map(|mut row| *row = computed).ok();
                }
            });
        }
    });
    rows.into_iter().flat_map(|row| row.into_inner().unwrap_or_default()).collect()
}

#[derive(Clone, Copy)]
enum LoopOrder {
    Rows,
    By(StyleFn),
}

fn enums(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    let ways = [LoopOrder::By(generics), LoopOrder::Rows];
    let one = |way: &LoopOrder| match way {
        LoopOrder::Rows => helpers(a, b, shape),
        LoopOrder::By(style) => style(a, b, shape),
    };
    ways.iter().map(one).last().unwrap_or_default()
}

struct Builder {
    style: StyleFn,
    threads: usize,
}

impl Builder {
    fn new() -> Self {
        Self { style: helpers, threads: 1 }
    }

    fn style(self, style: StyleFn) -> Self {
        Self { style, ..self }
    }

    fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    fn run(&self, a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
        std::thread::scope(|scope| {
            let named = std::thread::Builder::new().name(format!("{} threads", self.threads)).stack_size(1 << 20);
            let thread = named.spawn_scoped(scope, || (self.style)(a, b, shape));
            thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_default()
        })
    }
}

fn builders(a: &[f32], b: &[f32], shape: Shape) -> Vec<f32> {
    Builder::new().style(generics).threads(2).run(a, b, shape)
}
