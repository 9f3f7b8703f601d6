use super::*;

/// What one thread does at a moment of a schedule.
#[derive(Clone, Copy, Debug, PartialEq)]
enum ThreadAction {
    /// It is not there.
    Absent,
    /// It sleeps.
    Sleeps,
    /// It would compute.
    Computes,
    /// It wakes, waits for its turn, and sleeps again as soon as it has it.
    Naps,
}

use ThreadAction::{Absent, Computes, Naps, Sleeps};

/// What each thread does in each slice of the time, and how it is looked at.
#[derive(Clone, Debug)]
struct ThreadSchedule {
    threads: Vec<Vec<ThreadAction>>,
    /// CPU seconds of a slice.
    slice: f64,
    /// Looks in a slice. Where neighbours take turns away, a slice takes longer, and there are more.
    looks: usize,
}

/// One CPU that is given to all who compute, slice by slice.
struct OneCpu {
    threads: Vec<ThreadState>,
    /// Who has it.
    on: Option<usize>,
    cpu: f64,
}

impl OneCpu {
    fn give_turn(&mut self, id: usize) {
        if self.on != Some(id) {
            self.threads[id].turns += 1;
        }
    }

    /// Begins a slice in which the threads do this.
    fn begin(&mut self, does: &[ThreadAction], before: &[ThreadAction]) {
        for (id, now) in does.iter().enumerate() {
            let stops = before[id] == Computes && *now != Computes;
            // A thread needs the CPU to find out that it has to sleep.
            if stops || *now == Naps {
                self.give_turn(id);
                self.threads[id].sleeps += 1;
                self.on = self.on.filter(|on| *on != id);
            }
            self.threads[id].runnable = matches!(now, Computes | Naps);
        }
        let willing = (0..does.len()).filter(|id| does[*id] == Computes);
        let next = willing.min_by_key(|id| self.threads[*id].cpu);
        if let Some(on) = self.on.filter(|_| next != self.on) {
            self.threads[on].interruptions += 1;
        }
        if let Some(next) = next {
            self.give_turn(next);
        }
        self.on = next;
    }

    fn compute(&mut self, seconds: f64) {
        if let Some(on) = self.on {
            self.cpu += seconds;
            self.threads[on].cpu += Duration::from_secs_f64(seconds);
        }
    }
}

impl ThreadSchedule {
    fn of<T: AsRef<[(ThreadAction, usize)]>>(threads: &[T]) -> Self {
        let spread = |phases: &T| {
            phases.as_ref().iter().flat_map(|(does, slices)| vec![*does; *slices]).collect()
        };
        Self { threads: threads.iter().map(spread).collect(), slice: 4e-3, looks: 4 }
    }

    fn looks(&self) -> Vec<ThreadMoment> {
        let count = self.threads.len();
        let thread = |id| ThreadState { id: id as u32, ..ThreadState::default() };
        let threads = (0..count).map(thread).collect();
        let mut machine = OneCpu { threads, on: None, cpu: 0.0 };
        let mut before = vec![Absent; count];
        let mut looks = vec![ThreadMoment::default()];
        for slice in 0..self.threads.iter().map(Vec::len).max().unwrap_or(0) {
            let does = |thread: &Vec<ThreadAction>| thread.get(slice).copied().unwrap_or(Absent);
            let does: Vec<_> = self.threads.iter().map(does).collect();
            machine.begin(&does, &before);
            for _ in 0..self.looks {
                machine.compute(self.slice / self.looks as f64);
                let there = machine.threads.iter().filter(|one| does[one.id as usize] != Absent);
                let cpu = Duration::from_secs_f64(machine.cpu);
                looks.push(ThreadMoment { cpu, threads: there.copied().collect() });
            }
            before = does;
        }
        looks
    }

    /// CPU seconds over the span: how many times as fast the call is as its own work on one thread.
    fn gain(&self) -> f64 {
        let looks = self.looks();
        let overlap = overlap(&looks).expect("seen well enough");
        looks.last().unwrap().cpu.as_secs_f64() / overlap.span.as_secs_f64()
    }
}

#[test]
fn threads_that_compute_at_once_gain_their_number() {
    for count in 1..=4 {
        let gain = ThreadSchedule::of(&vec![[(Computes, 24)]; count]).gain();
        assert!((gain / count as f64 - 1.0).abs() < 0.03, "{count}: {gain}");
    }
}

#[test]
fn one_after_the_other_gains_nothing() {
    let joined = ThreadSchedule::of(&[
        vec![(Sleeps, 24)],
        vec![(Computes, 12)],
        vec![(Absent, 12), (Computes, 12)],
    ]);
    assert!((joined.gain() - 1.0).abs() < 0.05, "{}", joined.gain());
}

#[test]
fn a_part_on_one_thread_counts_in_full() {
    let later = vec![(Absent, 12), (Computes, 24)];
    let first_alone =
        ThreadSchedule::of(&[vec![(Computes, 12), (Sleeps, 24)], later.clone(), later]);
    // 12 alone, and 24 of two at once: 36 in 24.
    assert!((first_alone.gain() - 1.5).abs() < 0.1, "{}", first_alone.gain());
}

