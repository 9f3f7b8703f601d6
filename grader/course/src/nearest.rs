//! "Did you mean ...": the known name closest to a mistyped one.

use strsim::osa_distance;

/// The entry of `known` closest to `name`, if it is close enough to be what was meant: the edit
/// distance (swapped neighbours are one edit) is at most a third of its length, or one edit for short
/// names. Cost: O(|name| * |known name|) per candidate.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (osa_distance(name, candidate), candidate))
        .filter(|&(slips, candidate)| slips <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|&(slips, _)| slips)
        .map(|(_, candidate)| candidate)
}

/// `did you mean "x"? known: a, b` or just `known: a, b`.
pub(crate) fn suggestion(name: &str, known: &[&str]) -> String {
    let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    match nearest(name, known.iter().copied()) {
        Some(close) => format!("did you mean `{close}`? known: {list}"),
        None => format!("known: {list}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_letters_are_one_edit() {
        // Four letters allow one edit; as a plain Levenshtein distance, a swap would be two.
        assert_eq!(nearest("tsak", ["task"]), Some("task"));
        assert_eq!(nearest("tsaks", ["task"]), None);
    }

    #[test]
    fn a_name_unlike_all_others_has_no_nearest() {
        assert_eq!(nearest("zebra", ["points", "title"]), None);
        assert_eq!(nearest("titel", ["points", "title"]), Some("title"));
    }
}
