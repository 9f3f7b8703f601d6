//! A contract with all that one can have, around a student's crate as small as one can be.

use contract::{Client, CounterStep, TASKS, Unit};
use grader_protocol::{CallFailure, InProcess, StudentError, TaskCalls};

/// A student's crate.
mod counter {
    #[derive(Debug, PartialEq)]
    pub enum CountError {
        TooFar(u32),
    }

    impl std::fmt::Display for CountError {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{self:?}")
        }
    }

    #[derive(Clone, Copy)]
    pub enum Unit {
        Ones,
        Many { size: u32 },
        Pairs(u32),
    }

    pub struct State {
        pub count: u32,
        pub unit: Unit,
    }

    impl State {
        pub fn is_even(&self) -> bool {
            self.count.is_multiple_of(2)
        }
    }

    pub struct Counter(State);

    impl Counter {
        pub fn new(unit: Unit) -> Result<Self, CountError> {
            match unit {
                Unit::Many { size: 0 } => Err(CountError::TooFar(0)),
                unit => Ok(Self(State { count: 0, unit })),
            }
        }

        pub fn add(&mut self, times: u32) -> Result<u32, CountError> {
            let size = match self.0.unit {
                Unit::Ones => 1,
                Unit::Many { size } => size,
                Unit::Pairs(count) => 2 * count,
            };
            if times > 9 {
                return Err(CountError::TooFar(times));
            }
            self.0.count += size * times;
            Ok(self.0.count)
        }

        pub fn state(&self) -> &State {
            &self.0
        }
    }
}

#[macro_use]
mod contract {
    //! Its contract.
    #![allow(unexpected_cfgs, reason = "`missing_*` is set only for submissions")]

    grader_protocol::contract! {
        /// The functions of a `counter` submission.
        pub trait Counter;

        /// How far a step goes.
        #[derive(Copy)]
        mirror enum Unit <-> crate::counter::Unit { Ones, Many { size: u32 }, Pairs(count: u32) }
        mirror struct State <- crate::counter::State in [count, undo] { count: u32, unit: Unit, even: bool = it.is_even() }

        /// What one does with a counter.
        steps CounterStep -> Option<State> {
            /// `add(times)`.
            add(times: u32) { state.add(times).map(|_| None)? }
            /// `state()`.
            look() { Some(state.state().wire()) }
            /// `undo()`, of another task.
            undo() in undo { None }
        }

        task count {
            /// `Counter::new(unit)?.add(times)`.
            fn once(unit: Unit, times: u32) -> u32 { crate::counter::Counter::new(unit.native())?.add(times)? }
            /// A counter, step by step.
            session counter(unit: Unit) of CounterStep { crate::counter::Counter::new(unit.native())? }
        }
        task undo needs [count] {
            /// Nothing can be undone.
            fn undone() -> () { }
        }
    }
}

mod driver {
    #![allow(unexpected_cfgs, reason = "`missing_*` is set only for submissions")]
    counter_driver!();
}

fn ask<T>(question: impl FnOnce(&mut Client) -> T) -> T {
    let mut student = driver::Student;
    let mut wire = InProcess::new(|request| contract::dispatch(&mut student, request));
    question(&mut Client::new(&mut wire))
}

fn too_far(text: &str) -> StudentError {
    StudentError { kind: "TooFar".into(), message: text.into() }
}

#[test]
fn a_function_answers_with_its_body() {
    assert_eq!(ask(|code| code.once(Unit::Many { size: 3 }, 4)), Ok(12));
    assert_eq!(ask(|code| code.once(Unit::Pairs(3), 1)), Ok(6));
    assert_eq!(
        ask(|code| code.once(Unit::Ones, 10)),
        Err(CallFailure::Returned(too_far("TooFar(10)")))
    );
}

#[test]
fn a_session_gives_the_result_of_each_step() {
    let steps =
        vec![CounterStep::Add(2), CounterStep::Add(11), CounterStep::Look, CounterStep::Undo];
    let mut replies = ask(|code| code.counter(Unit::Many { size: 3 }, steps)).unwrap();
    let undone = replies.pop().unwrap().unwrap_err();
    assert!(undone.message.contains("Undo"), "a step of another task: {undone:?}");
    let state = contract::State { count: 6, unit: Unit::Many { size: 3 }, even: true };
    assert_eq!(replies, [Ok(None), Err(too_far("TooFar(11)")), Ok(Some(state))]);
}

#[test]
fn a_value_that_cannot_be_made_ends_the_session() {
    let refused = ask(|code| code.counter(Unit::Many { size: 0 }, vec![CounterStep::Look]));
    assert_eq!(refused, Err(CallFailure::Returned(too_far("TooFar(0)"))));
}

#[test]
fn tasks_are_listed_with_what_they_need_and_their_calls() {
    let count = TaskCalls { name: "count", needs: &[], calls: &["once", "counter"] };
    let undo = TaskCalls { name: "undo", needs: &["count"], calls: &["undone"] };
    assert_eq!(TASKS, [count, undo]);
}
