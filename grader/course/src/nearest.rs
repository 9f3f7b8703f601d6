//! "Did you mean ...": the known name closest to a mistyped one.

/// The entry of `known` closest to `name`, if it is close enough to be what was meant: the edit
/// distance is at most a third of its length (one edit for short names). Cost: O(|name| * |known
/// name|) per candidate.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|&(slips, candidate)| slips <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|&(slips, _)| slips)
        .map(|(_, candidate)| candidate)
}

/// Edit distance between `a` and `b`: insertions, deletions, replacements and swaps of adjacent
/// characters, each place edited at most once (the "optimal string alignment" distance).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in table.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in table[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(table[i - 2][j - 2] + 1);
            }
            table[i][j] = best;
        }
    }
    table[a.len()][b.len()]
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
    fn swapped_letters_are_one_slip() {
        assert_eq!(distance("pionts", "points"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_name_unlike_all_others_has_no_nearest() {
        assert_eq!(nearest("zebra", ["points", "title"]), None);
        assert_eq!(nearest("titel", ["points", "title"]), Some("title"));
    }
}
