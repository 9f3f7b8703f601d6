//! What gets further when one layer is off: the rows of the tables in `regression/attacks/README.md`, and
//! which attacks they are.

use crate::options::AttackOptions;
use crate::parallel::each;
use grader_model::Outcome;
use grader_pipeline::{DefenceLayer, Grader};
use regression::attack::corpus::NamedAttack;
use regression::attack::expected::ReachedStage;
use regression::attack::removed_layers::RemovedLayers;
use regression::variant::Variant;
use regression::{copy_of, explain, grade_with, modules, root};
use std::path::PathBuf;

/// What came of one attack, as far as it counts here.
#[derive(Clone, Debug, PartialEq)]
struct LayerOutcome {
    /// How far it got and how it ended.
    end: (ReachedStage, Outcome, Option<f64>),
    /// What it got hold of: secrets, the machine, or points that are not its own.
    got: Vec<String>,
}

/// Prints, for each layer, which attacks get further without it; whether none got hold of anything.
pub fn run(options: &AttackOptions) -> Result<bool, String> {
    let attacks = options.attacks()?;
    let mut held = true;
    println!(
        "| switched off | tried | go on where they were stopped | of these, run to a grade | get hold of something |"
    );
    println!("|---|---|---|---|---|");
    let peels = RemovedLayers::FOR_SECRETS
        .iter()
        .chain(&RemovedLayers::FOR_THE_WIRE)
        .chain(&RemovedLayers::FOR_BOMBS);
    let peels: Vec<_> = peels.copied().skip(1).collect();
    let concerned: Vec<_> =
        attacks.into_iter().filter(|named| peels.iter().any(|peel| peel.concerns(named))).collect();
    let graders = RemovedLayers::Nothing
        .graders()
        .ok_or("a layer is missing: what is it to be compared with?")?;
    let usual = each(&concerned, |named| one(named, &graders[&named.attack.module]));
    let pairs: Vec<_> = concerned.iter().zip(&usual).collect();
    for peel in peels {
        held &= without(peel, &pairs);
    }
    if options.only.is_empty() {
        without_link_check()?;
    }
    Ok(held)
}

/// One row, and below it what it is made of.
fn without(peel: RemovedLayers, attacks: &[(&NamedAttack, &Option<LayerOutcome>)]) -> bool {
    let attacks: Vec<_> = attacks.iter().filter(|(named, _)| peel.concerns(named)).collect();
    let Some(graders) = peel.graders() else {
        println!("| {} | not to be had by this user | | | |", peel.words());
        return true;
    };
    let pairs = each(&attacks, |(named, usual)| {
        let usual = Option::clone(usual)?;
        let mut came = one(named, &graders[&named.attack.module])?;
        // What a sandbox forbade is honest where it is allowed; a reply never is.
        if peel == RemovedLayers::One(DefenceLayer::OneReply) && came.end.2 > usual.end.2 {
            came.got.push("points".into());
        }
        Some((named.title(), usual, came))
    });
    let pairs: Vec<_> = pairs.into_iter().flatten().collect();
    let further: Vec<_> = pairs.iter().filter(|(_, usual, came)| came.end != usual.end).collect();
    let graded = further.iter().filter(|(_, _, came)| came.end.0 == ReachedStage::Run).count();
    let got: Vec<_> = pairs.iter().filter(|(_, _, came)| !came.got.is_empty()).collect();
    let (words, tried, further_on, got_hold) =
        (peel.words(), pairs.len(), further.len(), got.len());
    println!("| {words} | {tried} | {further_on} | {graded} | {got_hold} |");
    for (title, usual, came) in further {
        eprintln!("  {title}: {:?}, was {:?}", came.end, usual.end);
    }
    for (title, _, came) in &got {
        eprintln!("  {title} GOT {}", came.got.join(", "));
    }
    got.is_empty()
}

fn one(named: &NamedAttack, grader: &Grader) -> Option<LayerOutcome> {
    if named.not_promised(grader).is_some() {
        return None;
    }
    let came = named.run(grader).map_err(|error| eprintln!("{}: {error}", named.title())).ok()?;
    let end = (ReachedStage::of(&came.grade), came.grade.outcome, came.grade.points);
    let mut got = came.got;
    got.extend(came.grade.fault.map(|fault| fault.for_instructor().clone()));
    Some(LayerOutcome { end, got })
}

/// Kernels that call a library, as the known-wrong variants of all modules have them.
fn without_link_check() -> Result<(), String> {
    let graders = RemovedLayers::One(DefenceLayer::LinkCheck).graders().ok_or("no sandbox")?;
    let mut variants = Vec::new();
    for slug in modules().map(|module| module.slug.clone()) {
        let folder = root().join("solutions").join(&slug).join("wrong");
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let yaml = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "yaml");
        for path in entries.map(|entry| entry.path()).filter(yaml) {
            let variant = Variant::load(&path)?;
            if variant.refused.is_some() {
                variants.push((slug.clone(), path, variant));
            }
        }
    }
    let passed = each(&variants, |(slug, path, variant)| {
        let folder = copy_of(&root().join("solutions").join(slug));
        variant.apply(folder.path()).ok()?;
        let grade = grade_with(&graders[slug], folder.path(), 1);
        if grade.outcome != Outcome::Pass {
            eprintln!("  {}: {}", path.display(), explain(&grade));
        }
        Some(grade.outcome == Outcome::Pass)
    });
    let (tried, passed) = (
        passed.iter().flatten().count(),
        passed.iter().flatten().filter(|passed| **passed).count(),
    );
    println!(
        "| link check (kernels that call a library) | {tried} | {tried} | {tried} | {passed}, all points |"
    );
    Ok(())
}
