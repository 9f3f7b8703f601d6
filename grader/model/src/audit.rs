//! Functions that the call audit refused.

use serde::{Deserialize, Serialize};

/// A function rejected by the call audit: it leads to library code in place of the student's own.
/// An instructor reviews each of these, because a false rejection costs honest work its points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRefusal {
    /// The function's public path: `matmul_tiled`.
    pub function: String,
    /// The tasks whose cases are refused as a result.
    pub tasks: Vec<String>,
    /// The chain of the student's own functions, from the first to the last.
    pub way: Vec<String>,
    /// The function at the end of the chain; `None` if the audited function has no address and
    /// could not be traced.
    pub leads_to: Option<String>,
    /// How the task can use a function that is not one of its own; `None` for an audited function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<AuditRoute>,
}

/// How a function outside the audited ones can compute for a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditRoute {
    /// By calls: it runs only during the function.
    Called,
    /// Through an address: code that receives the address can call it.
    Carried,
    /// In a thread that can go on after the function.
    Detached,
}

impl AuditRefusal {
    /// The problem, in one line without a period at its end.
    pub fn message(&self) -> String {
        let function = &self.function;
        let Some(target) = &self.leads_to else {
            return format!(
                "`{function}` must be a plain function (no type parameters, no `impl Trait`), so \
                 that the grader can trace what it calls"
            );
        };
        let finding = match self.around {
            Some(_) if self.way.is_empty() => {
                format!("A public constant holds the address of `{target}`")
            }
            Some(AuditRoute::Called) => format!(
                "`{function}` leads to `{target}`, and code of this task can use its result"
            ),
            Some(AuditRoute::Carried) => format!(
                "`{function}` takes the address of a function that leads to `{target}`. Code of this task can \
                 receive that address and call it"
            ),
            Some(AuditRoute::Detached) => format!(
                "`{function}` starts a thread that leads to `{target}`. The thread can go on while this task runs"
            ),
            None if target == function => format!("`{function}` is defined in another crate"),
            None => format!("`{function}` leads to `{target}`"),
        };
        let rule = if target.starts_with("std::") {
            "This task computes from its arguments alone: files, the network, other programs and the \
             environment are not available to it"
        } else if target == function {
            "This task asks you to write it yourself"
        } else {
            "This task asks you to write that computation yourself"
        };
        format!("{finding}. {rule}")
    }

    /// The problem, the way to it, and what to do next.
    pub fn remark(&self) -> String {
        let message = self.message();
        if self.leads_to.is_none() {
            return format!("{message}. Give it the signature that was handed out.");
        }
        let advice = match self.around {
            None | Some(AuditRoute::Called) => "Replace it by code of your own",
            Some(AuditRoute::Carried) => {
                "Call the function directly where you need it (with a `match` instead of a table of functions), or \
                 leave it out"
            }
            Some(AuditRoute::Detached) => {
                "Call the function without a thread, or in `std::thread::scope`, where no task that is written by \
                 hand needs it"
            }
        };
        format!(
            "{message}. The compiled code shows this call.{} {advice}: then the cases of the task count again. If \
             you think that the call is fine, tell your instructor, who sees this remark too.",
            self.steps()
        )
    }

    /// The functions between the first one and the target, as a sentence.
    fn steps(&self) -> String {
        // The way begins with the function itself, unless its public name is another.
        let skipped = usize::from(self.way.first().is_some_and(|first| self.is_called(first)));
        let between: Vec<_> = self.way[skipped..].iter().map(|one| format!("`{one}`")).collect();
        if between.is_empty() {
            return String::new();
        }
        format!(" The way there: {}.", between.join(", then "))
    }

    /// Whether `path` and the function's public path end in the same name.
    fn is_called(&self, path: &str) -> bool {
        path.rsplit("::").next() == self.function.rsplit("::").next()
    }
}
