//! Contenders whose clock is made of numbers.

use grader_protocol::{CallAllowance, CallCost, CallFailure, ThreadOverlap};
use grader_timing::{CallBatch, Contender, Sample, Workload};
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

/// What happened, in order, on both sides.
pub type EventLog = Rc<RefCell<Vec<(char, usize)>>>;

/// Doubles numbers, and says how long that took.
pub struct DoublingContender {
    name: char,
    log: EventLog,
    /// Of the sample with this number since the start (warm-up included): seconds a call.
    pub seconds: Box<dyn FnMut(usize) -> f64>,
    /// Of the sample with this number: seconds an input off the clock.
    pub outside: Box<dyn Fn(usize) -> f64>,
    /// Elapsed seconds for each second of CPU time.
    pub wall_factor: f64,
    /// Of the sample with this number and CPU seconds: how its threads overlapped.
    pub overlap: Box<dyn Fn(usize, f64) -> Option<ThreadOverlap>>,
    /// From this sample on, answers are wrong.
    pub wrong_from: usize,
    /// In this sample alone, answers are wrong.
    pub wrong_only_at: Option<usize>,
    /// In this sample the process is lost.
    pub lost_at: usize,
    /// From this sample on, none is asked for.
    pub not_asked_from: usize,
    /// Samples since the start.
    pub samples: usize,
    /// How often it was started.
    pub starts: usize,
}

impl DoublingContender {
    /// One that takes `seconds` a call.
    pub fn new(name: char, log: &EventLog, seconds: f64) -> Self {
        Self {
            name,
            log: Rc::clone(log),
            seconds: Box::new(move |_| seconds),
            outside: Box::new(|_| 10e-6),
            wall_factor: 1.0,
            overlap: Box::new(|_, _| None),
            wrong_from: usize::MAX,
            wrong_only_at: None,
            lost_at: usize::MAX,
            not_asked_from: usize::MAX,
            samples: 0,
            starts: 0,
        }
    }
}

impl Contender for DoublingContender {
    fn start(&mut self) -> Result<(), CallFailure> {
        self.starts += 1;
        self.samples = 0;
        Ok(())
    }

    fn sample(&mut self, batch: &CallBatch, calls: usize) -> Result<Sample, CallFailure> {
        let number = self.samples;
        self.samples += 1;
        if number >= self.not_asked_from {
            let limit =
                CallAllowance { cpu: Duration::from_secs(40), elapsed: Duration::from_secs(80) };
            return Err(CallFailure::NotAsked { limit });
        }
        if number >= self.lost_at {
            return Err(CallFailure::Crashed { how: "lost".into() });
        }
        self.log.borrow_mut().push((self.name, calls));
        let wrong = u64::from(number >= self.wrong_from || self.wrong_only_at == Some(number));
        let double = |input: &Vec<u8>| (2 * number_in(input) + wrong).to_le_bytes().to_vec();
        let cpu = (self.seconds)(number) * calls as f64;
        Ok(Sample {
            timed: CallCost {
                wall: Duration::from_secs_f64(cpu * self.wall_factor),
                cpu: Some(Duration::from_secs_f64(cpu)),
                overlap: (self.overlap)(number, cpu),
            },
            outside: Duration::from_secs_f64((self.outside)(number) * batch.inputs.len() as f64),
            outputs: batch.inputs[..calls].iter().map(double).collect(),
        })
    }
}

/// Draws numbers to be doubled.
#[derive(Default)]
pub struct NumberWorkload {
    next: u64,
    asked: Vec<u64>,
    /// Every number that was drawn.
    pub drawn: HashSet<u64>,
    /// How many outputs were verified.
    pub verified: usize,
    /// How many numbers are asked beside each pair.
    pub beside: usize,
}

impl Workload for NumberWorkload {
    type Wrong = &'static str;

    fn batch(&mut self, calls: usize) -> CallBatch {
        self.asked = (self.next..self.next + calls as u64).collect();
        self.next += calls as u64;
        self.drawn.extend(&self.asked);
        let inputs = self.asked.iter().map(|number| number.to_le_bytes().to_vec()).collect();
        CallBatch { set_up: None, inputs }
    }

    fn aside(&mut self) -> Option<CallBatch> {
        (self.beside > 0).then(|| self.batch(self.beside))
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> Result<(), &'static str> {
        self.verified += outputs.len();
        let right = outputs.len() <= self.asked.len()
            && outputs
                .iter()
                .zip(&self.asked)
                .all(|(output, asked)| number_in(output) == 2 * asked);
        if right { Ok(()) } else { Err("not twice the number") }
    }
}

fn number_in(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
}
