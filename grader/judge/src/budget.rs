//! Time limits for the calls of one task, individually and together.
//!
//! A task pays only for its own calls, so its code cannot affect the other tasks. This module reads
//! no clock: the transport reports the cost of a call.

use grader_protocol::{CallAllowance, CallCost, CallFailure, DescribeCall, Transport};
use grader_timing::RemoteProcess;
use std::collections::BTreeSet;
use std::time::Duration;

/// Time limits for the calls of one task. `task` bounds a task, whatever its code does. A
/// submission is bounded by the sum over its tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskBudget {
    /// Limit of one call.
    pub call: CallAllowance,
    /// Limit of all calls together.
    pub task: CallAllowance,
}

impl TaskBudget {
    /// No limits, for trusted code.
    pub const UNLIMITED: Self = {
        let all = CallAllowance { cpu: Duration::MAX, elapsed: Duration::MAX };
        Self { call: all, task: all }
    };

    /// The limit for calls of a function that has timed out before. If less than this remains, no
    /// calls are made. It exceeds the longest call of a reference solution.
    fn shortest_call(&self) -> CallAllowance {
        fraction(self.call, 10)
    }

    /// The part of the budget reserved for functions that never timed out. Functions that did time
    /// out cannot use it up, so cases that do not call them get the same points as if those
    /// functions had panicked.
    fn reserve(&self) -> CallAllowance {
        fraction(self.task, 4)
    }
}

fn fraction(of: CallAllowance, parts: u32) -> CallAllowance {
    CallAllowance { cpu: of.cpu / parts, elapsed: of.elapsed / parts }
}

fn either_is_less(a: CallAllowance, b: CallAllowance) -> bool {
    a.cpu < b.cpu || a.elapsed < b.elapsed
}

/// The remaining budget of one task, and the limit for its next call.
#[derive(Clone, Debug)]
pub struct TaskAccount {
    budget: TaskBudget,
    left: CallAllowance,
    /// The functions that have timed out.
    hung: BTreeSet<u8>,
}

impl TaskAccount {
    /// An unused budget.
    pub fn new(budget: TaskBudget) -> Self {
        Self { budget, left: budget.task, hung: BTreeSet::new() }
    }

    /// Whether too little is left for another call.
    pub fn is_exhausted(&self) -> bool {
        either_is_less(self.left, self.budget.shortest_call())
    }

    /// The failure for calls that are no longer made.
    const fn refusal(&self) -> CallFailure {
        CallFailure::NotAsked { limit: self.budget.task }
    }

    /// The limit for the next call of `function`. The rules ensure that a timeout leaves time for
    /// the other cases: a function that timed out gets the shortest limit and nothing from the
    /// reserve. After a timeout, every other function gets at most half of the remaining budget.
    ///
    /// # Errors
    /// If too little is left.
    fn next_call(&self, function: u8) -> Result<CallAllowance, CallFailure> {
        let shortest = self.budget.shortest_call();
        let reserve = self.budget.reserve();
        if self.is_exhausted() {
            Err(self.refusal())
        } else if self.hung.is_empty() {
            Ok(self.budget.call.min(self.left))
        } else if !self.hung.contains(&function) {
            let share = fraction(self.left, 2);
            let share = if either_is_less(share, shortest) { shortest } else { share };
            Ok(self.budget.call.min(share))
        } else if either_is_less(self.left, reserve) {
            let CallAllowance { cpu, elapsed } = self.budget.task;
            let cpu = cpu.saturating_sub(reserve.cpu);
            let elapsed = elapsed.saturating_sub(reserve.elapsed);
            let limit = CallAllowance { cpu, elapsed };
            Err(CallFailure::NotAsked { limit })
        } else {
            Ok(shortest)
        }
    }

    /// Charges a call of `function`. If the process ended before its CPU clock was read, the
    /// elapsed time counts as CPU time.
    fn charge(&mut self, function: u8, cost: CallCost, elapsed: Duration, hung: bool) {
        self.left.cpu = self.left.cpu.saturating_sub(cost.cpu.unwrap_or(cost.wall));
        self.left.elapsed = self.left.elapsed.saturating_sub(elapsed);
        if hung {
            self.hung.insert(function);
        }
    }
}

