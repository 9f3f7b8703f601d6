//! The hidden cases of every module, asked of a driver that answers whatever it likes.
//!
//! A reply that decodes is not yet a sensible one: lengths that do not fit their shapes, numbers that are
//! none. A case that panicked on it would be a fault of ours, and a fault is no zero.

use crate::honest;
use crate::memory::MemoryAllowance;
use crate::script::{ChoiceScript, damage};
use grader_judge::{Case, CaseVerdict, Draw, Failure, TimedCase, Transport};
use grader_protocol::{CallCost, CallFailure};
use std::sync::OnceLock;
use std::time::Duration;

/// Inputs are drawn from one seed, so that recorded replies fit the requests.
pub const SEED: u64 = 7;

/// Cases compute what is right, and some of that is matrices. Replies are small here; what is told about
/// them must be so, too.
const ALLOWANCE: MemoryAllowance = MemoryAllowance {
    fixed: 64 << 20,
    live_per_byte: 256,
    total_fixed: 8 * (64 << 20),
    total_per_byte: 4096,
};

/// What an instructor is told about a wrong answer, in bytes.
const LONGEST_TEXT: usize = 16 << 10;

/// A case with more bytes of replies than this is left out: others make the same claims on inputs a
/// hundred times smaller, and a fuzzer would do little else.
const LARGEST: usize = 256 << 10;

/// A case, and what an honest driver answered.
struct AnsweredCase {
    name: &'static str,
    way: CaseRunner,
    replies: Vec<Vec<u8>>,
}

/// How a case is run.
enum CaseRunner {
    /// By its calls.
    Called(Case),
    /// By verifying outputs.
    Timed(TimedCase),
}

/// Runs the case that the first bytes choose, with replies that the others damage.
pub fn run(input: &[u8]) {
    let mut script = ChoiceScript::new(input);
    let asked = asked();
    let chosen = usize::from(script.byte()) << 8 | usize::from(script.byte());
    let chosen = &asked[chosen % asked.len()];
    let verdict = ALLOWANCE.hold(chosen.name, input.len() + chosen.bytes(), || chosen.run(script));
    if let Err(failure) = verdict {
        judged(chosen.name, &failure);
    }
}

fn asked() -> &'static [AnsweredCase] {
    static ASKED: OnceLock<Vec<AnsweredCase>> = OnceLock::new();
    ASKED.get_or_init(|| {
        let mut asked = Vec::new();
        for module in grader::MODULES {
            let mut replies = honest::replies(module, SEED);
            for case in module.cases.iter().copied().flatten().copied() {
                let replies = replies.remove(case.name).unwrap_or_default();
                asked.push(AnsweredCase {
                    name: case.name,
                    way: CaseRunner::Called(case),
                    replies,
                });
            }
            for case in module.timed {
                asked.push(AnsweredCase {
                    name: case.name,
                    way: CaseRunner::Timed(*case),
                    replies: Vec::new(),
                });
            }
        }
        asked.retain(|asked| asked.bytes() <= LARGEST);
        asked
    })
}

impl AnsweredCase {
    fn bytes(&self) -> usize {
        self.replies.iter().map(Vec::len).sum()
    }

    fn run(&self, mut script: ChoiceScript<'_>) -> CaseVerdict {
        let mut draw = Draw::new(SEED, self.name);
        match &self.way {
            CaseRunner::Called(case) => {
                let mut wire = HostileDriver { script, honest: &self.replies, calls: 0 };
                (case.run)(&mut wire, &mut draw)
            }
            CaseRunner::Timed(case) => {
                let mut work = (case.work)(draw);
                let calls = 1 + usize::from(script.byte() % 2);
                let outputs = work.batch(calls).inputs.len() + usize::from(script.happens(32));
                let outputs: Vec<_> = (0..outputs).map(|_| script.some().to_vec()).collect();
                work.verify(&outputs)
            }
        }
    }
}

/// A driver that answers as an honest one would, until it does not.
struct HostileDriver<'a> {
    script: ChoiceScript<'a>,
    honest: &'a [Vec<u8>],
    calls: usize,
}

