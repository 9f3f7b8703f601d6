//! Parses the names of entries in the download of each platform.
//!
//! A name belongs to a platform only if it has all parts of that platform's pattern: the folder of a
//! student named `ada_1` stays `ada_1`.

pub(super) mod blackboard;
mod brightspace;
mod canvas;
pub(super) mod copies;
pub(super) mod gradescope;
mod moodle;

use super::names;

/// The student and the details in the name of one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EntryName {
    /// The student's name, without the id.
    pub student: String,
    /// The platform's id of the student.
    pub id: Option<String>,
    /// Whether the platform marks it as late.
    pub late: bool,
    /// The time of submission, as text that sorts by time. Compare only times of one platform.
    pub time: Option<String>,
    /// The uploaded file's name without the platform's resubmission number, and that number.
    pub version: Option<(String, u32)>,
    /// The part of the submission that the entry is.
    pub part: EntryPart,
}

/// The part of a submission that an entry is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum EntryPart {
    /// All of it: a folder, or an archive without a name of its own.
    #[default]
    Whole,
    /// An uploaded file, by its own name.
    File(String),
    /// Text typed into the platform, or a note that the platform adds.
    Text,
}

impl EntryName {
    /// A name that is only the student's.
    pub fn plain(name: &str) -> Self {
        Self { student: name.trim().to_owned(), ..Self::default() }
    }

    /// The student's key in the gradebook: the name, followed by the id. It depends only on this entry, so that
    /// a student who is graded later, without the class, keeps the same key.
    pub fn key(&self) -> String {
        match &self.id {
            Some(id) if !self.student.ends_with(&format!(" {id}")) => {
                format!("{} ({id})", self.student)
            }
            _ => self.student.clone(),
        }
    }
}

/// Parses the name of `entry` if a platform wrote it. `folder`: the entry is a folder and not a file.
pub(super) fn read(entry: &str, folder: bool) -> Option<EntryName> {
    let readers = [moodle::read, canvas::read, blackboard::read, brightspace::read];
    let mut name = readers.iter().find_map(|read| read(entry))?;
    if folder && name.part != EntryPart::Text {
        name.part = EntryPart::Whole;
    }
    Some(name)
}

/// The student in the name of a single folder or in the stem of a single archive.
pub(super) fn student(name: &str) -> EntryName {
    read(name, true).unwrap_or_else(|| EntryName::plain(name))
}