/// A transport whose calls are charged to a task's budget.
pub struct MeteredTransport<W> {
    wire: W,
    account: TaskAccount,
    refused: Option<CallFailure>,
}

impl<W: Transport> MeteredTransport<W> {
    /// Charges calls over `wire` to `account`.
    pub const fn new(wire: W, account: TaskAccount) -> Self {
        Self { wire, account, refused: None }
    }

    /// The reason no further call will be made, if any.
    pub fn refusal(&self) -> Option<CallFailure> {
        self.account.is_exhausted().then(|| self.account.refusal())
    }

    /// The reason a call was not made, if any.
    pub fn refused(&self) -> Option<CallFailure> {
        self.refused.clone()
    }

    /// The remaining budget.
    pub fn into_account(self) -> TaskAccount {
        self.account
    }

    /// The underlying transport.
    pub fn into_wire(self) -> W {
        self.wire
    }
}

impl<W: Transport> Transport for MeteredTransport<W> {
    fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, CallFailure> {
        // The first byte of a request is the index of its function.
        let function = request.first().copied().unwrap_or_default();
        let allowance =
            self.account.next_call(function).inspect_err(|why| self.refused = Some(why.clone()))?;
        self.wire.allow(allowance);
        let reply = self.wire.call(request);
        let hung = matches!(reply, Err(CallFailure::TimedOut { .. }));
        let cost = self.wire.last_cost();
        let elapsed = self.wire.last_elapsed();
        self.account.charge(function, cost, elapsed, hung);
        reply
    }

    fn refresh(&mut self) -> Result<(), CallFailure> {
        self.wire.refresh()
    }

    fn note_call(&mut self, describe: DescribeCall, request: &[u8], reply: Option<&[u8]>) {
        self.wire.note_call(describe, request, reply);
    }

    fn last_cost(&self) -> CallCost {
        self.wire.last_cost()
    }

    fn last_elapsed(&self) -> Duration {
        self.wire.last_elapsed()
    }
}

impl<W: RemoteProcess> RemoteProcess for MeteredTransport<W> {
    fn clock(&self) -> Option<Duration> {
        self.wire.clock()
    }

    fn freeze(&mut self) -> bool {
        self.wire.freeze()
    }

    fn thaw(&mut self) -> bool {
        self.wire.thaw()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Case, CaseRun, CaseVerdict, Draw, Suite, run_suite};
    use grader_model::Outcome;

    const fn seconds(cpu: u64, elapsed: u64) -> CallAllowance {
        CallAllowance { cpu: Duration::from_secs(cpu), elapsed: Duration::from_secs(elapsed) }
    }

    const BUDGET: TaskBudget = TaskBudget { call: seconds(3, 9), task: seconds(8, 16) };
    /// Number of cases in each task.
    const CASES: usize = 20;

