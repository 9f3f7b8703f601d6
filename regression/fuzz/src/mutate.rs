//! Mutations from a seed, for runs without a fuzzer: repeatable, and the same on every machine.

/// Random numbers from a seed (xorshift64*).
pub struct SeededRandom(u64);

impl SeededRandom {
    /// Numbers that depend on `seed` alone.
    pub const fn new(seed: u64) -> Self {
        // The generator must not start at 0, and near seeds must not give near numbers.
        Self((seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1)
    }

    /// A number below `bound`, which must not be 0.
    pub const fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as usize % bound
    }
}

/// Bytes that mean something to most formats: limits of numbers, separators, signatures.
const TELLING: [&[u8]; 12] = [
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"..",
    b"/",
    b"\n",
    b"PK\x01\x02",
    b"\"",
    b": ",
];

/// `parent` with one to five changes; some are taken from `other`.
pub fn mutated(parent: &[u8], other: &[u8], random: &mut SeededRandom) -> Vec<u8> {
    let mut bytes = parent.to_vec();
    for _ in 0..=random.below(5) {
        change(&mut bytes, other, random);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut SeededRandom) {
    let at = random.below(bytes.len() + 1);
    let end = (at + 1 + random.below(8)).min(bytes.len());
    match random.below(8) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 if at < bytes.len() => bytes[at] = random.below(256) as u8,
        2 => drop(bytes.drain(at..end)),
        3 => {
            let copy = bytes[at..end].to_vec();
            bytes.splice(at..at, copy);
        }
        4 => bytes.truncate(at),
        5 if !other.is_empty() => {
            let from = random.below(other.len());
            let to = (from + 1 + random.below(32)).min(other.len());
            bytes.splice(at..end, other[from..to].iter().copied());
        }
        6 => drop(bytes.splice(at..at, TELLING[random.below(TELLING.len())].iter().copied())),
        _ => drop(bytes.splice(at..end, TELLING[random.below(TELLING.len())].iter().copied())),
    }
}
