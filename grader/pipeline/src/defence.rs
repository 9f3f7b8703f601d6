//! Layers of the pipeline that a suite of attacks can switch off, one at a time, to see what the others
//! hold. No command of the grader can ask for it.

use grader_protocol::CallAllowance;
use std::time::Duration;

/// A layer of the pipeline. Those of the sandbox are [`grader_sandbox::ConfinementLayer`].
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefenceLayer {
    /// The scan of the sources' tokens. It tells a student early that something is of no use, and is no
    /// boundary: arbitrary code is expected to get past it.
    TokenScan,
    /// The compiler's lint against `unsafe`. It is no boundary either.
    UnsafeLint,
    /// The call audit of functions that must be handwritten.
    LinkCheck,
    /// The limits of one call; the process keeps its own.
    CallLimits,
    /// The check that each reply carries the nonce of its request, and that no other reply arrives.
    OneReply,
}

/// What is switched off: nothing, but in suites of attacks.
#[derive(Clone, Debug, Default)]
pub(crate) struct SwitchedOff(Vec<DefenceLayer>);

impl SwitchedOff {
    /// Switches one more off.
    pub(crate) fn add(&mut self, defence: DefenceLayer) {
        self.0.push(defence);
    }

    /// Whether that layer is there.
    pub(crate) fn holds(&self, defence: DefenceLayer) -> bool {
        !self.0.contains(&defence)
    }

    /// How long a call may take, of `limit`: without that layer as long as any process lives.
    pub(crate) fn of_a_call(&self, limit: CallAllowance) -> CallAllowance {
        let hour = Duration::from_hours(1);
        let wide = CallAllowance { cpu: hour, elapsed: hour };
        if self.holds(DefenceLayer::CallLimits) { limit } else { wide }
    }
}
