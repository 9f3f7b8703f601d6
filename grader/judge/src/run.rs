//! Runs a suite over a transport.

use crate::{Case, Draw, Failure, MeteredTransport, Suite, TaskAccount, TaskBudget};
use grader_model::Outcome;
use grader_protocol::Transport;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The result of one case.
#[derive(Clone, Debug)]
pub struct CaseRun {
    /// The case's name.
    pub name: &'static str,
    /// Its outcome.
    pub outcome: Outcome,
    /// Why it did not pass; `None` if it passed or was skipped.
    pub failure: Option<Failure>,
    /// If it was skipped, the parents that did not pass.
    pub blocked_by: Vec<&'static str>,
}

/// Called when each case begins and ends. It may measure time, show progress or stop the run.
pub trait CaseObserver {
    /// Called before `case` runs. Returns whether to continue; `false` ends the run here.
    fn begin(&mut self, case: &Case) -> bool;
    /// Called after `case` has ended.
    fn end(&mut self, case: &Case, run: &CaseRun);
}

/// Does nothing and lets every case run.
impl CaseObserver for () {
    fn begin(&mut self, _: &Case) -> bool {
        true
    }
    fn end(&mut self, _: &Case, _: &CaseRun) {}
}

/// Runs the cases of `suite` in order, parents first, with inputs drawn from `seed`. If `observer`
/// stops the run, returns the results so far.
///
/// Each task has its own process and its own budget: that of its name. When the budget is used up, the task's other
/// cases are not run. A case with a failed parent is still reported as skipped, because the parent
/// is more informative.
pub fn run_suite(
    suite: &Suite,
    wire: &mut dyn Transport,
    budget: &dyn Fn(&str) -> TaskBudget,
    seed: u64,
    observer: &mut dyn CaseObserver,
) -> Vec<CaseRun> {
    let mut accounts: HashMap<&str, TaskAccount> = HashMap::new();
    let mut outcomes: HashMap<&str, Outcome> = HashMap::new();
    let mut runs: Vec<CaseRun> = Vec::with_capacity(suite.cases().len());
    let mut task = None;
    for case in suite.cases() {
        if !observer.begin(case) {
            break;
        }
        // Start a fresh process for each task, so one task cannot affect the next.
        let refreshed =
            if task.replace(case.task) == Some(case.task) { Ok(()) } else { wire.refresh() };
        let failed = |parent: &&&str| outcomes.get(**parent) != Some(&Outcome::Pass);
        let blocked_by: Vec<_> = suite.parents(case.name).iter().filter(failed).copied().collect();
        let run = if let Err(failure) = refreshed {
            ended(case, failure.into())
        } else if blocked_by.is_empty() {
            let account =
                accounts.remove(case.task).unwrap_or_else(|| TaskAccount::new(budget(case.task)));
            let mut metered = MeteredTransport::new(&mut *wire, account);
            let run = run_case(case, &mut metered, seed);
            accounts.insert(case.task, metered.into_account());
            run
        } else {
            CaseRun { name: case.name, outcome: Outcome::Skipped, failure: None, blocked_by }
        };
        outcomes.insert(case.name, run.outcome);
        observer.end(case, &run);
        runs.push(run);
    }
    runs
}

/// A panic in a case's own code is a grader fault, never a zero for the student.
fn run_case<W: Transport>(case: &Case, wire: &mut MeteredTransport<W>, seed: u64) -> CaseRun {
    if let Some(refusal) = wire.refusal() {
        return ended(case, refusal.into());
    }
    let mut draw = Draw::new(seed, case.name);
    let verdict =
        catch_unwind(AssertUnwindSafe(|| (case.run)(wire, &mut draw))).unwrap_or_else(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
            let text = text.unwrap_or("no text");
            Err(Failure::Fault(format!("hidden case `{}` panicked: {text}", case.name)))
        });
    match verdict {
        // If a call was not made, report that: whatever the case concluded from it, no answer was
        // wrong.
        Err(failure) => ended(case, wire.refused().map_or(failure, Failure::from)),
        Ok(()) => CaseRun {
            name: case.name,
            outcome: Outcome::Pass,
            failure: None,
            blocked_by: Vec::new(),
        },
    }
}

