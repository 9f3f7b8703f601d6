//! The GPT: pruned, with shared values, in rows that are long.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use compression::{
    CodebookOptimizer, PruningOptimizer, Scope, SparsitySchedule, apply_masks, encode_model,
    prune_model,
};
use tinytorch::data::addition::Part;
use tinytorch::data::sums::{Sums, sums_loss};
use tinytorch::models::Gpt;
use tinytorch::pretrained;
use tinytorch::train::{Adam, CosineSchedule, DataLoader, Optimizer, Trainer};

use crate::ExampleResult;
use crate::exam::{SUM_QUESTIONS, points_lost, sums_right};
use crate::text::{Headline, Section};

/// Rows in a batch, of 256 characters.
const BATCH: usize = 8;

/// Pruning, then codebooks: steps and peak learning rate of each.
#[derive(Clone, Copy)]
pub struct GptRecipe {
    pub sparsity: f64,
    /// Bits of embeddings, and of all other weights.
    pub bits: (u32, u32),
    pub pruning: (u64, f64),
    pub sharing: (u64, f64),
}

/// Seconds of fine-tuning.
pub const SHORT: GptRecipe =
    GptRecipe { sparsity: 0.5, bits: (3, 2), pruning: (100, 1e-3), sharing: (200, 1e-3) };
/// Minutes of it.
const LONG: GptRecipe =
    GptRecipe { sparsity: 0.9, bits: (4, 3), pruning: (1200, 4e-3), sharing: (500, 1e-3) };

impl GptRecipe {
    /// Bits of the indices of a weight.
    pub fn bits_of(self, name: &str) -> u32 {
        if name.contains("emb") { self.bits.0 } else { self.bits.1 }
    }

    fn shared(self, gpt: &mut Gpt, seed: u64) -> ExampleResult<()> {
        let (steps, rate) = self.sharing;
        let adam = Adam::new(rate).betas(0.9, 0.99);
        let optimizer = CodebookOptimizer::new(adam, gpt, |name| self.bits_of(name))?;
        train(gpt, optimizer, (steps, rate), seed)
    }

    /// The file of the trained GPT.
    pub fn file(self, seed: u64) -> ExampleResult<Vec<u8>> {
        let mut gpt = pretrained::gpt()?;
        prune(&mut gpt, self.sparsity, self.pruning, seed)?;
        self.shared(&mut gpt, seed + 1)?;
        Ok(encode_model(&gpt, |name| self.bits_of(name))?)
    }
}

fn prune(gpt: &mut Gpt, target: f64, how: (u64, f64), seed: u64) -> ExampleResult<()> {
    let (steps, rate) = how;
    let schedule =
        SparsitySchedule { initial: 0.0, target, begin: 0, end: steps * 3 / 5, every: 8 };
    let adam = Adam::new(rate).betas(0.9, 0.99);
    train(gpt, PruningOptimizer::gradual(adam, schedule, Scope::Global)?, how, seed)
}

fn train(
    gpt: &mut Gpt,
    optimizer: impl Optimizer + 'static,
    (steps, rate): (u64, f64),
    seed: u64,
) -> ExampleResult<()> {
    let rows = Sums::new(BATCH * 50, 256, Part::Train, seed);
    let loader = DataLoader::new(rows, BATCH)?.shuffled(seed);
    let mut trainer = Trainer::new(optimizer)
        .schedule(CosineSchedule::new(rate, steps)?)
        .clip_norm(1.0)
        .epochs(usize::try_from(steps)?)
        .max_steps(steps);
    Ok(trainer.fit(gpt, &loader, sums_loss)?)
}

/// The GPT against sparsity, without and with fine-tuning.
pub fn pruned() -> ExampleResult<Section> {
    let dense = sums_right(&pretrained::gpt()?)?;
    let mut details = format!(
        "## GPT against sparsity, without fine-tuning\n\n{SUM_QUESTIONS:.0} answers in long rows; dense: {dense:.0} right.\n\n\
         | sparsity | global | per layer |\n|---:|---:|---:|\n"
    );
    for sparsity in [0.2, 0.3, 0.4, 0.5, 0.6, 0.7] {
        let mut counts = Vec::new();
        for scope in [Scope::Global, Scope::PerLayer] {
            let mut gpt = pretrained::gpt()?;
            let masks = prune_model(&gpt, sparsity, scope)?;
            apply_masks(&mut gpt, &masks)?;
            counts.push(sums_right(&gpt)?);
        }
        let percent = 100.0 * sparsity;
        let _ = writeln!(details, "| {percent:.0} % | {:.0} | {:.0} |", counts[0], counts[1]);
    }
    let start = Instant::now();
    let mut gpt = pretrained::gpt()?;
    prune(&mut gpt, 0.7, (300, 2e-3), 1)?;
    let seconds = start.elapsed().as_secs_f64();
    let right = sums_right(&gpt)?;
    let lost = points_lost(dense, right, SUM_QUESTIONS);
    let claim = "GPT at 70 % sparsity, fine-tuned, long rows: at most 1 point";
    let told = format!(
        "{right:.0} of {SUM_QUESTIONS:.0}: {lost:.2} points lost, after {seconds:.0} s; one seed"
    );
    Ok(Section { headlines: vec![Headline::new(claim, told, lost <= 1.0)], details })
}

/// Trains the stored GPT and writes its file.
pub fn train_artefact(to: &Path) -> ExampleResult<()> {
    let file = LONG.file(1)?;
    fs::write(to, &file)?;
    println!("{} bytes in {}", file.len(), to.display());
    Ok(())
}
