//! The command line.

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use grader_model::CaseAward;
use grader_report::Exporter;
use grader_report::html::HtmlExporter;
use grader_report::json::JsonExporter;
use grader_report::markdown::MarkdownExporter;
use grader_report::terminal::{TerminalExporter, TextStyle};
use std::path::PathBuf;

/// Grades submissions of the course, each in a sandbox, against hidden cases.
#[derive(Debug, Parser)]
#[command(name = "grader", version, max_term_width = 100, after_help = crate::exit::HELP)]
pub struct GraderArguments {
    /// The course's root (the folder with config/course.yaml); found upwards from here if not given
    #[arg(long, global = true, value_name = "DIR")]
    pub course: Option<PathBuf>,
    /// When to colour: `NO_COLOR` is honoured
    #[arg(long, global = true, value_enum, default_value_t = ColorMode::Auto)]
    pub color: ColorMode,
    /// What to do
    #[command(subcommand)]
    pub command: GraderCommand,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum GraderCommand {
    /// Grade a class: a folder with one folder or archive per student
    Grade(GradeOptions),
    /// Grade one submission and show it as its student sees it
    Check(CheckOptions),
    /// Make what students get from the solutions
    Release(ReleaseOptions),
    /// Write the reports again from the gradebook, without grading
    Report(ReportOptions),
    /// Decide points that measurements left pending, with a reason, for the record
    Decide(DecideOptions),
    /// Take a student who left out of the class; what was graded stays in the gradebook
    Withdraw(WithdrawOptions),
    /// Show the hidden cases, each with the mistakes that it catches; not for students
    Cases(CasesOptions),
    /// Say what is missing on this machine, and how to fix it
    Doctor(DoctorOptions),
}

/// `grader grade`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  grader grade submissions/                      grade all, reports in grades/MODULE/
  grader grade submissions/ --jobs 2 --out out/  two at a time, reports in out/MODULE/
  grader grade submissions/ --format json        the class as JSON on standard output
The reports show the whole class: after a late submission, the earlier grades are in them too. No
entry vanishes: each is graded, or listed with the reason why it has no grade or was passed over.
Results are kept by content: run it again after a Ctrl-C, a crash or a late submission, and only
what is new is graded.
Undecided is a speed that is too near to its gate, or was measured on a busy machine. It counts
neither for nor against anybody: the points that it could bring are pending, beside those that are
reached. It is measured again at the end of the run, and whenever you run it again.")]
pub struct GradeOptions {
    /// The folder of submissions
    pub class: PathBuf,
    /// The module, by name or number [default: what was handed in tells]
    #[arg(long, short)]
    pub module: Option<String>,
    /// How many submissions at once [default: the number of CPUs]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub jobs: Option<u16>,
    #[command(flatten)]
    pub output: OutputOptions,
    #[command(flatten)]
    pub print: PrintOptions,
    /// Grade again even what has not changed
    #[arg(long)]
    pub again: bool,
    #[command(flatten)]
    pub sandbox: SandboxOptions,
}

/// `grader check`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  grader check submissions/ada                     as an instructor, confined
  grader check . --trust-submission                a student checking their own work
  grader check ada.zip --format html > ada.html    the report that the student would get")]
pub struct CheckOptions {
    /// The submission: a folder or an archive
    pub path: PathBuf,
    /// The module, by name or number [default: what was handed in tells]
    #[arg(long, short)]
    pub module: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t = OneFormat::Text)]
    pub format: OneFormat,
    /// Show inputs, expected and received values too: not for students
    #[arg(long)]
    pub instructor: bool,
    /// Draw the hidden inputs from this seed: repeats a recorded grading
    #[arg(long)]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub sandbox: SandboxOptions,
}

/// Where the results are.
#[derive(Clone, Debug, Args)]
pub struct OutputOptions {
    /// The folder of the gradebook and the reports, with a folder for each module
    #[arg(long, short, default_value = "grades")]
    pub out: PathBuf,
    /// Another place for the gradebook [default: gradebook.sqlite in the output folder]
    #[arg(long)]
    pub gradebook: Option<PathBuf>,
}

impl OutputOptions {
    /// The gradebook's file.
    pub fn gradebook_path(&self) -> PathBuf {
        self.gradebook.clone().unwrap_or_else(|| self.out.join("gradebook.sqlite"))
    }
}

/// What a command about many prints.
#[derive(Clone, Copy, Debug, Args)]
pub struct PrintOptions {
    /// What to print
    #[arg(long, value_enum, default_value_t = ClassFormat::Text)]
    pub format: ClassFormat,
}

/// How far submissions are confined.
#[derive(Clone, Copy, Debug, Args)]
pub struct SandboxOptions {
    /// Accept a sandbox without namespaces (see `grader doctor`): weaker, and said so in reports
    #[arg(long)]
    pub allow_weak_sandbox: bool,
    /// Run the code unconfined: only for your own
    #[arg(long)]
    pub trust_submission: bool,
}

/// `grader release`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  grader release                        bring assignments/ up to date
  grader release --check                fail if it is stale or holds an answer
  grader release --out ~/handout-s27    a workspace to hand out")]
