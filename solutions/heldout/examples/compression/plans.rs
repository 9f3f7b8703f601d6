//! Which of the models fits where, and what a million inferences cost.

use std::fmt::Write as _;

use compression::{
    Candidate, Device, Requirements, Scope, Shortfall, deployment_plan, encode_model,
    fine_tune_pruned, prune_filters, shared_values,
};
use tinytorch::{Layer, Tensor, pretrained};

use crate::ExampleResult;
use crate::classifiers::Recipe;
use crate::clock::seconds;
use crate::exam::DigitExam;
use crate::text::{Headline, Section};

/// A core as the course's measurements find one, and a price as clouds have it. The price is an assumption.
const DEVICE: Device =
    Device { flops_per_second: 2e10, bytes_per_second: 1e10, price_per_core_hour: 0.04 };

const SCENARIOS: [(&str, Requirements); 4] = [
    ("a microcontroller with 8 kB of flash", needs(8_192, 0.1, 0.97)),
    ("a web page that loads 16 kB", needs(16_384, 0.05, 0.985)),
    ("a sorting machine: 0.1 ms an image", needs(1_000_000, 1e-4, 0.98)),
    ("a bank: 99.9 % right, 1 kB", needs(1_024, 0.01, 0.999)),
];

const fn needs(max_bytes: usize, max_seconds: f64, min_accuracy: f64) -> Requirements {
    Requirements { max_bytes, max_seconds, min_accuracy }
}

/// Multiplications and additions of a classifier for one image: two for each weight and place where it is used.
fn flops(model: &dyn Layer, places: impl Fn(&str) -> f64) -> f64 {
    let weights = compression::weights(model).into_iter();
    weights.map(|(name, weight)| 2.0 * weight.len() as f64 * places(&name)).sum()
}

struct Measured<'a> {
    exam: &'a DigitExam,
    image: Tensor,
    places: &'a dyn Fn(&str) -> f64,
}

impl Measured<'_> {
    fn candidate(&self, name: &str, model: &dyn Layer, bytes: usize) -> ExampleResult<Candidate> {
        let parameters: usize = model.parameters().iter().map(|(_, of)| of.nbytes()).sum();
        Ok(Candidate {
            name: name.to_owned(),
            bytes,
            seconds: seconds(model, &self.image)?,
            accuracy: self.exam.right(model)? / self.exam.questions(),
            flops: flops(model, self.places),
            traffic: parameters as f64,
        })
    }
}

fn candidates() -> ExampleResult<Vec<Candidate>> {
    let (rows, images) = (DigitExam::rows()?, DigitExam::images()?);
    let mlps = Measured {
        image: rows.held_out.inputs().slice_axis(0, 0, 1)?,
        exam: &rows,
        places: &|_| 1.0,
    };
    // 28 x 28 pixels at the first convolution of 3 x 3, a quarter of them at the second.
    let places = |name: &str| match name {
        name if name.contains("conv1") => 676.0,
        name if name.contains("conv2") => 121.0,
        _ => 1.0,
    };
    let cnns = Measured {
        image: images.held_out.inputs().slice_axis(0, 0, 1)?,
        exam: &images,
        places: &places,
    };
    let mlp = pretrained::mlp()?;
    let mut sparse = pretrained::mlp()?;
    let recipe = Recipe { scope: Scope::Global, epochs: 60, learning_rate: 3e-3 };
    fine_tune_pruned(&mut sparse, &rows.train, recipe.tuning(0.9, 1))?;
    shared_values(&mut sparse, |_| 3)?;
    let cnn = pretrained::cnn()?;
    let mut small = prune_filters(&cnn, 0.75)?;
    let recipe = Recipe { scope: Scope::PerLayer, epochs: 20, learning_rate: 3e-3 };
    fine_tune_pruned(&mut small, &images.train, recipe.tuning(0.0, 1))?;
    shared_values(&mut small, |_| 4)?;
    let encoded = |model: &dyn Layer, bits| {
        Ok::<_, compression::CompressionError>(encode_model(model, |_| bits)?.len())
    };
    Ok(vec![
        mlps.candidate("MLP, f32", &mlp, 438_200)?,
        mlps.candidate("MLP, 90 % pruned, 3 bits", &sparse, encoded(&sparse, 3)?)?,
        cnns.candidate("CNN, f32", &cnn, 51_944)?,
        cnns.candidate("CNN of 4 and 8 filters, 4 bits", &small, encoded(&small, 4)?)?,
    ])
}

fn missing(of: &Shortfall) -> String {
    match of {
        Shortfall::Bytes(bytes) => format!("{bytes} bytes too long"),
        Shortfall::Seconds(seconds) => format!("{:.3} ms too slow", 1e3 * seconds),
        Shortfall::Accuracy(accuracy) => format!("{:.2} points short", 100.0 * accuracy),
    }
}

pub fn section() -> ExampleResult<Section> {
    let candidates = candidates()?;
    let mut details = "## Deployment\n\n| candidate | bytes | ms an image | right | FLOPs | price of a million |\n|---|---:|---:|---:|---:|---:|\n"
        .to_owned();
    let any = deployment_plan(&candidates, needs(usize::MAX, 1.0, 0.0), DEVICE)?;
    for (of, cost) in candidates.iter().zip(&any.cost_per_million) {
        let (ms, percent) = (1e3 * of.seconds, 100.0 * of.accuracy);
        let _ = writeln!(
            details,
            "| {} | {} | {ms:.4} | {percent:.2} % | {:.0} | {cost:.5} |",
            of.name, of.bytes, of.flops
        );
    }
    details += "\nThe price is an estimate: FLOPs and bytes by the roofline of a core with 20 GFLOP/s and 10 GB/s, and 0.04 for a core-hour, \
                all of them assumed. Energy cannot be measured here; seconds of a core stand in for it.\n\n| scenario | choice | what the others lack |\n|---|---|---|\n";
    let mut decided = 0;
    for (name, needs) in SCENARIOS {
        let plan = deployment_plan(&candidates, needs, DEVICE)?;
        let choice = plan.choice.map_or("none", |at| candidates[at].name.as_str());
        let lacking =
            candidates.iter().zip(&plan.shortfalls).filter(|(_, lacks)| !lacks.is_empty());
        let lacking: Vec<String> = lacking
            .map(|(of, lacks)| {
                let lacks: Vec<String> = lacks.iter().map(missing).collect();
                format!("{}: {}", of.name, lacks.join(", "))
            })
            .collect();
        decided += usize::from(plan.choice.is_some() || !lacking.is_empty());
        let _ = writeln!(details, "| {name} | {choice} | {} |", lacking.join("; "));
    }
    let claim = "Deployment plans for four scenarios say what is missing";
    let met = decided == SCENARIOS.len();
    Ok(Section { headlines: vec![Headline::new(claim, format!("{decided} of 4"), met)], details })
}
