//! Reproducible random numbers: one small, seeded generator.

/// A seeded random number generator: `SplitMix64`.
///
/// The same seed gives the same numbers. Not suitable for secrets: the whole
/// sequence follows from one output.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
/// Generators" (OOPSLA 2014), with the constants of Vigna's `splitmix64.c`.
///
/// ```
/// use tinytorch::{Rng, Tensor};
///
/// let first = Tensor::randn(&[2, 3], 1.0, &mut Rng::new(42));
/// let again = Tensor::randn(&[2, 3], 1.0, &mut Rng::new(42));
/// assert_eq!(first, again);
/// ```
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
    /// Box-Muller gives two normal numbers at a time; this is the second.
    spare_normal: Option<f64>,
}

impl Rng {
    /// A generator whose sequence follows from `seed` alone.
    pub fn new(seed: u64) -> Self {
        Self { state: seed, spare_normal: None }
    }

    /// One of many generators with the same seed, for example one per step or per
    /// epoch. Both numbers pass through the generator, because neighboring seeds
    /// and numbers are the normal case.
    pub(crate) fn stream(seed: u64, number: u64) -> Self {
        let mixed = Self::new(seed).next_u64() ^ number;
        Self::new(Self::new(mixed).next_u64())
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `[0, 1)`: a multiple of 2^-53, each equally likely.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A number between `lo` and `hi`.
    pub fn uniform_range(&mut self, lo: f64, hi: f64) -> f64 {
        lo + (hi - lo) * self.uniform()
    }

    /// A number from the standard normal distribution (mean 0, deviation 1).
    ///
    /// Source: Box and Muller, "A Note on the Generation of Random Normal
    /// Deviates" (1958).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        // 1 - u is in (0, 1], so the logarithm is finite.
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let angle = std::f64::consts::TAU * self.uniform();
        self.spare_normal = Some(radius * angle.sin());
        radius * angle.cos()
    }

    /// An integer in `0..n`, each equally likely.
    ///
    /// Source: Lemire, "Fast Random Integer Generation in an Interval" (2019).
    ///
    /// # Panics
    /// When `n` is 0: there is no such number.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "below: the range 0..0 holds no number");
        let n = n as u64;
        // The lowest 2^64 mod n products would favor some results, so they are
        // redrawn.
        let unfair = n.wrapping_neg() % n;
        loop {
            let product = u128::from(self.next_u64()) * u128::from(n);
            if product as u64 >= unfair {
                return (product >> 64) as usize;
            }
        }
    }

    /// Puts the items in random order, each order equally likely (Fisher-Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