fn ended(case: &Case, failure: Failure) -> CaseRun {
    let outcome = failure.outcome();
    CaseRun { name: case.name, outcome, failure: Some(failure), blocked_by: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cases, check};

    mod contract {
        grader_protocol::contract! {
            /// A tiny module.
            pub trait TinyModule {
                /// Doubles.
                fn double(x: f64) -> f64;
            }
        }
    }
    use crate::CaseVerdict;
    use contract::{Client, TinyModule, dispatch};
    use grader_protocol::{Answer, InProcess};

    cases! { task "doubling", client Client;
        /// Zero stays zero.
        zero_stays_zero;
        /// Any number is doubled.
        doubles after [zero_stays_zero];
        /// A case of ours that has a bug.
        has_a_bug;
    }

    fn zero_stays_zero(code: &mut Client, _: &mut Draw) -> CaseVerdict {
        check::equal("twice zero", &code.double(0.0)?, &0.0)
    }

    fn doubles(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
        let x = draw.real(1.0, 2.0);
        check::equal("twice a number", &code.double(x)?, &(2.0 * x))
    }

    fn has_a_bug(_: &mut Client, _: &mut Draw) -> CaseVerdict {
        panic!("our own bug")
    }

    struct TinyCode(fn(f64) -> f64);
    impl TinyModule for TinyCode {
        fn double(&mut self, x: f64) -> Answer<f64> {
            Ok((self.0)(x))
        }
    }

    fn outcomes(f: fn(f64) -> f64) -> Vec<Outcome> {
        let suite = Suite::new(CASES.iter().copied()).unwrap();
        let mut code = TinyCode(f);
        let mut wire = InProcess::new(|request| dispatch(&mut code, request));
        run_suite(&suite, &mut wire, &|_| TaskBudget::UNLIMITED, 1, &mut ())
            .iter()
            .map(|run| run.outcome)
            .collect()
    }

    #[test]
    fn right_code_passes_and_our_bug_is_our_fault() {
        assert_eq!(outcomes(|x| x + x), [Outcome::Pass, Outcome::Pass, Outcome::GraderFault]);
    }

    #[test]
    fn a_child_is_skipped_when_its_parent_failed() {
        assert_eq!(
            outcomes(|x| x + 1.0)[..2],
            [Outcome::WrongAnswer, Outcome::Skipped],
            "adding one is wrong at zero, so the second case says nothing new"
        );
    }

    #[test]
    fn a_stub_is_not_started() {
        assert_eq!(outcomes(|_| todo!("double it"))[0], Outcome::NotStarted);
    }

    /// Regression test: a background thread of one task ended the process during a call of another
    /// task, which was charged for it.
    #[test]
    fn each_task_meets_a_fresh_process() {
        struct CountingObserver(Vec<&'static str>);
        impl Transport for CountingObserver {
            fn call(&mut self, _: &[u8]) -> Result<Vec<u8>, grader_protocol::CallFailure> {
                self.0.push("call");
                Ok(grader_protocol::encode_reply(&grader_protocol::Reply::Value(0.0)))
            }
            fn refresh(&mut self) -> Result<(), grader_protocol::CallFailure> {
                self.0.push("fresh");
                Ok(())
            }
            fn last_cost(&self) -> grader_protocol::CallCost {
                grader_protocol::CallCost::default()
            }
        }
        let of = |task| Case { task, after: &[], ..CASES[0] };
        let cases = [of("a"), Case { name: "b", ..of("a") }, Case { name: "c", ..of("c") }];
        let mut wire = CountingObserver(Vec::new());
        run_suite(&Suite::new(cases).unwrap(), &mut wire, &|_| TaskBudget::UNLIMITED, 1, &mut ());
        assert_eq!(wire.0, ["fresh", "call", "call", "fresh", "call"]);
    }

    #[test]
    fn nan_is_a_wrong_answer() {
        assert_eq!(outcomes(|_| f64::NAN)[0], Outcome::WrongAnswer);
    }
}
