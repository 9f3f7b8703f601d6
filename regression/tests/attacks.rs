//! Every attack ends as the model next to it says, gets hold of nothing, and leaves nothing behind; the
//! next submission is graded as if nothing had happened.

use grader_model::{CaseResult, Grade, Outcome};
use grader_pipeline::Defence;
use grader_sandbox::Layer;
use libtest_mimic::{Arguments, Failed, Trial};
use regression::attack::corpus::{self, Named};
use regression::attack::expected::Stage;
use regression::attack::peeled::{BOMBS, Peel};
use regression::attack::run::Came;
use regression::processes::{cgroups_of, descendants};
use regression::variant::Variant;
use regression::{copy_of, explain, grade, grade_with, grader, root};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// After this many attacks an honest submission is graded, and its grade compared.
const BETWEEN: usize = 25;
/// What the corpus promises to hold at least.
const FEWEST: usize = 110;

fn main() {
    let arguments = Arguments::from_args();
    let attacks = corpus::all().unwrap_or_else(|error| panic!("{error}"));
    let mut trials = vec![Trial::test("corpus", corpus_is_whole)];
    let titled = |claim: &str, peel: Peel| {
        format!("{claim}/{}", peel.words().replace(", ", "_").replace(' ', "_"))
    };
    for peel in Peel::FOR_SECRETS.into_iter().filter(|peel| matches!(peel, Peel::Sandbox(_))) {
        let test = move || no_secret_hangs_on_one_layer(peel);
        trials.push(Trial::test(titled("no_secret_without", peel), test));
    }
    for peel in Peel::FOR_BOMBS {
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

fn check(named: &Named) -> Result<(), Failed> {
    static DONE: AtomicUsize = AtomicUsize::new(0);
    let came = named.run(grader(&named.attack.module))?;
    if !came.differences.is_empty() {
        let in_all = explain(&came.grade);
        let first: Vec<_> = in_all.lines().take(12).collect();
        let notes = came.grade.all_remarks().cloned().collect::<Vec<_>>().join("\n  ");
        let differences = came.differences.join("\n");
        return Err(format!("{differences}\nin all: {}\n  {notes}", first.join("\n")).into());
    }
    if DONE.fetch_add(1, Ordering::Relaxed) % BETWEEN == BETWEEN - 1 {
        honest_as_ever()?;
    }
    Ok(())
}

/// Attacks that try whatever native code and the compiler can try for each of the secrets.
const THE_SHARPEST: [&str; 4] = [
    "machine/everything_at_once",
    "machine/writes_the_gradebook",
    "build_time/include_by_macro",
    "build_time/path_by_macro",
];

/// With scan, lint and one layer of the sandbox off, nothing is got hold of: no secret hangs on one
/// layer. (All attacks without each layer: the example `attacks`, with `--layers`.)
fn no_secret_hangs_on_one_layer(peel: Peel) -> Result<(), Failed> {
    // What this user cannot have anyway is off in all that is tried above.
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
        // Proves that the attack itself did not fail to compile.
        if named.group == "machine" && Stage::of(&came.grade) != Stage::Run {
            return Err(format!("{} did not run: {}", named.title(), explain(&came.grade)).into());
        }
    }
    Ok(())
}

/// Native code takes what it can of processes, threads and memory. Once the cgroup holds it alone, once the
/// resource limits do: the bound that it has of its own is never reached.
fn one_limit_holds_the_machine(peel: Peel) -> Result<(), Failed> {
    let Some(came) = without(peel, BOMBS[0])? else { return Ok(()) };
    if !came.got.is_empty() {
        return Err(format!("{:?}\n{}", came.got, explain(&came.grade)).into());
    }
    // It ran, and memory ended it; what is honest beside it has its points.
    let ended = came.grade.cases.iter().any(|case| case.outcome == Outcome::OutOfMemory);
    if ended && came.grade.points == Some(91.67) {
        Ok(())
    } else {
        Err(explain(&came.grade).into())
    }
}

/// The control for the above: where limits are wide, though neither is off, it takes more.
fn more_of_the_machine_within_wide_limits() -> Result<(), Failed> {
    let peel = Peel::Sandbox(&[Layer::Seccomp]);
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

/// A forged reply that is believed is an answer like any other, and a wrong one.
fn no_point_hangs_on_the_nonce() -> Result<(), Failed> {
    let Some(came) = without(Peel::One(Defence::OneReply), "verdict/answer_before_it_is_asked")?
    else {
        return Ok(());
    };
    // Proves that the reply was taken: with a nonce it is known to be none.
    let told = |case: &CaseResult| case.message.iter().any(|text| text.contains("another request"));
    let refused = came.grade.cases.iter().any(told);
    let gained = came.grade.points.is_none_or(|points| points > 91.67);
    if refused || gained { Err(explain(&came.grade).into()) } else { Ok(()) }
}

/// What no limit of a call ends, the limit of its process does.
fn a_process_has_limits_of_its_own() -> Result<(), Failed> {
    let Some(came) = without(Peel::One(Defence::CallLimits), "machine/endless_loop")? else {
        return Ok(());
    };
    let driven = came.grade.costs.iter().filter(|cost| cost.stage == grader_model::Stage::Drive);
    let driven: f64 = driven.map(|cost| cost.cpu_seconds).sum();
    let ended = came.grade.cases.iter().any(|case| case.outcome == Outcome::TimedOut);
    // A call has one second, the process three.
    if ended && came.got.is_empty() && driven > 3.0 {
        Ok(())
    } else {
        Err(format!("{driven} s of CPU time: {}", explain(&came.grade)).into())
    }
}

/// A kernel that calls a library is right and fast: nothing but what it was compiled to tells. This layer
/// has none behind it; no secret and no other student's grade is behind it either.
fn library_passes_without_the_link_check() -> Result<(), Failed> {
    let peel = Peel::One(Defence::LinkCheck);
    let Some(graders) = peel.graders() else { return Ok(()) };
    let solution = root().join("solutions/acceleration");
    let variant =
        Variant::load(&solution.join("wrong/blocked_calls_a_library_for_each_block.yaml"))?;
    let folder = copy_of(&solution);
    variant.apply(folder.path())?;
    let grade = grade_with(&graders["acceleration"], folder.path(), 1);
    if grade.outcome == Outcome::Pass { Ok(()) } else { Err(explain(&grade).into()) }
}

/// What comes of an attack without a layer; nothing where this user cannot try it.
fn without(peel: Peel, title: &str) -> Result<Option<Came>, Failed> {
    let Some(graders) = peel.graders() else { return Ok(None) };
    let all = corpus::all()?;
    let named = all.iter().find(|named| named.title() == title).ok_or("it is not in the corpus")?;
    Ok(Some(named.run(&graders[&named.attack.module])?))
}

/// The control for the above: without any defence the sharpest attack gets hold of every secret.
fn all_is_open_without_a_defence() -> Result<(), Failed> {
    let Some(graders) = Peel::EVERYTHING.graders() else { return Ok(()) };
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

/// A student of the sample class, half done: points, words and all are what they were at first.
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
    let named =
        ["build_time", "clock", "compile_bombs", "machine", "report", "unpacking", "verdict"];
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

/// After all: the honest grade is what it was, and no process of an attack lives.
fn nothing_is_left() -> Result<(), String> {
    honest_as_ever().map_err(|failed| failed.message().unwrap_or_default().to_owned())?;
    let me = std::process::id();
    let (left, groups) = (descendants(me), cgroups_of(me));
    if left.is_empty() && groups.is_empty() {
        return Ok(());
    }
    Err(format!("left behind: {left:?} {groups:?}"))
}
