//! What the call audit tells of a function: to the student, to the instructor, and for the record.

use grader_links::{How, Lead};
use grader_model::AuditRefusal;

/// A function that has to be the student's own, and is not; or one that could compute for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The function's public path: `matmul_tiled`.
    pub function: String,
    /// The tasks that it costs.
    pub tasks: Vec<String>,
    /// What it leads to; `None` when it is no function that could be looked into.
    pub lead: Option<Lead>,
    /// How it leads there, for a function that is not itself looked at: a constructor, a constant, a thread.
    pub around: Option<How>,
}

impl Refusal {
    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        let function = &self.function;
        let Some(lead) = &self.lead else {
            return format!(
                "`{function}` must be a plain function (no type parameters, no `impl Trait`), so \
                 that the grader can trace what it calls"
            );
        };
        let Lead { to, through } = lead;
        let does = match self.around {
            Some(_) if through.is_empty() => {
                format!("A public constant holds the address of `{to}`")
            }
            Some(How::Called) => format!(
                "`{function}` leads to `{to}`, and code of this task can use what `{function}` computes"
            ),
            Some(How::Carried) => format!(
                "`{function}` takes the address of a function that leads to `{to}`. Code of this task can be given \
                 that address and call it"
            ),
            Some(How::Detached) => format!(
                "`{function}` starts a thread that leads to `{to}`. The thread can go on while this task runs"
            ),
            None if to == function => format!("`{function}` is defined in another crate"),
            None => format!("`{function}` leads to `{to}`"),
        };
        let asks = if to.starts_with("std::") {
            "What this task computes comes from its arguments alone: files, the network, other programs and the \
             environment are not available to it"
        } else if to == function {
            "This task asks you to write it yourself"
        } else {
            "This task asks you to write that computation yourself"
        };
        format!("{does}. {asks}")
    }

    /// What is wrong, how it comes about and what to do.
    pub fn remark(&self) -> String {
        let message = self.message();
        let Some(lead) = &self.lead else {
            return format!("{message}. Give it the signature that was handed out.");
        };
        let change = match self.around {
            None | Some(How::Called) => "Replace it by code of your own",
            Some(How::Carried) => {
                "Call the function directly where you need it (with a `match` instead of a table of functions), or \
                 leave it out"
            }
            Some(How::Detached) => {
                "Call the function without a thread, or in `std::thread::scope`, where no task that is written by \
                 hand needs it"
            }
        };
        format!(
            "{message}. The compiled code shows this call.{} {change}: the cases of \
             the task count again then. If you think that the call is fine, tell your instructor, \
             who sees this remark too.",
            self.way(lead)
        )
    }

    /// The functions between the first one and what it leads to, as a sentence.
    fn way(&self, lead: &Lead) -> String {
        // The way begins with the function itself, unless its name stands for another.
        let skipped = usize::from(lead.through.first().is_some_and(|first| self.is_called(first)));
        let between: Vec<_> =
            lead.through[skipped..].iter().map(|one| format!("`{one}`")).collect();
        if between.is_empty() {
            return String::new();
        }
        format!(" The way there: {}.", between.join(", then "))
    }

    /// The same for the record.
    pub fn record(&self) -> AuditRefusal {
        AuditRefusal {
            function: self.function.clone(),
            tasks: self.tasks.clone(),
            way: self.lead.iter().flat_map(|lead| lead.through.iter().cloned()).collect(),
            leads_to: self.lead.as_ref().map(|lead| lead.to.clone()),
        }
    }

    /// Whether `path` and the function's public path end in the same name.
    fn is_called(&self, path: &str) -> bool {
        path.rsplit("::").next() == self.function.rsplit("::").next()
    }
}