/// A thread that polls with the shortest of naps is runnable nearly all the time where another one computes.
#[test]
fn a_thread_that_naps_beside_another_does_not_count() {
    let napping = ThreadSchedule::of(&[[(Computes, 40)], [(Naps, 40)]]);
    assert!(napping.gain() < 1.05, "{}", napping.gain());
}

/// Two threads that pass a token to each other wait for it asleep, or wake only to sleep again.
#[test]
fn turns_by_a_token_gain_nothing() {
    let turns = |waits: ThreadAction| {
        let mut one = Vec::new();
        let mut other = Vec::new();
        for _ in 0..10 {
            one.extend([(Computes, 2), (waits, 2)]);
            other.extend([(waits, 2), (Computes, 2)]);
        }
        ThreadSchedule::of(&[one, other]).gain()
    };
    assert!(turns(Sleeps) < 1.1, "{}", turns(Sleeps));
    assert!(turns(Naps) < 1.1, "{}", turns(Naps));
}

/// A lock around each piece: a thread that is taken off its CPU between two pieces finds the lock held at its
/// next turn.
#[test]
fn a_thread_that_would_only_find_a_lock_held_does_not_count() {
    let mut looks = vec![ThreadMoment::default()];
    for look in 0..80_u64 {
        let cpu = Duration::from_millis(look + 1);
        // In each round of eight looks it has one turn of half a millisecond, waits for the next one, and sleeps.
        let round = look / 8;
        let waits = look % 8 < 4;
        // Its CPU time is left out: the bound by the busiest thread would hide what is tested.
        let holder = ThreadState { id: 0, runnable: true, turns: 1, ..ThreadState::default() };
        let waiter = ThreadState {
            id: 1,
            runnable: waits,
            sleeps: round + u64::from(!waits),
            interruptions: round + 1,
            turns: 2 * round + 1 + u64::from(!waits),
            cpu: Duration::from_micros(500 * (round + 1)),
        };
        looks.push(ThreadMoment { cpu, threads: vec![holder, waiter] });
    }
    let span = overlap(&looks).unwrap().span;
    assert!(span >= Duration::from_millis(79), "{span:?} of 80 ms");
}

/// A kernel that shares the CPU unevenly cannot make a call look shorter than its busiest thread.
#[test]
fn the_span_is_no_shorter_than_any_thread() {
    let mut looks = ThreadSchedule::of(&[[(Computes, 24)]; 2]).looks();
    for look in &mut looks {
        for thread in &mut look.threads {
            thread.cpu = if thread.id == 0 { look.cpu } else { Duration::ZERO };
        }
    }
    let work = looks.last().unwrap().cpu;
    assert_eq!(overlap(&looks).unwrap().span, work);
}

#[test]
fn few_looks_or_a_long_gap_show_nothing() {
    let schedule = ThreadSchedule { looks: 1, ..ThreadSchedule::of(&[[(Computes, 8)]; 2]) };
    assert_eq!(overlap(&schedule.looks()), None, "8 looks");
    let mut looks = ThreadSchedule::of(&[[(Computes, 24)]; 2]).looks();
    assert!(overlap(&looks).is_some());
    looks.drain(10..60);
    assert_eq!(overlap(&looks), None, "half of it passed unseen");
    assert_eq!(overlap(&[]), None);
}

/// Schedules of two to five threads, the first of which computes all the time so that there is something to
/// see.
fn schedules() -> impl Iterator<Item = ThreadSchedule> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = move |end: u64| {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % end
    };
    (0..300).map(move |_| {
        let mut threads = vec![vec![(Computes, 40)]];
        for _ in 0..=below(4) {
            let does = |draw: u64| [Sleeps, Computes, Naps][draw as usize];
            let phases = (0..=below(5)).map(|_| (does(below(3)), 1 + below(11) as usize));
            threads.push(phases.collect());
        }
        ThreadSchedule::of(&threads)
    })
}

/// On a machine that is slower everything takes longer, and the gain is the same.
#[test]
fn the_gain_is_that_of_any_machine() {
    for schedule in schedules() {
        for factor in [0.2, 3.0] {
            let slower = ThreadSchedule { slice: factor * schedule.slice, ..schedule.clone() };
            let off = (slower.gain() / schedule.gain() - 1.0).abs();
            assert!(off < 1e-4, "{off}: {schedule:?}");
        }
    }
}

/// A neighbour takes turns away, and with them elapsed time: there are more looks in each slice.
#[test]
fn neighbours_change_nothing() {
    for schedule in schedules() {
        for neighbours in [2, 5] {
            let beside = ThreadSchedule { looks: schedule.looks * neighbours, ..schedule.clone() };
            let off = (beside.gain() / schedule.gain() - 1.0).abs();
            assert!(off < 0.1, "{off}: {schedule:?}");
        }
    }
}

#[test]
fn the_gain_is_between_one_and_the_number_of_threads() {
    for schedule in schedules() {
        let gain = schedule.gain();
        let most = schedule.threads.len() as f64;
        assert!(gain > 1.0 - 1e-6 && gain < most + 1e-6, "{gain}: {schedule:?}");
    }
}