impl Transport for HostileDriver<'_> {
    fn call(&mut self, _: &[u8]) -> Result<Vec<u8>, CallFailure> {
        let honest = self.honest.get(self.calls).cloned().unwrap_or_default();
        self.calls += 1;
        Ok(match self.script.byte() {
            0..160 => honest,
            160..200 => self.script.some().to_vec(),
            // An answer to another call.
            200..220 => {
                let other = self.script.number() as usize % self.honest.len().max(1);
                self.honest.get(other).cloned().unwrap_or_default()
            }
            _ => {
                let mut reply = honest;
                damage(&mut ChoiceScript::new(self.script.some()), &mut reply);
                reply
            }
        })
    }

    fn last_cost(&self) -> CallCost {
        // Longer than whatever a reply says was measured meanwhile.
        CallCost { wall: Duration::from_mins(1), cpu: Some(Duration::from_secs(1)), overlap: None }
    }
}

/// What is wrong is the driver's, and is told in few words.
fn judged(name: &str, failure: &Failure) {
    assert!(!matches!(failure, Failure::Fault(_)), "{name}: a driver made a fault of ours");
    let told = failure.message();
    assert!(told.len() <= LONGEST_TEXT, "{name}: {} bytes are told", told.len());
    if let Failure::Wrong { detail, .. } = failure {
        let detail = detail.for_instructor();
        assert!(detail.len() <= LONGEST_TEXT, "{name}: a detail of {} bytes", detail.len());
    }
}

/// Inputs to begin with: each case with an honest driver, each with one wrong bit, and each timed one with
/// outputs that state the right shape and hold nothing.
pub fn seeds() -> Vec<Vec<u8>> {
    let cases = asked().len() as u16;
    let honest = (0..cases).map(|case| case.to_be_bytes().to_vec());
    let wrong = honest.clone().map(|case| [&case[..], &[255, 6, 1, 0, 0, 0, 1, 3]].concat());
    let shapes = [[0x80, 3, 0x80, 3, 0], [0x80, 5, 0x80, 5, 0]];
    let empty = shapes.map(|shape| [&[0, 0, 5], &shape[..]].concat());
    let timed =
        (0..cases).filter(|case| matches!(asked()[usize::from(*case)].way, CaseRunner::Timed(_)));
    let timed =
        timed.flat_map(|case| empty.clone().map(|rest| [&case.to_be_bytes()[..], &rest].concat()));
    honest.clone().chain(wrong).chain(timed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// Where an honest driver is known, its replies lead to the end of each case.
    #[test]
    fn an_honest_driver_passes_every_case() {
        let honest = |asked: &&AnsweredCase| !asked.replies.is_empty();
        let failed: Vec<_> = asked()
            .iter()
            .filter(honest)
            .filter_map(|asked| {
                asked.run(ChoiceScript::new(&[])).err().map(|why| (asked.name, why))
            })
            .collect();
        assert!(failed.is_empty(), "{failed:?}");
        assert!(asked().iter().filter(honest).count() > 50);
    }

    /// One call is answered by nothing but zeros, which decode to empty lists, zeros and first variants.
    struct ZeroedReply<'a> {
        honest: &'a [Vec<u8>],
        at: usize,
        zeros: usize,
        calls: usize,
    }

    impl Transport for ZeroedReply<'_> {
        fn call(&mut self, _: &[u8]) -> Result<Vec<u8>, CallFailure> {
            let honest = self.honest.get(self.calls).cloned().unwrap_or_default();
            self.calls += 1;
            Ok(if self.calls == self.at + 1 { vec![0; self.zeros] } else { honest })
        }

        fn last_cost(&self) -> CallCost {
            CallCost::default()
        }
    }

    /// A case looked at the second element of a list that was empty, and panicked: for a student whose
    /// list is too short that was a fault of ours.
    #[test]
    fn no_case_panics_where_an_answer_is_empty() {
        let mut panicked = Vec::new();
        for AnsweredCase { name, way, replies } in asked() {
            let CaseRunner::Called(case) = way else { continue };
            for (at, zeros) in (0..replies.len().min(4)).flat_map(|at| (1..8).map(move |z| (at, z)))
            {
                let mut wire = ZeroedReply { honest: replies, at, zeros, calls: 0 };
                let run = || (case.run)(&mut wire, &mut Draw::new(SEED, name));
                if catch_unwind(AssertUnwindSafe(run)).is_err() {
                    panicked.push((name, at, zeros));
                }
            }
        }
        assert!(panicked.is_empty(), "{panicked:?}");
    }
}
