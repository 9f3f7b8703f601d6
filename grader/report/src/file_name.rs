//! A safe file name for a student, whatever the student is called.

use std::collections::HashSet;

/// Longest name kept as it is.
const LONGEST: usize = 60;
/// Hexadecimal digits of the hash in a name that is made here. Names that collide all the same get numbers.
const HASH_DIGITS: usize = 12;
/// Names that Windows gives to devices.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A file name (without extension) of `[a-z0-9._-]`: safe in every file system, in a URL and in a
/// shell. A name that is such a name already stays; any other is made similar, and a hash of the
/// whole name makes it one of its own. Equal names give equal file names; see [`file_names`] for
/// a class.
pub fn file_name(student: &str) -> String {
    let slug = slug(student);
    if slug == student && !reserved(student) {
        return slug;
    }
    // Without dots: Windows reads `nul.anything` as a device.
    let slug: String = slug.replace('.', "-").chars().take(LONGEST - 1 - HASH_DIGITS).collect();
    let slug = if slug.is_empty() { "student" } else { slug.trim_end_matches(['-', '.']) };
    let hash = blake3::hash(student.as_bytes()).to_hex();
    format!("{slug}-{}", &hash[..HASH_DIGITS])
}

/// A different file name for each of `students`, in their order, even when two have the same name
/// or somebody made up a name whose hash is another's.
pub fn file_names<'a>(students: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names = UniqueNames::default();
    students.into_iter().map(|student| names.next(student)).collect()
}

/// The file names of a class, student by student.
#[derive(Default)]
pub(crate) struct UniqueNames {
    taken: HashSet<String>,
}

impl UniqueNames {
    /// The file name of the next student, different from all before.
    pub(crate) fn next(&mut self, student: &str) -> String {
        let name = file_name(student);
        let numbered = (2_usize..).map(|n| format!("{name}~{n}"));
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        // There are more candidates than names taken.
        let free = candidates.find(|name| !self.taken.contains(name)).unwrap_or(name);
        self.taken.insert(free.clone());
        free
    }
}

fn slug(student: &str) -> String {
    let mut slug = String::new();
    for c in student.chars().take(4 * LONGEST) {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '_') => slug.push(c),
            c @ ('-' | '.') if !slug.is_empty() && !slug.ends_with(['-', '.']) => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with(['-', '.']) => slug.push('-'),
            _ => {}
        }
    }
    slug
}

/// Names that must not be kept though all their characters are fine: devices, too long ones, and
/// those that look like the ones made here.
fn reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let numbered = |device: &str| {
        stem.strip_prefix(device)
            .is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let made_here = name.rsplit_once('-').is_some_and(|(_, end)| {
        end.len() == HASH_DIGITS && end.bytes().all(|b| b.is_ascii_hexdigit())
    });
    let ends_badly = name.ends_with(['-', '.']);
    DEVICES.contains(&stem)
        || numbered("com")
        || numbered("lpt")
        || made_here
        || ends_badly
        || name.len() > LONGEST
        || name.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_names_stay() {
        for name in ["ada", "ada.lovelace", "s1234567", "grace_hopper-2"] {
            assert_eq!(file_name(name), name);
        }
    }

    #[test]
    fn hostile_names_become_harmless_and_stay_different() {
        let names = [
            "../../etc/passwd",
            "..",
            ".",
            "",
            "a/b",
            "a\\b",
            "a\nb",
            "a\0b",
            "CON",
            "con",
            "com1",
            "nul.txt",
            "Ada",
            "ada ",
            "-rf",
            ".hidden",
            "名前",
            "<script>",
            "\"onload=x",
            "a%2fb",
            "javascript:alert(1)",
            "ends.",
            &"x".repeat(5000),
        ];
        let made = file_names(names);
        let different: HashSet<_> = made.iter().collect();
        assert_eq!(different.len(), names.len());
        for name in &made {
            let fine = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.');
            assert!(name.bytes().all(fine) && name.len() <= LONGEST, "{name}");
            assert!(name.starts_with(|c: char| c.is_ascii_alphanumeric()), "{name}");
            assert!(!DEVICES.contains(&name.split('.').next().unwrap()), "{name}");
        }
    }

    #[test]
    fn a_name_made_to_collide_gets_a_number() {
        let made = file_name("Ada");
        let names = file_names(["Ada", made.as_str(), "ada", "ada", "ada"]);
        assert_eq!(names[0], made);
        assert_ne!(names[1], made, "a name that looks made is made anew");
        assert_eq!(names[2..], ["ada", "ada~2", "ada~3"]);
    }

    /// A page keeps its name from one version of the grader to the next: links to it are in other hands.
    #[test]
    fn a_name_is_the_same_in_every_version() {
        assert_eq!(file_name("Ada"), "ada-19e8212d5043");
    }
}
