//! Kernels that try to look faster than they are. The honest work is eight times the baseline's, so
//! none of them deserves to be called faster than it.

use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_protocol::Answer;
use regression::chain::{self, Chain, RepeatedChain, walk};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// Adds the cheats to the honest kernels.
pub fn bench() -> Bench {
    chain::bench()
        .with::<LazyKernel>("lazy")
        .with::<BackgroundKernel>("background")
        .with::<CachingKernel>("remembers")
        .with::<WrongOnceWarm>("wrong_once_warm")
        .with::<ThreadedKernel>("threads")
        .with::<ExitingKernel>("leaves")
        .with::<PanickingKernel>("panics")
        .with::<CountsCpus>("counts_cpus")
}

macro_rules! chains_in {
    () => {
        type Input = Chain;
        fn load(&mut self, input: &[u8]) -> Answer<Chain> {
            decode(input)
        }
    };
}

macro_rules! ends_out {
    () => {
        type Output = u64;
        fn fetch(&mut self, end: u64) -> Answer<Vec<u8>> {
            encode(&end)
        }
    };
}

/// Gives a promise on the clock and keeps it off the clock.
#[derive(Default)]
struct LazyKernel;

impl Kernel for LazyKernel {
    chains_in!();
    type Output = Chain;
    fn call(&mut self, chain: &mut Chain) -> Answer<Chain> {
        Ok(*chain)
    }
    fn fetch(&mut self, chain: Chain) -> Answer<Vec<u8>> {
        encode(&RepeatedChain::<8>.call(&mut chain.clone())?)
    }
}

/// Lets a thread compute after the call has returned.
struct BackgroundKernel {
    asked: Sender<Chain>,
    answered: Receiver<u64>,
}

impl Default for BackgroundKernel {
    fn default() -> Self {
        let (asked, inbox) = channel::<Chain>();
        let (outbox, answered) = channel();
        thread::spawn(move || {
            for mut chain in inbox {
                // Let the call return first.
                thread::sleep(Duration::from_millis(2));
                let end = RepeatedChain::<8>.call(&mut chain).unwrap_or(0);
                if outbox.send(end).is_err() {
                    return;
                }
            }
        });
        Self { asked, answered }
    }
}

impl Kernel for BackgroundKernel {
    chains_in!();
    type Output = ();
    fn call(&mut self, chain: &mut Chain) -> Answer<()> {
        let _ = self.asked.send(*chain);
        Ok(())
    }
    fn fetch(&mut self, (): ()) -> Answer<Vec<u8>> {
        encode(&self.answered.recv().unwrap_or(0))
    }
}

/// Computes once and gives that answer for ever.
#[derive(Default)]
struct CachingKernel(Option<u64>);

impl Kernel for CachingKernel {
    chains_in!();
    ends_out!();
    fn call(&mut self, chain: &mut Chain) -> Answer<u64> {
        Ok(*self.0.get_or_insert_with(|| walk(*chain)))
    }
}

/// Is right until it thinks that it is timed.
#[derive(Default)]
struct WrongOnceWarm(u32);

impl Kernel for WrongOnceWarm {
    chains_in!();
    ends_out!();
    fn call(&mut self, chain: &mut Chain) -> Answer<u64> {
        self.0 += 1;
        Ok(if self.0 < 20 { walk(*chain) } else { 0 })
    }
}

/// Spreads the work over four threads.
#[derive(Default)]
struct ThreadedKernel;

impl Kernel for ThreadedKernel {
    chains_in!();
    ends_out!();
    fn call(&mut self, chain: &mut Chain) -> Answer<u64> {
        let part = *chain;
        let threads: Vec<_> = (0..4)
            .map(|_| thread::spawn(move || RepeatedChain::<2>.call(&mut part.clone())))
            .collect();
        let ends = threads.into_iter().map(|thread| thread.join().map_or(Ok(0), |end| end));
        ends.last().unwrap_or(Ok(0))
    }
}

/// Lets a thread end the process while nothing is asked.
#[derive(Default)]
struct ExitingKernel(u32);

impl Kernel for ExitingKernel {
    chains_in!();
    ends_out!();
    fn call(&mut self, chain: &mut Chain) -> Answer<u64> {
        self.0 += 1;
        if self.0 == 20 {
            thread::spawn(|| {
                thread::sleep(Duration::from_millis(1));
                std::process::exit(0)
            });
        }
        Ok(walk(*chain))
    }
}

/// Panics once it is warm.
#[derive(Default)]
struct PanickingKernel(u32);

impl Kernel for PanickingKernel {
    chains_in!();
    ends_out!();
    fn call(&mut self, chain: &mut Chain) -> Answer<u64> {
        self.0 += 1;
        assert!(self.0 < 20, "warm");
        Ok(walk(*chain))
    }
}

/// Is no cheat: says on how many CPUs it may run.
#[derive(Default)]
struct CountsCpus;

impl Kernel for CountsCpus {
    type Input = ();
    type Output = u8;
    fn load(&mut self, _: &[u8]) -> Answer<()> {
        Ok(())
    }
    fn call(&mut self, (): &mut ()) -> Answer<u8> {
        Ok(thread::available_parallelism().map_or(0, |cpus| cpus.get() as u8))
    }
    fn fetch(&mut self, cpus: u8) -> Answer<Vec<u8>> {
        encode(&cpus)
    }
}
