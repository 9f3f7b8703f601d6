//! Native code searches its whole process, with every defence off that would reject its
//! compilation.

use crate::SEED;
use grader_pipeline::{DefenceLayer, Grader};
use regression::attack::corpus;
use regression::attack::world::AttackFolder;
use regression::{explain, failed, grade_with, grader};

const NAME: &str = "machine/searches_its_memory";
/// The attack masks the seed with this, so that it does not find its own copy.
const MASK: u64 = 0x9e37_79b9_7f4a_7c15;

/// Regression test: each request contains a nonce, and the first nonce was the seed with its bits
/// rotated. With the seed, a submission could draw all future inputs, and the random signs used to
/// verify a product.
#[test]
fn a_process_that_searches_itself_finds_neither_seed_nor_mark() {
    let corpus = corpus::all().expect("attacks");
    let named = corpus.iter().find(|named| named.title() == NAME).expect("the attack");
    let number = format!("{:#018x}", SEED ^ MASK);
    assert!(named.attack.items.contains(&number), "it should look for {number}");
    let world = AttackFolder::new().expect("a world");
    let made = named.attack.make(&world).expect("a submission");
    let open = grader("profiling").clone();
    let module =
        open.module.clone().without(DefenceLayer::TokenScan).without(DefenceLayer::UnsafeLint);
    let grade = grade_with(&Grader { module, ..open }, &made.submission, SEED);
    let searches: Vec<_> = failed(&grade)
        .into_iter()
        .filter_map(|case| case.message.as_deref())
        .filter(|message| message.contains(" pages: "))
        .collect();
    eprintln!("{searches:#?}");
    assert!(!searches.is_empty(), "it did not run: {}", explain(&grade));
    for told in searches {
        assert!(told.contains("it finds what is there"), "the search does not work: {told}");
        assert!(!told.contains("CANARY-"), "{told}");
    }
}
