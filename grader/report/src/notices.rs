//! Facts about a class beyond its grades. They make sure that no submission disappears without a word.

use crate::escape::{line, shell};

/// Characters shown of a name.
const NAME: usize = 120;
/// Characters shown of a reason.
const REASON: usize = 1_000;
/// Entries listed of one kind; the rest is counted.
const ENTRIES: usize = 50;

/// Notices about a class. All texts are as they were found, not yet safe to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassNotices {
    /// The command that shows one student's grade, up to the student's name and quoted for a shell, as it
    /// works where the report was made. The default is a command without options.
    pub report_command: Option<String>,
    /// Students whose newest entry could not be graded, so that an earlier grade counts.
    pub not_counted: Vec<NoticeEntry>,
    /// Students who handed in the same content, in groups of two and more.
    pub identical: Vec<Vec<String>>,
    /// Entries of the class folder that were not opened.
    pub passed_over: Vec<NoticeEntry>,
}

/// A student or an entry, with a reason.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NoticeEntry {
    /// A student, or an entry of the class folder.
    pub name: String,
    /// The reason, in plain words.
    pub reason: String,
}

/// A student's name as reports show it. Commands accept it in this form.
pub fn shown_name(student: &str) -> String {
    line(student, NAME)
}

/// Notices of one kind, safe to show: each format escapes them once more for itself.
pub(crate) struct NoticeGroup {
    pub title: &'static str,
    /// The meaning of the kind.
    pub meaning: &'static str,
    /// Names with reasons; a reason may be empty.
    pub items: Vec<(String, String)>,
}

impl ClassNotices {
    /// The command that shows everything about one student's grade. `student` is the name as it is
    /// shown (see [`shown_name`]).
    pub(crate) fn command(&self, module: &str, student: &str) -> String {
        let default = || format!("grader report -m {}", shell(module));
        let before = self.report_command.clone().unwrap_or_else(default);
        // A name that begins with a dash would be taken for an option.
        let gap = if student.starts_with('-') { '=' } else { ' ' };
        // CI runners obey `##[` anywhere. Two quoted parts are the same argument to a shell.
        let student = shell(student).replace("##[", "#''#[");
        format!("{before} --student{gap}{student}")
    }

    /// The notices, by kind.
    pub(crate) fn groups(&self) -> Vec<NoticeGroup> {
        let group = |title, meaning, items: Vec<_>| NoticeGroup { title, meaning, items };
        let identical = self.identical.iter().map(|students| {
            let names: Vec<_> = students.iter().map(|name| shown_name(name)).collect();
            (names.join(", "), String::new())
        });
        let mut groups = vec![
            group(
                "Newer work that has no grade",
                "The newest entry could not be graded. The earlier grade counts.",
                entries(&self.not_counted),
            ),
            group(
                "Identical work",
                "These students handed in the same files, byte for byte.",
                identical.collect(),
            ),
            group(
                "Passed over",
                "These entries of the class folder were not graded.",
                entries(&self.passed_over),
            ),
        ];
        groups.retain(|group| !group.items.is_empty());
        groups.iter_mut().for_each(cut);
        groups
    }
}

fn entries(entries: &[NoticeEntry]) -> Vec<(String, String)> {
    entries.iter().map(|entry| (line(&entry.name, NAME), line(&entry.reason, REASON))).collect()
}

fn cut(group: &mut NoticeGroup) {
    let more = group.items.len().saturating_sub(ENTRIES);
    if more > 0 {
        group.items.truncate(ENTRIES);
        group.items.push((format!("and {more} more"), "class.json lists all of them".into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_exactly_one_student() {
        let notices = ClassNotices::default();
        let command = |student| notices.command("searching", student);
        assert_eq!(command("ada"), "grader report -m searching --student ada");
        assert_eq!(command("-rf"), "grader report -m searching --student='-rf'");
        assert_eq!(command("O'Neil"), r"grader report -m searching --student 'O'\''Neil'");
        assert_eq!(command("##[x"), "grader report -m searching --student '#''#[x'");
        let notices = ClassNotices { report_command: Some("g report".into()), ..notices };
        assert_eq!(notices.command("searching", "ada"), "g report --student ada");
    }

    #[test]
    fn a_long_list_is_counted() {
        let entry = |n| NoticeEntry { name: format!("{n}.pdf"), reason: "is no archive".into() };
        let notices =
            ClassNotices { passed_over: (0..60).map(entry).collect(), ..ClassNotices::default() };
        let groups = notices.groups();
        assert_eq!((groups.len(), groups[0].items.len()), (1, ENTRIES + 1));
        assert_eq!(groups[0].items[ENTRIES].0, "and 10 more");
    }
}
