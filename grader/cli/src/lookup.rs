//! Which student is meant by a name that somebody typed.

use grader_pipeline::collect::{entry_owner, folded};
use grader_report::shown_name;

/// How alike two names are at least, from 0 to 1, for one to be suggested for the other.
const NEAR: f64 = 0.75;
/// Names that are suggested.
const SUGGESTIONS: usize = 5;

/// The student called `typed` among `students`: exactly, else as reports show the name, else but for case
/// and for how accents are composed, else as the owner of a file called so (`ada.zip`).
///
/// # Errors
/// A message with near names where nobody, or more than one, is called so.
pub fn student<'a>(typed: &str, students: &'a [String]) -> Result<&'a str, String> {
    if let Some(exact) = students.iter().find(|name| *name == typed) {
        return Ok(exact);
    }
    let shown: Vec<_> = students.iter().filter(|name| shown_name(name) == typed).collect();
    let key = folded(typed.trim());
    let alike: Vec<_> = students.iter().filter(|name| folded(name) == key).collect();
    let owner = folded(&entry_owner(typed));
    let owned: Vec<_> = students.iter().filter(|name| folded(name) == owner).collect();
    for found in [shown, alike, owned] {
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one),
            several => {
                let names: Vec<_> = several.iter().map(|name| quoted(name)).collect();
                return Err(format!(
                    "more than one student is called `{}`: {}\n  help: type one of these names exactly",
                    shown_name(typed),
                    names.join(", ")
                ));
            }
        }
    }
    Err(unknown(typed, students))
}

fn unknown(typed: &str, students: &[String]) -> String {
    let near = near(typed, students);
    let help = match near.as_slice() {
        [] if students.is_empty() => "nobody has been graded yet".into(),
        [] => {
            format!("{} known students have other names; the class page lists them", students.len())
        }
        names => format!("did you mean {}?", names.join(" or ")),
    };
    format!("the gradebook knows no student `{}`\n  help: {help}", shown_name(typed))
}

/// Names that are alike, or have one word in common with `typed`, the most alike first.
fn near(typed: &str, students: &[String]) -> Vec<String> {
    let typed = plain(typed);
    let alike = |name: &String| {
        let name = plain(name);
        let shared =
            name.split_whitespace().any(|word| typed.split_whitespace().any(|t| t == word));
        let distance = strsim::normalized_damerau_levenshtein(&typed, &name);
        if shared { distance.max(NEAR) } else { distance }
    };
    let mut near: Vec<_> = students.iter().map(|name| (alike(name), name)).collect();
    near.retain(|(alike, _)| *alike >= NEAR);
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(SUGGESTIONS).map(|(_, name)| quoted(name)).collect()
}

/// Letters and digits in lower case, without accents; words apart by one blank.
fn plain(name: &str) -> String {
    let letters = folded(name);
    let letters = letters.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    let words: String = letters.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quoted(name: &str) -> String {
    format!("`{}`", shown_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class() -> Vec<String> {
        [
            "Zoe\u{308} Mu\u{308}ller",
            "bjorn",
            "Farah Öz",
            "Ada Lovelace (12345)",
            "Kim",
            "kim",
            "oda",
        ]
        .map(String::from)
        .into()
    }

    #[track_caller]
    fn finds(typed: &str, expected: &str) {
        assert_eq!(student(typed, &class()), Ok(expected), "{typed}");
    }

    #[test]
    fn a_name_is_found_however_it_is_typed() {
        finds("Zo\u{eb} M\u{fc}ller", "Zoe\u{308} Mu\u{308}ller");
        finds("ZOË MÜLLER", "Zoe\u{308} Mu\u{308}ller");
        finds("Bjorn", "bjorn");
        finds(" bjorn ", "bjorn");
        finds("oda.tar", "oda");
        finds("Kim", "Kim");
        finds("kim", "kim");
    }

    #[track_caller]
    fn suggests(typed: &str, words: &[&str]) {
        let message = student(typed, &class()).unwrap_err();
        for word in words {
            assert!(message.contains(word), "no {word} in {message}");
        }
    }

    #[test]
    fn near_names_are_suggested() {
        suggests("farah", &["knows no student `farah`", "did you mean `Farah Öz`?"]);
        suggests("bjron", &["did you mean `bjorn`?"]);
        suggests("Zoe Muller", &["did you mean `Zoe\u{308} Mu\u{308}ller`?"]);
        suggests("Ada Lovelace", &["`Ada Lovelace (12345)`"]);
        suggests("KIM", &["more than one student", "`Kim`, `kim`"]);
        suggests("xyz", &["7 known students have other names"]);
        assert!(student("ada", &[]).unwrap_err().contains("nobody has been graded yet"));
    }
}
