//! Timed cases, and the macro that defines them.

use crate::{Draw, Failure};
use grader_timing::Workload;

/// Draws the inputs of a timed case and verifies its outputs.
pub type TimedWork = Box<dyn Workload<Wrong = Failure>>;

/// One claim about speed: a kernel of the submission is compared with a kernel of the course. The
/// rubric contains the required speedup.
#[derive(Clone, Copy, Debug)]
pub struct TimedCase {
    /// Unique within the module.
    pub name: &'static str,
    /// The task it belongs to.
    pub task: &'static str,
    /// The claim, in one sentence for students.
    pub claim: &'static str,
    /// The cases that must pass before measuring: only correct code is timed.
    pub after: &'static [&'static str],
    /// The measured kernel in `grading/kernels.rs`.
    pub kernel: &'static str,
    /// The kernel it is compared with, in the course's own build of the same file.
    pub against: &'static str,
    /// The name of the compared kernel in reports.
    pub called: &'static str,
    /// Draws the inputs and verifies the answers.
    pub work: fn(Draw) -> TimedWork,
}

/// Defines the timed cases of a module as `pub const TIMED: &[TimedCase]`. The claim is the doc
/// comment.
///
/// ```
/// # use grader_judge::{CaseVerdict, Draw, Failure, timed};
/// # struct Numbers;
/// # impl grader_timing::Workload for Numbers {
/// #     type Wrong = Failure;
/// #     fn batch(&mut self, _: usize) -> grader_timing::CallBatch { grader_timing::CallBatch::default() }
/// #     fn verify(&mut self, _: &[Vec<u8>]) -> Result<(), Failure> { Ok(()) }
/// # }
/// # fn doubles(_: &mut (), _: &mut Draw) -> CaseVerdict { Ok(()) }
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
        $name:ident after [$($parent:path),+ $(,)?]:
            kernel $kernel:literal, against $against:literal ($called:literal),
            work $work:expr;
    )+ } )+) => {
        /// The timed cases of this module.
        pub const TIMED: &[$crate::TimedCase] = &[$($(
            $crate::TimedCase {
                name: stringify!($name),
                task: $task,
                claim: concat!($($claim),+),
                after: &[$($crate::last_segment(stringify!($parent))),+],
                kernel: $kernel,
                against: $against,
                called: $called,
                work: $work,
            }
        ),+),+];

        // A parent is a case's function.
        $($( const _: () = { $( let _: fn(&mut _, &mut $crate::Draw) -> $crate::CaseVerdict = $parent; )+ }; )+)+
    };
}
