//! A function that the call audit refuses, and its record.

use grader_call_audit::{ForbiddenPath, ReachKind};
use grader_model::{AuditRefusal, AuditRoute, Remark};

/// A function that has to be the student's own, and is not; or one that could compute for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionRefusal {
    /// The function's public path: `matmul_tiled`.
    pub function: String,
    /// The tasks that it costs.
    pub tasks: Vec<String>,
    /// The chain to library code; `None` if the function cannot be traced.
    pub lead: Option<ForbiddenPath>,
    /// How it leads there, for a function that is not itself audited: a constructor, a constant, a thread.
    pub around: Option<ReachKind>,
}

impl FunctionRefusal {
    /// The problem, in one line.
    pub fn message(&self) -> String {
        self.record().message()
    }

    /// The problem, the way to it, and what to do next.
    pub fn remark(&self) -> Remark {
        Remark::CallAudit { refusal: self.record() }
    }

    /// The same for the record.
    pub fn record(&self) -> AuditRefusal {
        AuditRefusal {
            function: self.function.clone(),
            tasks: self.tasks.clone(),
            way: self.lead.iter().flat_map(|lead| lead.through.iter().cloned()).collect(),
            leads_to: self.lead.as_ref().map(|lead| lead.to.clone()),
            around: self.around.map(route),
        }
    }
}

const fn route(how: ReachKind) -> AuditRoute {
    match how {
        ReachKind::Called => AuditRoute::Called,
        ReachKind::Carried => AuditRoute::Carried,
        ReachKind::Detached => AuditRoute::Detached,
    }
}
