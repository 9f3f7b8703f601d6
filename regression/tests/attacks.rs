//! Every attack has the result stored next to it, obtains no secret and leaves nothing behind. The
//! next submission is graded as if the attack had not happened.

use grader_model::{CaseResult, Grade, Outcome};
use grader_pipeline::DefenceLayer;
use grader_sandbox::ConfinementLayer;
use libtest_mimic::{Arguments, Failed, Trial};
use regression::attack::corpus::{self, NamedAttack};
use regression::attack::expected::ReachedStage;
use regression::attack::removed_layers::{BOMBS, RemovedLayers};
use regression::attack::run::AttackOutcome;
use regression::processes::{cgroups_of, descendants};
use regression::variant::Variant;
use regression::{copy_of, explain, grade, grade_with, grader, root};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Number of attacks between two checks that an honest submission still gets the same grade.
const BETWEEN: usize = 25;
/// Minimum number of attacks in the corpus.
const FEWEST: usize = 110;

fn main() {
    let arguments = Arguments::from_args();
    let attacks = corpus::all().unwrap_or_else(|error| panic!("{error}"));
    let mut trials = vec![Trial::test("corpus", corpus_is_whole)];
    let titled = |claim: &str, peel: RemovedLayers| {
        format!("{claim}/{}", peel.words().replace(", ", "_").replace(' ', "_"))
    };
    for peel in RemovedLayers::FOR_SECRETS
        .into_iter()
        .filter(|peel| matches!(peel, RemovedLayers::Sandbox(_)))
    {
        let test = move || no_secret_hangs_on_one_layer(peel);
        trials.push(Trial::test(titled("no_secret_without", peel), test));
    }
    for peel in RemovedLayers::FOR_BOMBS {
        let test = move || one_limit_holds_the_machine(peel);
        trials.push(Trial::test(titled("no_more_of_the_machine_without", peel), test));
    }
    let control = more_of_the_machine_within_wide_limits;
    trials.push(Trial::test("more_of_the_machine_within_wide_limits", control));
    trials.push(Trial::test("no_point_without/one_reply_each", no_point_hangs_on_the_nonce));
    trials.push(Trial::test("an_end_without/limits_of_a_call", a_process_has_limits_of_its_own));
    trials.push(Trial::test("a_point_without/link_check", library_passes_without_the_link_check));
    trials.push(Trial::test("all_secrets_without_everything", all_is_open_without_a_defence));
    for named in attacks {
        trials.push(Trial::test(named.title(), move || check(&named)));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if arguments.list {
        return;
    }
    let left = nothing_is_left();
    if let Err(left) = &left {
        eprintln!("{left}");
    }
    if left.is_err() || conclusion.has_failed() {
        std::process::exit(101);
    }
}

fn check(named: &NamedAttack) -> Result<(), Failed> {
    static DONE: AtomicUsize = AtomicUsize::new(0);
    let came = named.run(grader(&named.attack.module))?;
    if !came.differences.is_empty() {
        let in_all = explain(&came.grade);
        let first: Vec<_> = in_all.lines().take(12).collect();
        let notes = came.grade.remark_texts().join("\n  ");
        let differences = came.differences.join("\n");
        return Err(format!("{differences}\nin all: {}\n  {notes}", first.join("\n")).into());
    }
    if DONE.fetch_add(1, Ordering::Relaxed) % BETWEEN == BETWEEN - 1 {
        honest_as_ever()?;
    }
    Ok(())
}

/// Attacks that try everything native code and the compiler can do to obtain each of the secrets.
const THE_SHARPEST: [&str; 4] = [
    "machine/everything_at_once",
    "machine/writes_the_gradebook",
    "build_time/include_by_macro",
    "build_time/path_by_macro",
];

/// With the token scan, the lint and one layer of the sandbox off, no secret is obtained, so no
/// secret depends on a single layer. (For all attacks without each layer, run the example `attacks`
/// with `--layers`.)
fn no_secret_hangs_on_one_layer(peel: RemovedLayers) -> Result<(), Failed> {
    // A layer that is not available to this user is off in all the tests above anyway.
    let Some(graders) = peel.graders() else { return Ok(()) };
    for named in corpus::all()? {
        if !THE_SHARPEST.contains(&&*named.title()) {
            continue;
        }
        let came = named.run(&graders[&named.attack.module])?;
        if !came.got.is_empty() {
            let got = came.got.join("\n");
            return Err(format!("{}: {got}\n{}", named.title(), explain(&came.grade)).into());
        }
        // Check that the attack itself compiled and ran.
        if named.group == "machine" && ReachedStage::of(&came.grade) != ReachedStage::Run {
            return Err(format!("{} did not run: {}", named.title(), explain(&came.grade)).into());
        }
    }
    Ok(())
}

/// Native code takes as many processes and threads and as much memory as it can. The cgroup alone,
/// and the resource limits alone, must stop it before it reaches its own bound.
fn one_limit_holds_the_machine(peel: RemovedLayers) -> Result<(), Failed> {
    let Some(came) = without(peel, BOMBS[0])? else { return Ok(()) };
    if !came.got.is_empty() {
        return Err(format!("{:?}\n{}", came.got, explain(&came.grade)).into());
    }
    // The attack ran and was ended by the memory limit; the honest code next to it keeps its
    // points.
    let ended = came.grade.cases.iter().any(|case| case.outcome == Outcome::OutOfMemory);
    if ended && came.grade.points == Some(91.67) {
        Ok(())
    } else {
        Err(explain(&came.grade).into())
    }
}

/// The control for `one_limit_holds_the_machine`: with wide limits, both enabled, the attack gets
/// more.
fn more_of_the_machine_within_wide_limits() -> Result<(), Failed> {
    let peel = RemovedLayers::Sandbox(&[ConfinementLayer::Seccomp]);
    let Some(mut graders) = peel.graders() else { return Ok(()) };
    let all = corpus::all()?;
    let named = all.iter().find(|named| named.title() == BOMBS[0]);
    let named = named.ok_or("it is not in the corpus")?;
    let mut grader = graders.remove(&named.attack.module).ok_or("no grader of its module")?;
    grader.module.rubric.limits.threads = 700;
    let came = named.run(&grader)?;
    let told = |case: &CaseResult| {
        case.message.iter().any(|text| text.contains("300 processes, 300 threads"))
    };
    let told = came.grade.cases.iter().any(told);
    if told && !came.got.is_empty() { Ok(()) } else { Err(explain(&came.grade).into()) }
}

/// A forged reply that is accepted counts as an ordinary answer, and a wrong one.
fn no_point_hangs_on_the_nonce() -> Result<(), Failed> {
    let Some(came) =
        without(RemovedLayers::One(DefenceLayer::OneReply), "verdict/answer_before_it_is_asked")?
    else {
        return Ok(());
    };
    // Check that the forged reply was accepted. With a nonce it would be recognised as forged.
    let told = |case: &CaseResult| case.message.iter().any(|text| text.contains("another request"));
    let refused = came.grade.cases.iter().any(told);
    let gained = came.grade.points.is_none_or(|points| points > 91.67);
    if refused || gained { Err(explain(&came.grade).into()) } else { Ok(()) }
}

/// The limit of the process ends a loop that no limit of a call ends.
fn a_process_has_limits_of_its_own() -> Result<(), Failed> {
    let Some(came) = without(RemovedLayers::One(DefenceLayer::CallLimits), "machine/endless_loop")?
    else {
        return Ok(());
    };
    let driven =
        came.grade.costs.iter().filter(|cost| cost.stage == grader_model::GradingStage::Drive);
    let driven: f64 = driven.map(|cost| cost.cpu_seconds).sum();
    let ended = came.grade.cases.iter().any(|case| case.outcome == Outcome::TimedOut);
    // The limit is one second for a call and three seconds for the process.
    if ended && came.got.is_empty() && driven > 3.0 {
        Ok(())
    } else {
        Err(format!("{driven} s of CPU time: {}", explain(&came.grade)).into())
    }
}

/// A kernel that calls a library is correct and fast; only the compiled code reveals it. No other
/// layer detects it, but no secret and no other student's grade depends on this layer.
fn library_passes_without_the_link_check() -> Result<(), Failed> {
    let peel = RemovedLayers::One(DefenceLayer::LinkCheck);
    let Some(graders) = peel.graders() else { return Ok(()) };
    let solution = root().join("solutions/acceleration");
    let variant =
        Variant::load(&solution.join("wrong/blocked_calls_a_library_for_each_block.yaml"))?;
    let folder = copy_of(&solution);
    variant.apply(folder.path())?;
    let grade = grade_with(&graders["acceleration"], folder.path(), 1);
    if grade.outcome == Outcome::Pass { Ok(()) } else { Err(explain(&grade).into()) }
}

/// The result of an attack with a layer removed; `None` if this user cannot try it.
fn without(peel: RemovedLayers, title: &str) -> Result<Option<AttackOutcome>, Failed> {
    let Some(graders) = peel.graders() else { return Ok(None) };
    let all = corpus::all()?;
    let named = all.iter().find(|named| named.title() == title).ok_or("it is not in the corpus")?;
    Ok(Some(named.run(&graders[&named.attack.module])?))
}

/// The control for `no_secret_hangs_on_one_layer`: without any defence, the sharpest attack obtains
/// every secret.
fn all_is_open_without_a_defence() -> Result<(), Failed> {
    let Some(graders) = RemovedLayers::EVERYTHING.graders() else { return Ok(()) };
    let all = corpus::all()?;
    let sharpest = all.iter().find(|named| named.title() == THE_SHARPEST[0]);
    let named = sharpest.ok_or("it is not in the corpus")?;
    let came = named.run(&graders[&named.attack.module])?;
    let report = format!("{:?} {:?}", came.grade.cases, came.got);
    let secrets = ["gradebook.sqlite", "hidden/cases.rs", "seed", "class/other", "/etc/passwd"];
    match secrets.iter().find(|secret| !report.contains(**secret)) {
        None if came.got.iter().any(|got| got.contains("changed outside")) => Ok(()),
        None => Err("nothing outside was changed".into()),
        Some(secret) => Err(format!("{secret} was not got hold of: {report}").into()),
    }
}

/// Two honest submissions of the sample class must keep their points, and one of them (`farah`)
/// must get the same outcomes and compile problems as at first.
fn honest_as_ever() -> Result<(), Failed> {
    static FIRST: OnceLock<Grade> = OnceLock::new();
    let what_counts = |grade: &Grade| {
        let cases = grade.cases.iter().map(|case| format!("{:?}", (&case.name, case.outcome)));
        (grade.points.map(f64::to_bits), cases.collect::<Vec<_>>(), format!("{:?}", grade.problems))
    };
    let now = grade("profiling", &root().join("regression/class/farah"), 20);
    let other = grade("profiling", &root().join("regression/class/chidi"), 20);
    if (now.points, other.points) != (Some(26.65), Some(56.0)) {
        return Err(
            format!("an honest grade changed: {}\n{}", explain(&now), explain(&other)).into()
        );
    }
    if what_counts(FIRST.get_or_init(|| now.clone())) == what_counts(&now) {
        Ok(())
    } else {
        Err("an honest submission was graded again, with another result".into())
    }
}

fn corpus_is_whole() -> Result<(), Failed> {
    let all = corpus::all()?;
    let groups: BTreeSet<_> = all.iter().map(|named| named.group.as_str()).collect();
    let named = [
        "build_time",
        "call_audit",
        "clock",
        "compile_bombs",
        "machine",
        "report",
        "unpacking",
        "verdict",
    ];
    if groups != BTreeSet::from(named) {
        return Err(format!("the groups are {groups:?}").into());
    }
    if all.len() < FEWEST {
        return Err(format!("{} attacks, fewer than {FEWEST}", all.len()).into());
    }
    let written = std::fs::read_to_string(corpus::folder().join("README.md"))?;
    if written != corpus::document(&all) {
        let command = "cargo run -p regression --example attacks -- --document";
        return Err(format!("regression/attacks/README.md is out of date: {command}").into());
    }
    Ok(())
}

/// After all attacks, the honest grade is unchanged and no process or control group of an attack
/// remains.
fn nothing_is_left() -> Result<(), String> {
    honest_as_ever().map_err(|failed| failed.message().unwrap_or_default().to_owned())?;
    let me = std::process::id();
    let (left, groups) = (descendants(me), cgroups_of(me));
    if left.is_empty() && groups.is_empty() {
        return Ok(());
    }
    Err(format!("left behind: {left:?} {groups:?}"))
}
