//! Where the nonces of a wire start.

use grader_judge::Draw;

/// The first nonce of the wire called `wire`, in a grading with this secret seed.
///
/// Whoever runs beside the driver can read it: so it is a hash, from which the seed is not to be found. It
/// was once the seed itself, its bits turned: with that, a submission knew every input to come, and
/// the random signs by which products are verified while they are timed.
pub fn first(seed: u64, wire: &str) -> u64 {
    // No case has a blank in its name.
    Draw::new(seed, &format!("nonces of {wire}")).bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of numbers that have nothing to do with each other, half of the 64 bits differ.
    #[test]
    fn nonces_of_seeds_that_differ_in_one_bit_have_nothing_in_common() {
        let seed = 0x5eed_0f5e_ed00_1234;
        let near: Vec<u64> = (0..64).map(|bit| first(seed ^ (1 << bit), "judge")).collect();
        let differ = near.iter().map(|nonce| (nonce ^ first(seed, "judge")).count_ones());
        let differ: Vec<u32> = differ.collect();
        assert!(differ.iter().all(|bits| (10..=54).contains(bits)), "{differ:?}");
    }

    #[test]
    fn each_wire_has_nonces_of_its_own() {
        assert_ne!(first(7, "judge"), first(7, "baseline"));
    }
}