    /// The behaviour of a task's code in each call.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum TaskBehaviour {
        Right,
        Panics,
        Spins,
        Sleeps,
        /// Answers after this many milliseconds, either computing or sleeping the whole time.
        Slow {
            milliseconds: u64,
            computes: bool,
        },
        /// Ends its process; detecting this takes two seconds.
        Ends,
    }

    /// Simulated code of three tasks, one function each, with a simulated clock.
    struct SimulatedCode {
        behaviours: [TaskBehaviour; 3],
        allowance: CallAllowance,
        last: (CallCost, Duration),
        elapsed: Duration,
    }

    impl SimulatedCode {
        fn new(behaviours: [TaskBehaviour; 3]) -> Self {
            let last = (CallCost::default(), Duration::ZERO);
            Self { behaviours, allowance: BUDGET.call, last, elapsed: Duration::ZERO }
        }

        /// Simulates a call of this length, and checks it against the limit.
        fn take(&mut self, elapsed: Duration, cpu: Duration) -> Result<(), CallFailure> {
            let limit = self.allowance;
            let late = elapsed > limit.elapsed || cpu > limit.cpu;
            let wall = elapsed.min(limit.elapsed);
            // Computing code is stopped by the CPU limit.
            let wall = if cpu > limit.cpu { wall.min(limit.cpu) } else { wall };
            self.last = (CallCost { wall, cpu: Some(cpu.min(limit.cpu)), overlap: None }, wall);
            self.elapsed += wall;
            if late { Err(CallFailure::TimedOut { limit, reduced: false }) } else { Ok(()) }
        }
    }

    impl Transport for SimulatedCode {
        fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, CallFailure> {
            let zero = Duration::ZERO;
            let hour = Duration::from_hours(1);
            match self.behaviours[usize::from(request[0])] {
                TaskBehaviour::Right => {
                    self.take(Duration::from_millis(20), Duration::from_millis(20))?;
                }
                TaskBehaviour::Spins => self.take(hour, hour)?,
                TaskBehaviour::Sleeps => self.take(hour, zero)?,
                TaskBehaviour::Slow { milliseconds, computes } => {
                    let time = Duration::from_millis(milliseconds);
                    self.take(time, if computes { time } else { zero })?;
                }
                TaskBehaviour::Panics => {
                    self.take(Duration::from_millis(1), zero)?;
                    return Err(CallFailure::Panicked { message: "x".into(), location: None });
                }
                TaskBehaviour::Ends => {
                    self.take(Duration::from_millis(1), zero)?;
                    self.last.1 += Duration::from_secs(2);
                    self.elapsed += Duration::from_secs(2);
                    return Err(CallFailure::Crashed { how: "x".into() });
                }
            }
            Ok(Vec::new())
        }

        fn allow(&mut self, allowance: CallAllowance) {
            self.allowance = allowance;
        }

        fn last_cost(&self) -> CallCost {
            self.last.0
        }

        fn last_elapsed(&self) -> Duration {
            self.last.1
        }
    }

    fn ask(wire: &mut dyn Transport, function: u8) -> CaseVerdict {
        Ok(wire.call(&[function]).map(drop)?)
    }

    /// Runs one case.
    type SimulatedRun = fn(&mut dyn Transport, &mut Draw) -> CaseVerdict;

    const TASKS: [(&str, SimulatedRun); 3] = [
        ("a", |wire, _| ask(wire, 0)),
        ("b", |wire, _| ask(wire, 1)),
        ("c", |wire, _| ask(wire, 2)),
    ];
    const ORDERS: [[usize; 3]; 6] =
        [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    /// Runs the cases of all tasks, with the tasks in this order.
    fn judged(order: [usize; 3], code: [TaskBehaviour; 3]) -> (Vec<CaseRun>, Duration) {
        let case = |task: usize, number: usize| {
            let name: &'static str = format!("{task} {number}").leak();
            let (task, run) = TASKS[task];
            Case { name, task, claim: "", after: &[], run }
        };
        let cases = order.into_iter().flat_map(|task| (0..CASES).map(move |n| case(task, n)));
        let mut wire = SimulatedCode::new(code);
        let suite = Suite::new(cases).unwrap();
        let runs = run_suite(&suite, &mut wire, &|_| BUDGET, 1, &mut ());
        (runs, wire.elapsed)
    }

    fn outcomes_of(task: usize, runs: &[CaseRun]) -> Vec<Outcome> {
        let prefix = format!("{task} ");
        runs.iter().filter(|run| run.name.starts_with(&prefix)).map(|run| run.outcome).collect()
    }

    /// Regression test: an endless loop in one task cost the points of all later tasks.
    #[test]
    fn whatever_one_task_does_the_others_are_asked_in_any_order() {
        let slow = |computes| TaskBehaviour::Slow { milliseconds: 2900, computes };
        let bad = [
            TaskBehaviour::Panics,
            TaskBehaviour::Spins,
            TaskBehaviour::Sleeps,
            slow(true),
            slow(false),
            TaskBehaviour::Ends,
        ];
        for (behaviour, order) in bad.into_iter().flat_map(|bad| ORDERS.map(|order| (bad, order))) {
            for broken in 0..3 {
                let mut code = [TaskBehaviour::Right; 3];
                code[broken] = behaviour;
                let (runs, _) = judged(order, code);
                for task in 0..3 {
                    let passed = outcomes_of(task, &runs) == [Outcome::Pass; CASES];
                    assert_eq!(passed, task != broken, "{behaviour:?} in {broken}: {runs:?}");
                }
            }
        }
    }

    #[test]
    fn the_time_of_a_task_is_bounded_and_that_of_all_is_the_sum() {
        for behaviour in [
            TaskBehaviour::Spins,
            TaskBehaviour::Sleeps,
            TaskBehaviour::Slow { milliseconds: 2999, computes: true },
            TaskBehaviour::Slow { milliseconds: 8999, computes: false },
            TaskBehaviour::Slow { milliseconds: 200, computes: false },
        ] {
            let (_, elapsed) = judged(ORDERS[0], [behaviour; 3]);
            assert!(elapsed <= 3 * BUDGET.task.elapsed, "{behaviour:?}: {elapsed:?}");
        }
        // The end of a process is detected only after the call.
        let (_, elapsed) = judged(ORDERS[0], [TaskBehaviour::Ends; 3]);
        assert!(elapsed <= 3 * (BUDGET.task.elapsed + Duration::from_secs(2)), "{elapsed:?}");
    }

    #[test]
    fn what_was_never_asked_is_not_called_timed_out() {
        let (runs, _) =
            judged(ORDERS[0], [TaskBehaviour::Sleeps, TaskBehaviour::Right, TaskBehaviour::Right]);
        let of_task = outcomes_of(0, &runs);
        let asked = of_task.iter().take_while(|outcome| **outcome == Outcome::TimedOut).count();
        assert!((4..CASES).contains(&asked), "{of_task:?}");
        assert!(of_task[asked..].iter().all(|outcome| *outcome == Outcome::NotAsked));
        let message = runs[CASES - 1].failure.as_ref().unwrap().message();
        assert!(message.contains("had used up its 6 s of processor time"), "{message}");
    }

    /// A function that times out leaves time for the other functions of its task.
    #[test]
    fn another_function_of_the_same_task_is_asked_after_hangs() {
        let hangs_or_not: SimulatedRun = |wire, draw| ask(wire, u8::from(draw.bits() % 2 == 0));
        let case = |number: usize| Case {
            name: format!("case {number}").leak(),
            task: "a",
            claim: "",
            after: &[],
            run: hangs_or_not,
        };
        let suite = Suite::new((0..CASES).map(case)).unwrap();
        let passed = |behaviour| {
            let mut wire =
                SimulatedCode::new([behaviour, TaskBehaviour::Right, TaskBehaviour::Right]);
            let runs = run_suite(&suite, &mut wire, &|_| BUDGET, 1, &mut ());
            let passed = runs.iter().filter(|run| run.outcome == Outcome::Pass);
            passed.map(|run| run.name).collect::<Vec<_>>()
        };
        let beside_a_panic = passed(TaskBehaviour::Panics);
        assert!((5..15).contains(&beside_a_panic.len()), "{beside_a_panic:?}");
        assert_eq!(passed(TaskBehaviour::Spins), beside_a_panic);
        assert_eq!(passed(TaskBehaviour::Sleeps), beside_a_panic);
    }

    #[test]
    fn a_case_that_hides_a_call_that_was_not_made_is_not_called_wrong() {
        let hides: SimulatedRun = |wire, _| {
            for _ in 0..10 {
                wire.call(&[0]).map_err(|_| crate::wrong("this is wrong", ""))?;
            }
            Ok(())
        };
        let case = Case { name: "hides", task: "a", claim: "", after: &[], run: hides };
        let slow = TaskBehaviour::Slow { milliseconds: 2000, computes: true };
        let mut wire = SimulatedCode::new([slow, TaskBehaviour::Right, TaskBehaviour::Right]);
        let suite = Suite::new([case]).unwrap();
        let runs = run_suite(&suite, &mut wire, &|_| BUDGET, 1, &mut ());
        assert_eq!(runs[0].outcome, Outcome::NotAsked);
    }
}