pub struct ReleaseOptions {
    /// Write nothing: report stale files and leaked answers
    #[arg(long, conflicts_with = "out")]
    pub check: bool,
    /// Write a self-contained student workspace to this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// `grader report`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  grader report                          the class again, from grades/gradebook.sqlite
  grader report --student ada            one student's newest grade
  grader report --student ada --history  every attempt
  grader report --student ada --pairs    how each verdict about speed came about, to defend it")]
pub struct ReportOptions {
    #[command(flatten)]
    pub output: OutputOptions,
    /// The module, by name or number [default: the one that the gradebook holds]
    #[arg(long, short)]
    pub module: Option<String>,
    /// Only this student, on the terminal; a name is found however it is typed
    #[arg(long, value_name = "NAME")]
    pub student: Option<String>,
    /// With --student: every attempt instead of the newest
    #[arg(long, requires = "student")]
    pub history: bool,
    /// With --student: decide each measurement of speed again, from the pairs that were kept
    #[arg(long, requires = "student", conflicts_with = "format")]
    pub pairs: bool,
    #[command(flatten)]
    pub print: PrintOptions,
}

/// `grader decide`
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("which").args(["case", "task", "all_pending"]).required(true).multiple(false),
    group = ArgGroup::new("what").args(["points", "undo"]).required(true),
    after_help = "\
Examples:
  grader decide ada -m MODULE --all-pending --points full --reason 'seen in the lab' --dry-run
                                    shows the grade before and after, and records nothing
  grader decide ada -m MODULE --case CASE --points full --reason 'seen in the lab'
  grader decide ada -m MODULE --task TASK --points none --reason 'not done' --private
  grader decide ada -m MODULE --case CASE --points 2.5 --reason 'half of it'
  grader decide ada -m MODULE --all-pending --undo --reason 'wrong student'
A decision is about undecided cases of the hand-in that counts, and about no other hand-in. Once a
measurement decides a case, that counts, and the decision is shown as no longer needed. The newest
decision about a case is in force. Nothing is deleted: `grader report --student NAME --history` shows
who decided what, when and why. No attempt is edited.
Exits with 2 when nothing of what is named is pending; what is pending is listed then.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct DecideOptions {
    /// The student; a name is found however it is typed
    pub student: String,
    /// The module, by name or number [default: the one that the gradebook holds]
    #[arg(long, short)]
    pub module: Option<String>,
    /// An undecided case; may be given several times
    #[arg(long, value_name = "NAME")]
    pub case: Vec<String>,
    /// All undecided cases of this task
    #[arg(long, value_name = "NAME")]
    pub task: Option<String>,
    /// All undecided cases
    #[arg(long)]
    pub all_pending: bool,
    /// What each of them is worth: `full`, `none` or, for one case, a number of points
    #[arg(long, value_name = "POINTS", value_parser = award)]
    pub points: Option<CaseAward>,
    /// Undo the decision in force: its points are pending again
    #[arg(long)]
    pub undo: bool,
    /// Why: for the record, and for the student's page
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: String,
    /// Keep the reason from the student
    #[arg(long)]
    pub private: bool,
    /// Record nothing: show the grade before and after
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub output: OutputOptions,
    #[command(flatten)]
    pub print: PrintOptions,
}

fn award(text: &str) -> Result<CaseAward, String> {
    match text {
        "full" => Ok(CaseAward::Full),
        "none" => Ok(CaseAward::None),
        _ => match text.parse::<f64>() {
            Ok(points) if points.is_finite() && points >= 0.0 => Ok(CaseAward::Points(points)),
            _ => Err("say `full`, `none` or a number of points that is not negative".into()),
        },
    }
}

/// `grader withdraw`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  grader withdraw ada                        out of the class, in all modules
  grader withdraw ada --module MODULE        in one module
  grader withdraw ada --reason 'left early'  with a reason, for the record
  grader withdraw ada --undo                 into the class again
A withdrawn student is in no class page and counts in no total. `grader report --student NAME` shows
the attempts all the same. Nothing is deleted: the gradebook keeps who withdrew whom, when and why.")]
pub struct WithdrawOptions {
    /// The student; a name is found however it is typed
    pub student: String,
    /// Only from this module, by name or number [default: from all modules]
    #[arg(long, short)]
    pub module: Option<String>,
    #[command(flatten)]
    pub output: OutputOptions,
    /// Why, for the record
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Take the student into the class again
    #[arg(long)]
    pub undo: bool,
}

/// `grader cases`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  grader cases --module MODULE               the cases of one module, on the terminal
  grader cases --out instructors/             one page per module: instructors/MODULE-cases.html
  grader cases -m MODULE --format json       for programs: the document `grader/cases/v1`
For each hidden case it shows the claim, the weight and the points, the cases that must pass before it, and the
known wrong solutions that it catches. The output contains answers: it is never written into assignments/.")]
pub struct CasesOptions {
    /// Only this module, by name or number [default: all modules]
    #[arg(long, short)]
    pub module: Option<String>,
    /// Write one file per module into this folder, readable by you alone
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The format [default: html with --out, otherwise text]
    #[arg(long, value_enum)]
    pub format: Option<OneFormat>,
}

/// `grader doctor`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  grader doctor              what is there and what is missing
  grader doctor --attack     try to break out of this machine's sandbox, and say how each try ended
Exits with 1 when something is missing, or when an attack got through.")]
pub struct DoctorOptions {
    /// Attack the sandbox of this machine: harmless tries, bounded, about ten seconds
    #[arg(long)]
    pub attack: bool,
    #[command(flatten)]
    pub print: PrintOptions,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorMode {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What a command about many prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClassFormat {
    /// For people
    Text,
    /// For machines
    Json,
}

/// The formats of a single report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OneFormat {
    /// For a terminal
    Text,
    /// For machines
    Json,
    /// For issue trackers and mail
    Markdown,
    /// One self-contained page
    Html,
}

impl OneFormat {
    /// The exporter of this format. `style` is for terminals.
    pub fn exporter(self, style: TextStyle) -> Box<dyn Exporter> {
        match self {
            Self::Text => Box::new(TerminalExporter(style)),
            Self::Json => Box::new(JsonExporter),
            Self::Markdown => Box::new(MarkdownExporter),
            Self::Html => Box::new(HtmlExporter),
        }
    }
}
