//! Each attack at each level.

use crate::options::AttackOptions;
use crate::parallel::each;
use grader_pipeline::Grader;
use grader_sandbox::{self as sandbox, ConfinementLevel};
use regression::attack::corpus::NamedAttack;
use regression::{explain, modules, open};
use std::collections::BTreeMap;
use std::time::Instant;

/// Graders by module.
pub type ModuleGraders = BTreeMap<String, Grader>;

/// Hands in every attack at every level that can be had here; whether all were contained.
pub fn run(options: &AttackOptions) -> Result<bool, String> {
    let attacks = options.attacks()?;
    let mut all_contained = true;
    for level in [ConfinementLevel::Full, ConfinementLevel::NoCgroup, ConfinementLevel::Weak] {
        let graders = graders(&sandbox::ProbeOptions {
            max_level: Some(level),
            allow_weak: true,
            ..sandbox::ProbeOptions::default()
        });
        if graders.values().any(|grader| grader.sandbox.level() != level) {
            println!("{level}: not to be had by this user");
            continue;
        }
        let start = Instant::now();
        let came = each(&attacks, |named| one(named, &graders[&named.attack.module], options));
        let promised: Vec<bool> = came.into_iter().flatten().collect();
        let contained = promised.iter().filter(|contained| **contained).count();
        all_contained &= contained == promised.len();
        println!(
            "{level}: {contained} of {} contained, {} not promised there, {:.0} s",
            promised.len(),
            attacks.len() - promised.len(),
            start.elapsed().as_secs_f64()
        );
    }
    Ok(all_contained)
}

/// A grader for each module, with the sandbox that is asked for.
pub fn graders(options: &sandbox::ProbeOptions) -> ModuleGraders {
    modules().map(|module| (module.slug.clone(), open(module, options.clone()))).collect()
}

/// Whether an attack was contained; nothing where that is not promised.
fn one(named: &NamedAttack, grader: &Grader, options: &AttackOptions) -> Option<bool> {
    let level = grader.sandbox.level();
    if let Some(why) = named.not_promised(grader) {
        println!("{level}: {}: not promised: {why}", named.title());
        return None;
    }
    let start = Instant::now();
    let came = named.run(grader);
    let seconds = start.elapsed().as_secs_f64();
    match came {
        Ok(came) if came.differences.is_empty() => {
            if options.each {
                let (title, grade) = (named.title(), came.grade);
                let cpu: f64 = grade.costs.iter().map(|cost| cost.cpu_seconds).sum();
                let points = grade.points.map_or("none".into(), |points| points.to_string());
                let outcome = grade.outcome;
                println!(
                    "{level}: {title}: {outcome}, {points}, {cpu:.1} s of CPU, {seconds:.1} s"
                );
            }
            Some(true)
        }
        Ok(came) => {
            let told: Vec<_> = explain(&came.grade).lines().take(6).map(str::to_owned).collect();
            let differences = came.differences.join("\n  ");
            println!("{level}: {}:\n  {differences}\n  {}", named.title(), told.join("\n  "));
            Some(false)
        }
        Err(error) => {
            println!("{level}: {}: {error}", named.title());
            Some(false)
        }
    }
}
