//! `grader cases`: the hidden cases, each with the mistakes that it catches.

use crate::args::{CasesOptions, GraderArguments, OneFormat};
use crate::course::OpenCourse;
use crate::exit::{CommandFailure, ExitKind, Result};
use crate::stdout::outln;
use crate::style;
use grader_course::config::{CourseModule, PartialCredit, TaskRubric, VisibilityRule};
use grader_course::variant::Variant;
use grader_judge::Module;
use grader_pipeline::ModuleSetup;
use grader_report::{
    CaseCatalogue, CatalogueCase, CatalogueTask, Exporter, KnownMistake, escape, write_catalogue,
};
use std::path::Path;

/// Prints or writes the catalogue of one module, or of each.
pub fn run(
    modules: &'static [Module],
    arguments: &GraderArguments,
    options: &CasesOptions,
) -> Result<ExitKind> {
    let course = OpenCourse::open(arguments, modules)?;
    let modules = match &options.module {
        Some(name) => vec![course.module(Some(name), &[])?],
        None => course.course.modules.iter().collect(),
    };
    let default = if options.out.is_some() { OneFormat::Html } else { OneFormat::Text };
    let format = options.format.unwrap_or(default);
    let exporter = format.exporter(style::stdout(arguments.color));
    if let Some(out) = &options.out {
        refuse_folder_of_students(&course.root, out)?;
    }
    for module in modules {
        let catalogue = catalogue(&course, module)?;
        match &options.out {
            Some(out) => write(out, &*exporter, &catalogue)?,
            None => outln!("{}", exporter.catalogue(&catalogue)),
        }
    }
    Ok(ExitKind::Done)
}

fn write(out: &Path, exporter: &dyn Exporter, catalogue: &CaseCatalogue) -> Result<()> {
    let path = write_catalogue(out, exporter, catalogue).map_err(CommandFailure::bad_input)?;
    let shown = escape::line(&path.display().to_string(), 400);
    outln!("{shown} ({} cases; not for students)\n", catalogue.cases());
    Ok(())
}

/// The page contains answers, and everything in `assignments/` goes to students.
fn refuse_folder_of_students(root: &Path, out: &Path) -> Result<()> {
    let absolute = std::path::absolute(out).map_err(CommandFailure::bad_input)?;
    // The folder itself may not exist yet, so the nearest one above it decides.
    let real = absolute.ancestors().find_map(|folder| folder.canonicalize().ok());
    if real.is_some_and(|folder| folder.starts_with(root.join("assignments"))) {
        return Err(CommandFailure::bad_input(format!(
            "{} is a folder for students, and this page shows hidden cases and wrong solutions\n  help: choose \
             another folder with --out",
            out.display()
        )));
    }
    Ok(())
}

fn catalogue(course: &OpenCourse, module: &CourseModule) -> Result<CaseCatalogue> {
    let setup = course.setup(module)?;
    let solution = course.root.join("solutions").join(&module.slug);
    let variants = Variant::all(&solution).map_err(CommandFailure::bad_input)?;
    let tasks: Vec<_> =
        setup.rubric.tasks.iter().map(|task| catalogue_task(&setup, task, &variants)).collect();
    let is_listed = |name: &str| {
        let all = |task: &CatalogueTask| {
            let by_cases = task.cases.iter().flat_map(|case| &case.mistakes);
            by_cases.chain(&task.audited).any(|mistake| mistake.name == name)
        };
        tasks.iter().any(all)
    };
    let uncaught = variants.iter().filter(|(name, _)| !is_listed(name)).map(mistake).collect();
    Ok(CaseCatalogue {
        module: setup.slug.clone(),
        title: setup.rubric.title.clone(),
        tasks,
        uncaught,
    })
}

fn catalogue_task(
    setup: &ModuleSetup,
    task: &TaskRubric,
    variants: &[(String, Variant)],
) -> CatalogueTask {
    let suite = &setup.suite;
    let untimed = suite.cases().iter().map(|case| (case.task, case.name, case.claim));
    let timed = suite.timed().iter().map(|case| (case.task, case.name, case.claim));
    let own = untimed.chain(timed).filter(|(of, ..)| *of == task.id);
    let cases: Vec<_> = own.map(|(_, name, claim)| one_case(setup, task, name, claim)).collect();
    let total: f64 = cases.iter().map(|case| case.weight).sum();
    let is_proportional = matches!(task.partial, PartialCredit::Proportional) && total > 0.0;
    let with_mistakes = |case: CatalogueCase| {
        let catches = |(_, variant): &&(String, Variant)| variant.caught_by.contains(&case.name);
        CatalogueCase {
            points: is_proportional.then(|| task.points * case.weight / total),
            mistakes: variants.iter().filter(catches).map(mistake).collect(),
            ..case
        }
    };
    let is_audited = |(_, variant): &&(String, Variant)| {
        variant.refused.as_ref().is_some_and(|refused| refused.tasks.contains(&task.id))
    };
    CatalogueTask {
        id: task.id.clone(),
        title: task.title.clone(),
        points: task.points,
        cases: cases.into_iter().map(with_mistakes).collect(),
        audited: variants.iter().filter(is_audited).map(mistake).collect(),
    }
}

fn one_case(setup: &ModuleSetup, task: &TaskRubric, name: &str, claim: &str) -> CatalogueCase {
    let rubric = &setup.rubric;
    let gate = rubric.gate_of(&task.id, name);
    let visibility = match rubric.visibility_of(&task.id, name) {
        VisibilityRule::Message => "message",
        VisibilityRule::Name => "name",
        VisibilityRule::Nothing => "nothing",
    };
    CatalogueCase {
        name: name.into(),
        claim: in_one_line(claim),
        weight: rubric.weight_of(&task.id, name),
        points: None,
        after: setup.suite.parents(name).iter().map(|&parent| parent.into()).collect(),
        gate: gate.map(|gate| gate.at_least),
        needs: gate.and_then(|gate| gate.needs).map(|needs| needs.words().to_owned()),
        visibility: visibility.into(),
        mistakes: Vec::new(),
    }
}

fn mistake((name, variant): &(String, Variant)) -> KnownMistake {
    KnownMistake {
        name: name.clone(),
        story: in_one_line(&variant.story),
        is_slow: variant.slow,
        leads_to: variant.refused.as_ref().map(|refused| refused.leads_to.clone()),
    }
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
