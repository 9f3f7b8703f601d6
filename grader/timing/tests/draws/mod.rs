//! Random numbers of a fixed seed.

/// Numbers that are drawn one after the other.
pub struct DrawSequence {
    state: u64,
}

impl DrawSequence {
    /// The numbers of one seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number in `[0, 1)` (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
    /// Generators", 2014).
    pub fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of a standard normal distribution.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Of an exponential distribution with mean one.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.uniform()).ln()
    }
}
