//! What a timed case is, and the macro that lists them.

use crate::{Draw, Failure};
use grader_timing::Workload;

/// Draws the inputs of a timed case and verifies what comes back.
pub type Work = Box<dyn Workload<Wrong = Failure>>;

/// One claim about speed: a kernel of the submission against one of the course's own. The rubric
/// says how many times as fast it has to be.
#[derive(Clone, Copy, Debug)]
pub struct TimedCase {
    /// Unique within the module.
    pub name: &'static str,
    /// The task it belongs to.
    pub task: &'static str,
    /// What it claims, in one sentence for students.
    pub claim: &'static str,
    /// The cases that must pass before anything is measured: only what is right is timed.
    pub after: &'static [&'static str],
    /// The kernel of `hidden/kernels.rs` that is measured.
    pub kernel: &'static str,
    /// The kernel that it is compared with, in the course's own build of the same file.
    pub against: &'static str,
    /// What that is called in reports.
    pub called: &'static str,
    /// The inputs, and how answers are verified.
    pub work: fn(Draw) -> Work,
}

/// Lists the timed cases of a module as `pub const TIMED: &[TimedCase]`. The claim is the doc
/// comment.
///
/// ```
/// # use grader_judge::{timed, Draw, Work, Failure};
/// # struct Numbers;
/// # impl grader_timing::Workload for Numbers {
/// #     type Wrong = Failure;
/// #     fn batch(&mut self, _: usize) -> grader_timing::Batch { grader_timing::Batch::default() }
/// #     fn verify(&mut self, _: &[Vec<u8>]) -> Result<(), Failure> { Ok(()) }
/// # }
/// timed! {
///     task "doubling" {
///         /// Doubling is faster than adding one by one.
///         doubling_is_fast after [doubles]: kernel "double", against "count" ("counting"),
///             work |_draw| Box::new(Numbers);
///     }
/// }
/// assert_eq!((TIMED[0].kernel, TIMED[0].after), ("double", &["doubles"][..]));
/// ```
#[macro_export]
macro_rules! timed {
    ($( task $task:literal { $(
        $(#[doc = $claim:literal])+
        $name:ident after [$($parent:ident),+ $(,)?]:
            kernel $kernel:literal, against $against:literal ($called:literal),
            work $work:expr;
    )+ } )+) => {
        /// The timed cases of this module.
        pub const TIMED: &[$crate::TimedCase] = &[$($(
            $crate::TimedCase {
                name: stringify!($name),
                task: $task,
                claim: concat!($($claim),+),
                after: &[$(stringify!($parent)),+],
                kernel: $kernel,
                against: $against,
                called: $called,
                work: $work,
            }
        ),+),+];
    };
}
