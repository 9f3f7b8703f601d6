//! Two spirals: a small network learns a boundary that is far from any straight
//! line.
//!
//! ```sh
//! cargo run --release -p tinytorch --example spirals -- spirals.svg
//! ```

use std::error::Error;
use std::path::PathBuf;

use tinytorch::models::Mlp;
use tinytorch::train::{
    Adam, CosineSchedule, DataLoader, Labelled, Trainer, classifier_loss, classifier_score,
};
use tinytorch::{Rng, Tensor};

#[path = "../train/curve.rs"]
mod curve;
#[path = "../train/progress.rs"]
mod progress;

const EPOCHS: usize = 80;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).map_or("spirals.svg".into(), PathBuf::from);
    let train = DataLoader::new(spirals(400, 1)?, 20)?.shuffled(1);
    let validation = DataLoader::new(spirals(200, 2)?, 50)?;

    let steps_per_epoch = train.batches_per_epoch();
    let schedule = CosineSchedule::new(0.01, (EPOCHS * steps_per_epoch) as u64)?.warmup(50)?;
    let losses = progress::StepLosses::default();
    let mut trainer = Trainer::new(Adam::new(0.01).weight_decay(0.01))
        .epochs(EPOCHS)
        .schedule(schedule)
        .progress(progress::TrainingBar::new("spirals", &losses));

    let mut model = Mlp::new(&[2, 32, 32, 2], &mut Rng::new(3))?;
    let validate = |model: &Mlp| classifier_score(model, &validation);
    trainer.fit_validated(&mut model, &train, classifier_loss, validate)?;

    curve::draw(&path, "Two spirals", &losses.borrow(), trainer.history(), steps_per_epoch)?;
    println!("the learning curve is in {}", path.display());
    Ok(())
}

/// `n` points on two arms that wind around each other, with some noise.
fn spirals(n: usize, seed: u64) -> tinytorch::Result<Labelled> {
    let mut rng = Rng::new(seed);
    let mut points = Vec::with_capacity(2 * n);
    for i in 0..n {
        let radius = rng.uniform();
        let arm = if i % 2 == 0 { 0.0 } else { std::f64::consts::PI };
        let angle = 7.0 * radius + arm;
        points.push((radius * angle.cos() + 0.02 * rng.normal()) as f32);
        points.push((radius * angle.sin() + 0.02 * rng.normal()) as f32);
    }
    Labelled::new(&Tensor::from_vec(points, &[n, 2])?, (0..n).map(|i| i % 2).collect())
}
