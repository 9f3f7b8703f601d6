//! Pruned and smaller classifiers.

use std::fmt::Write as _;

use compression::{
    ModelMasks, PruningTuning, Scope, apply_masks, fine_tune_pruned, prune_filters, prune_model,
    prune_neurons,
};
use heldout::SeedSummary;
use tinytorch::train::Labelled;
use tinytorch::{Layer, Rng, pretrained};

use crate::ExampleResult;
use crate::clock::speedup;
use crate::exam::{DigitExam, points_lost};
use crate::text::{Headline, Section};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;
/// Images at a time when the clock runs.
const BATCH: usize = 64;

/// How a classifier is fine-tuned.
#[derive(Clone, Copy)]
pub struct Recipe {
    pub scope: Scope,
    pub epochs: usize,
    pub learning_rate: f64,
}

impl Recipe {
    pub fn tuning(self, sparsity: f64, seed: u64) -> PruningTuning {
        let Self { scope, epochs, learning_rate } = self;
        PruningTuning { sparsity, scope, epochs, batch_size: BATCH, learning_rate, seed }
    }

    /// The model pruned while it is trained; sparsity 0 trains only.
    fn tuned<M: Layer>(
        self,
        mut model: M,
        data: &Labelled,
        sparsity: f64,
        seed: u64,
    ) -> ExampleResult<M> {
        fine_tune_pruned(&mut model, data, self.tuning(sparsity, seed))?;
        Ok(model)
    }
}

/// A classifier with its data and recipe.
struct Subject<'a, M> {
    name: &'static str,
    exam: DigitExam,
    dense: M,
    make: &'a dyn Fn() -> tinytorch::Result<M>,
    recipe: Recipe,
}

impl<M: Layer> Subject<'_, M> {
    /// Right answers without fine-tuning.
    fn pruned(&self, masks: impl Fn(&M) -> compression::Result<ModelMasks>) -> ExampleResult<f64> {
        let mut model = (self.make)()?;
        let masks = masks(&model)?;
        apply_masks(&mut model, &masks)?;
        self.exam.right(&model)
    }

    fn tuned(&self, sparsity: f64) -> ExampleResult<SeedSummary> {
        self.exam.of_seeds(SEEDS, |seed| {
            self.recipe.tuned((self.make)()?, &self.exam.train, sparsity, seed)
        })
    }

    fn lost(&self, right: f64) -> ExampleResult<f64> {
        Ok(points_lost(self.exam.right(&self.dense)?, right, self.exam.questions()))
    }

    /// "x of 355, y points lost".
    fn told(&self, of: &SeedSummary) -> ExampleResult<String> {
        let lost = self.lost(of.mean)?;
        let reach = 100.0 * of.reach / self.exam.questions();
        Ok(format!("{}: {lost:.2} ± {reach:.2} points lost", of.listed()))
    }

    /// Accuracy against sparsity, before and after fine-tuning.
    fn curve(&self) -> ExampleResult<String> {
        let name = self.name;
        let mut text = format!(
            "## {name} against sparsity\n\nDense: {:.0} right. Fine-tuned: {} epochs, peak {}, seed 1.\n\n\
             | sparsity | global | global, tuned | per layer | random |\n|---:|---:|---:|---:|---:|\n",
            self.exam.right(&self.dense)?,
            self.recipe.epochs,
            self.recipe.learning_rate,
        );
        for sparsity in [0.5, 0.7, 0.8, 0.9, 0.95, 0.98] {
            let global = self.pruned(|model| prune_model(model, sparsity, Scope::Global))?;
            let layers = self.pruned(|model| prune_model(model, sparsity, Scope::PerLayer))?;
            let random =
                self.pruned(|model| ModelMasks::random(model, sparsity, &mut Rng::new(1)))?;
            let tuned = self.recipe.tuned((self.make)()?, &self.exam.train, sparsity, 1)?;
            let tuned = self.exam.right(&tuned)?;
            let _ = writeln!(
                text,
                "| {:.0} % | {global:.0} | {tuned:.0} | {layers:.0} | {random:.0} |",
                100.0 * sparsity
            );
        }
        Ok(text)
    }

    fn fine_tuned_headline(&self, sparsity: f64, most: f64) -> ExampleResult<Headline> {
        let tuned = self.tuned(sparsity)?;
        let percent = 100.0 * sparsity;
        let claim =
            format!("{} at {percent:.1} % sparsity, fine-tuned: at most {most} points", self.name);
        Ok(Headline::new(claim, self.told(&tuned)?, self.lost(tuned.mean)? <= most))
    }

    fn structured_headline<S: Layer>(
        &self,
        fraction: f64,
        least: f64,
        cut: impl Fn(&M) -> compression::Result<S>,
    ) -> ExampleResult<Headline> {
        let tune = |seed| self.recipe.tuned(cut(&self.dense)?, &self.exam.train, 0.0, seed);
        let tuned = self.exam.of_seeds(SEEDS, tune)?;
        let input = self.exam.train.inputs().slice_axis(0, 0, BATCH)?;
        let faster = speedup(&self.dense, &cut(&self.dense)?, &input)?;
        let claim = format!(
            "{}, {:.0} % removed whole, {BATCH} images: at least {least}x by the clock, at most 1 point",
            self.name,
            100.0 * fraction
        );
        let met = faster.median >= least && self.lost(tuned.mean)? <= 1.0;
        Ok(Headline::new(claim, format!("{}; {}", faster.text(), self.told(&tuned)?), met))
    }
}

pub fn mlp() -> ExampleResult<Section> {
    let subject = Subject {
        name: "MLP",
        exam: DigitExam::rows()?,
        dense: pretrained::mlp()?,
        make: &pretrained::mlp,
        recipe: Recipe { scope: Scope::Global, epochs: 20, learning_rate: 2e-3 },
    };
    let untuned = subject.pruned(|model| prune_model(model, 0.7, Scope::Global))?;
    let lost = subject.lost(untuned)?;
    let claim = "MLP at 70 % sparsity, as it is: less than 2 points";
    let headlines = vec![
        Headline::new(claim, format!("{untuned:.0}: {lost:.2} points lost"), lost < 2.0),
        subject.fine_tuned_headline(0.7, 0.5)?,
        subject.fine_tuned_headline(0.872, 1.0)?,
        subject.structured_headline(0.5, 1.7, |model| prune_neurons(model, 0.5))?,
        subject.structured_headline(0.75, 2.5, |model| prune_neurons(model, 0.75))?,
    ];
    Ok(Section { headlines, details: subject.curve()? })
}

pub fn cnn() -> ExampleResult<Section> {
    let subject = Subject {
        name: "CNN",
        exam: DigitExam::images()?,
        dense: pretrained::cnn()?,
        make: &pretrained::cnn,
        recipe: Recipe { scope: Scope::PerLayer, epochs: 10, learning_rate: 2e-3 },
    };
    let headlines = vec![
        subject.fine_tuned_headline(0.7, 2.0)?,
        subject.structured_headline(0.5, 2.7, |model| prune_filters(model, 0.5))?,
        subject.structured_headline(0.75, 6.0, |model| prune_filters(model, 0.75))?,
    ];
    Ok(Section { headlines, details: subject.curve()? })
}
