//! Scratch.
use grader_driver::timed::Bench;
use grader_protocol::timed::dispatch;
use grader_sandbox::{Options, Sandbox, allowed_cpus};
use grader_timing::{Clock, Gate, Plan, Remote, measure};
use regression::chain::wire;
use regression::sharing::{self, Shares, WAYS};

fn main() {
    let served = grader_driver::serve(|| {
        let mut bench = sharing::add_to(Bench::default());
        move |request: &[u8]| dispatch(&mut bench, request)
    });
    if served.is_ok() {
        return;
    }
    let sandbox = Sandbox::probe(Options::default()).expect("a sandbox");
    let cpus = allowed_cpus();
    let last = &cpus[cpus.len() - 1..];
    let steps = std::env::args().nth(1).map_or(800_000, |t| t.parse().unwrap());
    let only = std::env::args().nth(2).unwrap_or_default();
    for way in WAYS.iter().filter(|w| w.name.contains(&only)) {
        let mut baseline = Remote::new(wire(&sandbox, last), "alone");
        let mut submission = Remote::new(wire(&sandbox, last).watching_threads(), way.name);
        let plan = Plan { gate: Gate::at_least(1.4).unwrap(), clock: Clock::Span };
        match measure(&mut baseline, &mut submission, &mut Shares::new(steps), plan) {
            Ok(m) => {
                let t = m.threads().unwrap();
                println!("{:32} {:5} {:?} {:.2} [{:.2} {:.2}] pairs {} work {:.2} together {:.2} wall {:.3} {:.1}s  base {:.1} ms", way.name, way.is_parallel, m.verdict, m.ratio.estimate, m.ratio.low, m.ratio.high, m.pairs.len(), t.work / m.pairs[0].baseline, t.together, m.pairs[0].wall[1], m.seconds, 1e3*m.pairs[0].baseline);
            }
            Err(e) => println!("{:32} {e:?}", way.name),
        }
    }
}
