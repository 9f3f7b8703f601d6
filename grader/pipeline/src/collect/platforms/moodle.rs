//! Moodle: `Full Name_12345_assignsubmission_file_`, followed by the uploaded file's name if the download
//! option for folders is off. Anonymous: `Participant_1001_...`.

use super::{EntryName, EntryPart, is_number, part};

pub(super) fn read(entry: &str) -> Option<EntryName> {
    let (front, behind) = entry.split_once("_assignsubmission_")?;
    let (name, id) = front.rsplit_once('_')?;
    // Moodle writes an underscore in this part only for a blank.
    let name = name.replace('_', " ");
    let name = name.trim();
    if name.is_empty() || !is_number(id) {
        return None;
    }
    let (kind, file) = behind.split_once('_').unwrap_or((behind, ""));
    let typed = kind.starts_with("onlinetext");
    Some(EntryName {
        student: anonymous(name, id).unwrap_or_else(|| name.to_owned()),
        id: Some(id.to_owned()),
        part: if typed { EntryPart::Text } else { part(file) },
        ..EntryName::default()
    })
}

/// `Participant 1001`, as in Moodle's grading worksheet.
fn anonymous(name: &str, id: &str) -> Option<String> {
    (name == "Participant").then(|| format!("Participant {id}"))
}
