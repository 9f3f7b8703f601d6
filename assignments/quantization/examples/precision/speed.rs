//! int8 against `f32`: both sides in alternation, quantization included.

use crate::plot::{Bar, COLOURS, Heights, Outcome, bars, panels};
use crate::unfinished;
use quantization::{
    Calibration, Int8Conv2d, Int8Linear, ObserverKind, Window, quantize_cnn, quantize_mlp,
};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};
use tinytorch::data::digits;
use tinytorch::nn::{Conv2d, Linear};
use tinytorch::stats::t_quantile;
use tinytorch::{Layer, Rng, pretrained};

/// Each round, both sides have one turn, in changing order.
const ROUNDS: usize = 15;
/// Long compared with the clock's resolution.
const TURN: Duration = Duration::from_millis(20);
/// The median turn of an idle machine is hardly longer than the shortest one.
const BUSY: f64 = 1.25;

type Side = Box<dyn Fn() -> Outcome>;

/// The same work in `f32` and in int8.
struct Pair {
    name: [&'static str; 2],
    float: Side,
    integer: Side,
}

/// How many times as fast int8 is: the geometric mean, and its 95 % interval.
struct Ratio {
    mean: f64,
    interval: (f64, f64),
    /// The median turn of `f32` by the shortest.
    spread: f64,
}

pub(crate) fn run(path: &str) -> Outcome {
    if cfg!(debug_assertions) {
        println!("left out: without `--release`, this would measure the compiler's checks");
        return Ok(());
    }
    let mut drawn = Vec::new();
    for make in [linear, conv, mlp, cnn] {
        let Some(pair) = unfinished::skip("a pair", make) else { continue };
        let Pair { name, float, integer } = pair?;
        let Some(ratio) = unfinished::skip(name[0], || measure(&float, &integer)) else { continue };
        let Ratio { mean, interval, spread } = ratio?;
        let (low, high) = interval;
        println!(
            "{:<10} {:<22} int8 is {mean:.2} times as fast ({low:.2} to {high:.2})",
            name[0], name[1]
        );
        if spread > BUSY {
            println!(
                "  The machine was busy: the median turn took {spread:.2} times as long as the shortest."
            );
        }
        drawn.push(Bar {
            height: mean,
            range: Some(interval),
            above: format!("{mean:.2}"),
            below: name.map(String::from).to_vec(),
            colour: if mean > 1.0 { COLOURS[2] } else { COLOURS[1] },
        });
    }
    let end = drawn.iter().map(Bar::interval_end).fold(2.0, f64::max) * 1.15;
    let panels = panels(path, (900, 440), (1, 1))?;
    let title = "int8 against f32 on one core, quantization included";
    bars(&panels[0], &Heights { title, meaning: "times as fast as f32", end }, &drawn)?;
    panels[0].present()?;
    println!("Drawn: {path}");
    Ok(())
}

impl Bar {
    fn interval_end(&self) -> f64 {
        self.range.map_or(self.height, |(_, high)| high)
    }
}

fn linear() -> Result<Pair, Box<dyn Error>> {
    let mut rng = Rng::new(1);
    let layer = Linear::new(512, 512, true, &mut rng);
    let input = tinytorch::Tensor::randn(&[64, 512], 1.0, &mut rng);
    let bias = layer.bias().map(tinytorch::Tensor::to_vec);
    let packed = Int8Linear::new(layer.weight(), bias.as_deref())?;
    let same = input.clone();
    Ok(Pair {
        name: ["linear", "64 x 512 x 512"],
        float: Box::new(move || keep(layer.forward(&input))),
        integer: Box::new(move || keep(packed.forward(&same))),
    })
}

fn conv() -> Result<Pair, Box<dyn Error>> {
    let mut rng = Rng::new(2);
    let layer = Conv2d::new(64, 64, (3, 3), (1, 1), (1, 1), true, &mut rng)?;
    let input = tinytorch::Tensor::randn(&[8, 64, 32, 32], 1.0, &mut rng);
    let bias = layer.bias().map(tinytorch::Tensor::to_vec);
    let window = Window { stride: (1, 1), padding: (1, 1) };
    let packed = Int8Conv2d::new(layer.weight(), bias.as_deref(), window)?;
    let same = input.clone();
    Ok(Pair {
        name: ["convolution", "8 x 64 x 32 x 32, 64 filters"],
        float: Box::new(move || keep(layer.forward(&input))),
        integer: Box::new(move || keep(packed.forward(&same))),
    })
}

fn mlp() -> Result<Pair, Box<dyn Error>> {
    let model = pretrained::mlp()?;
    let input = digits::train()?.flat()?.slice_axis(0, 0, 64)?;
    let batches = [input.clone()];
    let calibration = Calibration { batches: &batches, observer: ObserverKind::MinMax };
    let packed = quantize_mlp(&model, calibration)?.packed()?;
    let same = input.clone();
    Ok(Pair {
        name: ["MLP", "64 images"],
        float: Box::new(move || keep(model.forward(&input))),
        integer: Box::new(move || keep(packed.forward(&same))),
    })
}

fn cnn() -> Result<Pair, Box<dyn Error>> {
    let model = pretrained::cnn()?;
    let input = digits::train()?.images.slice_axis(0, 0, 32)?;
    let batches = [input.clone()];
    let calibration = Calibration { batches: &batches, observer: ObserverKind::MinMax };
    let packed = quantize_cnn(&model, calibration)?.packed()?;
    let same = input.clone();
    Ok(Pair {
        name: ["CNN", "32 images"],
        float: Box::new(move || keep(model.forward(&input))),
        integer: Box::new(move || keep(packed.forward(&same))),
    })
}

fn keep<T, E: Error + 'static>(result: Result<T, E>) -> Outcome {
    black_box(result?);
    Ok(())
}

fn measure(float: &Side, integer: &Side) -> Result<Ratio, Box<dyn Error>> {
    let calls = [calls(float)?, calls(integer)?];
    let mut logs = Vec::new();
    let mut turns = Vec::new();
    for round in 0..ROUNDS {
        let (f, i) = if round % 2 == 0 {
            let f = turn(float, calls[0])?;
            (f, turn(integer, calls[1])?)
        } else {
            let i = turn(integer, calls[1])?;
            (turn(float, calls[0])?, i)
        };
        logs.push((f / i).ln());
        turns.push(f);
    }
    turns.sort_by(f64::total_cmp);
    let count = ROUNDS as f64;
    let mean = logs.iter().sum::<f64>() / count;
    let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let t = t_quantile(0.975, count - 1.0).unwrap_or(2.0);
    let reach = t * (variance / count).sqrt();
    Ok(Ratio {
        mean: mean.exp(),
        interval: ((mean - reach).exp(), (mean + reach).exp()),
        spread: turns[ROUNDS / 2] / turns[0],
    })
}

/// As many calls as fill a turn.
fn calls(side: &Side) -> Result<u32, Box<dyn Error>> {
    side()?;
    let start = Instant::now();
    side()?;
    let once = start.elapsed().as_secs_f64().max(1e-7);
    Ok((TURN.as_secs_f64() / once).ceil() as u32)
}

/// Seconds a call.
fn turn(side: &Side, calls: u32) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    (0..calls).try_for_each(|_| side())?;
    Ok(start.elapsed().as_secs_f64() / f64::from(calls))
}
