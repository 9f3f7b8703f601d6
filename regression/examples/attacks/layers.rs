//! What gets further when one layer is off.

use crate::options::Options;
use crate::parallel::each;
use regression::attack::corpus::Named;
use regression::attack::expected::Stage;
use regression::attack::peeled::Peel;
use std::fmt::Write as _;

/// What came of one attack, as far as it counts here.
#[derive(Clone, Debug, PartialEq)]
struct Came {
    /// How far it got and how it ended.
    end: (Stage, grader_model::Outcome, Option<f64>),
    /// What it got hold of.
    got: Vec<String>,
}

/// Prints, for each layer, which attacks get further without it; whether none got hold of anything.
pub fn run(options: &Options) -> Result<bool, String> {
    let mut attacks = options.attacks()?;
    // A bomb ends the same way whatever is around it; and where a cgroup is what holds it, it is not
    // to be tried without.
    attacks.retain(|named| named.attack.wants.is_some() || named.group == "build_time");
    let mut usual: Vec<Option<Came>> = Vec::new();
    let mut held = true;
    println!("| without | tried | get further | get hold of something |\n|---|---|---|---|");
    for peel in Peel::ALL {
        let Some(graders) = peel.graders() else {
            println!("| {} | not to be had by this user | | |", peel.words());
            continue;
        };
        let came = each(&attacks, |named| one(named, &graders[&named.attack.module]));
        if peel == Peel::Nothing {
            usual.clone_from(&came);
        }
        let (mut further, mut got) = (String::new(), String::new());
        for ((named, came), usual) in attacks.iter().zip(&came).zip(&usual) {
            let (Some(came), Some(usual)) = (came, usual) else { continue };
            if came.end != usual.end {
                let _ = write!(further, "{} ({}); ", named.title(), came.end.1);
            }
            if !came.got.is_empty() {
                let _ = write!(got, "{}: {}; ", named.title(), came.got.join(", "));
                held = false;
            }
        }
        let tried = came.iter().flatten().count();
        println!("| {} | {tried} | {further} | {got} |", peel.words());
    }
    Ok(held)
}

fn one(named: &Named, grader: &grader_pipeline::Grader) -> Option<Came> {
    if named.not_promised(grader).is_some() {
        return None;
    }
    let came = named.run(grader).map_err(|error| eprintln!("{}: {error}", named.title())).ok()?;
    let end = (Stage::of(&came.grade), came.grade.outcome, came.grade.points);
    Some(Came { end, got: came.got })
}
