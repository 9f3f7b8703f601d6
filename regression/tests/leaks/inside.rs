//! From inside: native code searches its whole process, with everything off that would refuse to compile it.

use crate::SEED;
use grader_pipeline::{Defence, Grader};
use regression::attack::corpus;
use regression::attack::world::World;
use regression::{explain, failed, grade_with, grader};

const NAME: &str = "machine/searches_its_memory";
/// What the attack masks the seed with, so that it does not find itself.
const MASK: u64 = 0x9e37_79b9_7f4a_7c15;

/// The seed once was in each request: where its numbers start was the seed with its bits turned. With it, a
/// submission could draw all inputs to come, and the random signs by which a product is verified.
#[test]
fn a_process_that_searches_itself_finds_neither_seed_nor_mark() {
    let corpus = corpus::all().expect("attacks");
    let named = corpus.iter().find(|named| named.title() == NAME).expect("the attack");
    let number = format!("{:#018x}", SEED ^ MASK);
    assert!(named.attack.items.contains(&number), "it should look for {number}");
    let world = World::new().expect("a world");
    let made = named.attack.make(&world).expect("a submission");
    let open = grader("profiling").clone();
    let module = open.module.clone().without(Defence::TokenScan).without(Defence::UnsafeLint);
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
