//! The clocks.

use std::time::Duration;

use tinytorch::clock::{Clock, ManualClock, MonotonicClock};

fn elapsed_while(clock: impl Clock, work: impl FnOnce()) -> Duration {
    let start = clock.now();
    work();
    clock.now().checked_sub(start).expect("a clock never goes back")
}

#[test]
fn manual_clock_shows_exactly_what_it_was_advanced() {
    let clock = ManualClock::new();
    assert_eq!(clock.now(), Duration::ZERO);
    let step = Duration::from_micros(1500);
    assert_eq!(elapsed_while(&clock, || clock.advance(step)), step);
    assert_eq!(elapsed_while(&clock, || ()), Duration::ZERO);
}

#[test]
fn clones_of_a_manual_clock_share_the_time() {
    let clock = ManualClock::new();
    let other = clock.clone();
    other.advance(Duration::from_secs(2));
    clock.advance(Duration::from_secs(1));
    assert_eq!(clock.now(), Duration::from_secs(3));
    assert_eq!(other.now(), Duration::from_secs(3));
}

#[test]
fn advancing_past_the_end_of_time_stays_there() {
    let clock = ManualClock::new();
    clock.advance(Duration::MAX);
    clock.advance(Duration::from_secs(1));
    assert_eq!(clock.now(), Duration::MAX);
}

#[test]
fn monotonic_clock_moves_forward_until_it_differs() {
    let clock = MonotonicClock::new();
    let start = clock.now();
    let mut now = start;
    while now == start {
        let next = clock.now();
        assert!(next >= now);
        now = next;
    }
}

#[test]
fn a_clock_works_behind_a_trait_object() {
    let clock = ManualClock::new();
    let object: &dyn Clock = &clock;
    assert_eq!(elapsed_while(object, || clock.advance(Duration::from_nanos(7))).as_nanos(), 7);
}
