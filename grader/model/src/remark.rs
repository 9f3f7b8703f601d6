//! Remarks on a submission.

use crate::{AuditRefusal, FileList, IntakeRefusal};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A remark for the student and the instructor, in one or two sentences. `kind` names it in records and in `class.json`.
///
/// Names in it are untrusted text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Remark {
    /// A sentence as such: from a record of an earlier version of the grader, or prepared for a report.
    Text {
        /// The sentence.
        text: String,
    },

    // The submission has no grade.
    /// The submission could not be collected.
    NotCollected {
        /// The reason.
        refusal: IntakeRefusal,
    },
    /// The entry of the class folder cannot be graded.
    UnusableEntry {
        /// The entry.
        name: String,
        /// The reason, and what to do about it.
        reason: String,
    },

    // The place of the sources.
    /// The Rust files are not in a folder `src`.
    NoSourceFolder {
        /// The folder that is used in its place; empty for the submission itself.
        place: String,
    },
    /// Sources beside the module's folder are ignored.
    SourcesBesideFolder {
        /// The folder that is taken.
        folder: String,
        /// Whether the ignored sources are a folder `src` and not single files.
        is_src: bool,
    },
    /// No folder has the module's name.
    OnlyFolder {
        /// The folder that is taken.
        folder: String,
        /// The module's slug.
        module: String,
    },

    // Single files.
    /// A file has another spelling than its module.
    OtherSpelling {
        /// The file.
        found: String,
        /// The name under which it is compiled.
        name: String,
    },
    /// A file that sources include was not handed in.
    IncludedFromHandout {
        /// The file.
        file: String,
    },
    /// Files of the module were not handed in.
    NotHandedIn {
        /// The files.
        files: Vec<String>,
    },
    /// The file starts with a byte order mark.
    ByteOrderMark {
        /// The file.
        file: String,
    },
    /// Rust files that are not part of the crate.
    NotCompiled {
        /// The files.
        files: FileList,
    },
    /// Data files that no source includes.
    NotIncluded {
        /// The files.
        files: FileList,
    },
    /// Links and other special files.
    SpecialFiles {
        /// Descriptions: `a symbolic link`.
        kinds: Vec<String>,
        /// The files.
        files: FileList,
    },
    /// The course's own manifest, compiler and tests replace those of the submission.
    CourseBuild {
        /// The build configuration that is left out; may be empty.
        left_out: FileList,
    },

    // The code.
    /// Code that compiles but does not work in the sandbox.
    SourceWarning {
        /// The file.
        file: String,
        /// 1-based line.
        line: u32,
        /// The code, in Rust syntax.
        code: String,
        /// The reason, and what to do instead.
        explanation: String,
    },
    /// The call audit refused a function.
    CallAudit {
        /// The refusal.
        refusal: AuditRefusal,
    },

    // The points.
    /// The stored evidence is not sufficient for today's rubric.
    EarlierRubric {
        /// The reason, as a clause.
        reason: String,
    },
}

impl Remark {
    /// A sentence as such.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { text } => f.write_str(text),
            Self::NotCollected { refusal } => refusal.fmt(f),
            Self::UnusableEntry { name, reason } => f.write_str(&about_entry(name, reason)),
            Self::NoSourceFolder { place } => {
                let place = if place.is_empty() { "the top folder" } else { place };
                write!(
                    f,
                    "There is no folder `src`, so the Rust files in {place} are used as its contents."
                )
            }
            Self::SourcesBesideFolder { folder, is_src } => {
                let ignored = if *is_src { "folder `src`" } else { "Rust files" };
                let verb = if *is_src { "is" } else { "are" };
                write!(f, "`{folder}` is graded; the {ignored} beside it {verb} not.")
            }
            Self::OnlyFolder { folder, module } => write!(
                f,
                "No folder is named `{module}`, so the only one with sources, `{folder}`, is graded."
            ),
            Self::OtherSpelling { found, name } => {
                write!(f, "`{found}` is compiled as `{name}`, the name of its module.")
            }
            Self::IncludedFromHandout { file } => {
                write!(f, "`{file}` was not handed in, so the handed-out file is used.")
            }
            Self::NotHandedIn { files } => {
                write!(f, "Not handed in, so the handed-out version is used: {}.", files.join(", "))
            }
            Self::ByteOrderMark { file } => {
                write!(f, "`{file}` starts with a byte order mark, which was removed.")
            }
            Self::NotCompiled { files } => write!(
                f,
                "Only `src/lib.rs` and the modules that it declares are compiled. Left out: {files}."
            ),
            Self::NotIncluded { files } => {
                write!(f, "No source file includes these files, so they are left out: {files}.")
            }
            Self::SpecialFiles { kinds, files } => {
                write!(f, "Left out, because it is {}: {files}.", kinds.join(" or "))
            }
            Self::CourseBuild { left_out } => {
                f.write_str(
                    "Cargo.toml, build.rs and tests are not used: the course has its own manifest, compiler and tests.",
                )?;
                if left_out.is_empty() { Ok(()) } else { write!(f, " Left out: {left_out}.") }
            }
            Self::SourceWarning { file, line, code, explanation } => {
                write!(f, "{file}:{line}: {code}: {explanation}")
            }
            Self::CallAudit { refusal } => f.write_str(&refusal.remark()),
            Self::EarlierRubric { reason } => {
                write!(f, "These points follow an earlier version of the rubric: {reason}.")
            }
        }
    }
}

/// The reason why an entry is not graded, with the entry's name in it once.
fn about_entry(name: &str, reason: &str) -> String {
    if reason.contains(name) {
        reason.to_owned()
    } else if reason.starts_with(char::is_lowercase) {
        format!("`{name}` {reason}")
    } else {
        format!("`{name}`: {reason}")
    }
}

/// Remarks in records. Each has its text beside its data, so that a record can be read without this program, and so that
/// an unknown kind keeps its text. Records of earlier versions hold the text alone.
pub(crate) mod stored {
    use super::Remark;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize)]
    struct WithText<'a> {
        text: String,
        #[serde(flatten)]
        remark: &'a Remark,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum StoredRemark {
        Text(String),
        Known(Remark),
        Unknown { text: String },
    }

    impl From<StoredRemark> for Remark {
        fn from(stored: StoredRemark) -> Self {
            match stored {
                StoredRemark::Known(remark) => remark,
                StoredRemark::Text(text) | StoredRemark::Unknown { text } => Self::Text { text },
            }
        }
    }

    /// # Errors
    /// Those of `serializer`.
    pub(crate) fn serialize<S: Serializer>(
        remarks: &[Remark],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(remarks.iter().map(|remark| match remark {
            Remark::Text { text } => Entry::Text(text),
            remark => Entry::Known(WithText { text: remark.to_string(), remark }),
        }))
    }

    #[derive(Serialize)]
    #[serde(untagged)]
    enum Entry<'a> {
        Text(&'a str),
        Known(WithText<'a>),
    }

    /// # Errors
    /// A remark without a text.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Remark>, D::Error> {
        let stored = Vec::<StoredRemark>::deserialize(deserializer)?;
        Ok(stored.into_iter().map(Remark::from).collect())
    }
}

#[cfg(test)]
#[path = "remark_tests.rs"]
mod tests;