/// The part named by `file`, the rest of a name after the platform's prefix.
fn part(file: &str) -> EntryPart {
    // `..._file_.zip` is the platform's folder, repacked.
    if file.is_empty() || file.starts_with('.') {
        return EntryPart::Whole;
    }
    EntryPart::File(file.to_owned())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `number` may count copies: at most two digits.
pub(super) fn is_small(number: &str) -> bool {
    is_number(number) && number.len() <= 2
}

/// Splits a file's name into its stem and its extension with the dot.
fn split_ending(file: &str) -> (&str, &str) {
    let stem = match names::split_archive(file) {
        Some((stem, _)) => stem,
        None => file.rsplit_once('.').map_or(file, |(stem, _)| stem),
    };
    file.split_at(stem.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(entry: &str) -> Option<String> {
        read(entry, false).map(|name| name.key())
    }

    #[test]
    fn names_of_each_platform_are_parsed() {
        for (entry, student) in [
            ("Ada Lovelace_12345_assignsubmission_file_", "Ada Lovelace (12345)"),
            ("Ada Lovelace_12345_assignsubmission_file", "Ada Lovelace (12345)"),
            ("Ada Lovelace_12345_assignsubmission_file_hw.zip", "Ada Lovelace (12345)"),
            ("Ada_Lovelace_12345_assignsubmission_file_", "Ada Lovelace (12345)"),
            ("Ada Lovelace_12345_assignsubmission_file_.zip", "Ada Lovelace (12345)"),
            ("Ada Lovelace_12345_assignsubmission_onlinetext_", "Ada Lovelace (12345)"),
            ("\u{5d0}\u{5d9}_7085_assignsubmission_file_", "\u{5d0}\u{5d9} (7085)"),
            ("Participant_1001_assignsubmission_file_", "Participant 1001"),
            ("Participant 1001_1001_assignsubmission_file_", "Participant 1001"),
            ("Teilnehmer_1001_assignsubmission_file_", "Teilnehmer (1001)"),
            ("eberdmila_12345_678901_searching.zip", "eberdmila (12345)"),
            ("faroukomar_LATE_12346_678902_searching.zip", "faroukomar (12346)"),
            ("m\u{fc}ller-jan_12345_678901_lib.rs", "m\u{fc}ller-jan (12345)"),
            ("eberdmila_12345_text.html", "eberdmila (12345)"),
            ("anon_x3Kq9_678903_searching.zip", "anon (x3Kq9)"),
            ("anon_LATE_x3Kq9_678903_searching.zip", "anon (x3Kq9)"),
            ("Lab 1_ada01_attempt_2026-11-01-12-00-00_hw.zip", "Lab 1_ada01"),
            ("Lab_1_ada01_attempt_2026-11-01-12-00-00.txt", "Lab_1_ada01"),
            ("12345-678901 - Ada Lovelace - Nov 1, 2026 1159 AM", "Ada Lovelace (12345)"),
            ("12345-678901 - Ada Lovelace- Nov 1, 2026 1159 AM", "Ada Lovelace (12345)"),
            ("12345-678901 - Ada - Byron - Nov 1, 2026 1159 AM - a - b.zip", "Ada - Byron (12345)"),
            ("12345-678901 - Smith- Jones, Al - Nov 1, 2026 1159 AM", "Smith- Jones, Al (12345)"),
            (
                "12345-678901 - Ada Lovelace - 1 November, 2026 2359 - hw.zip",
                "Ada Lovelace (12345)",
            ),
        ] {
            assert_eq!(key(entry).as_deref(), Some(student), "{entry}");
        }
    }

    #[test]
    fn a_name_that_only_resembles_a_platforms_is_not_parsed() {
        for entry in [
            "ada",
            "ada_1",
            "john_doe_2",
            "maria (x)",
            "maria (2)",
            "no_moodle_assignsubmission_file_",
            "_12_assignsubmission_file_",
            "ada_2026_11_searching.zip",
            "ada_1_2026_searching.zip",
            "ada_12_34_searching.zip",
            "Ada Lovelace_12345_678901_searching.zip",
            "ada_12345_678901_",
            "ada_12345_searching.zip",
            "anon_ymous_12_x.zip",
            "ada_attempt_2.zip",
            "ada_attempt_2026-11-01-12-00-00_x.zip",
            "lab_ada_attempt_2026-11-01_x.zip",
            "12345 - Ada Lovelace",
            "12-34 - Ada Lovelace - final",
        ] {
            assert_eq!(key(entry), None, "{entry}");
        }
    }

    #[test]
    fn parts_of_a_submission_are_distinguished() {
        let part = |entry: &str| read(entry, false).unwrap().part;
        let file = |name: &str| EntryPart::File(name.to_owned());
        assert_eq!(part("Ada_1_assignsubmission_file_my_lib.rs"), file("my_lib.rs"));
        assert_eq!(part("Ada_1_assignsubmission_file_"), EntryPart::Whole);
        assert_eq!(part("Ada_1_assignsubmission_onlinetext.html"), EntryPart::Text);
        assert_eq!(part("ada_12345_678901_my_hw.zip"), file("my_hw.zip"));
        assert_eq!(part("Lab_ada_attempt_2026-11-01-12-00-00.txt"), EntryPart::Text);
        assert_eq!(part("Lab_ada_attempt_2026-11-01-12-00-00_a_b.rs"), file("a_b.rs"));
        assert_eq!(part("1-2 - A - Nov 1, 2026 1159 AM - a - b.zip"), file("a - b.zip"));
        assert_eq!(part("1-2 - A - Nov 1, 2026 1159 AM"), EntryPart::Whole);
        let folder = read("ada_12345_678901_searching", true).unwrap();
        assert_eq!(folder.part, EntryPart::Whole);
    }

    #[test]
    fn lateness_and_order_are_parsed() {
        let name = |entry: &str| read(entry, false).unwrap();
        assert!(name("faroukomar_LATE_12346_678902_searching.zip").late);
        assert!(!name("faroukomar_12346_678902_LATE.zip").late);
        let version = |entry: &str| name(entry).version.unwrap();
        assert_eq!(version("a_12345_678901_hw.tar.gz"), ("hw.tar.gz".into(), 0));
        assert_eq!(version("a_12345_678901_hw-12.tar.gz"), ("hw.tar.gz".into(), 12));
        assert_eq!(version("a_12345_678901_-1.zip"), ("-1.zip".into(), 0));
        let time = |entry: &str| name(entry).time;
        let day = |day: &str| time(&format!("1-2 - A - {day}"));
        assert!(day("Nov 2, 2026 100 PM") > day("Nov 2, 2026 1159 AM"));
        assert!(day("Nov 2, 2026 1200 PM") > day("Nov 2, 2026 1200 AM"));
        assert!(day("Jan 2, 2027 1200 AM") > day("2 December, 2026 23:59"));
        assert_eq!(day("2 Smarch, 2026 2359"), None, "a month of another language has no order");
    }
}
