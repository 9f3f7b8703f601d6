//! Parts that the proofs of the timing judge share: their command lines and their sandbox.

use grader_driver::timed::Bench;
use grader_protocol::timed::dispatch;
use grader_sandbox::{ProbeOptions, Sandbox};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Whether this process was started in a sandbox as a driver. If so, it has served `bench` until its end.
pub fn has_served(bench: fn() -> Bench) -> bool {
    let served = grader_driver::serve(move || {
        let mut bench = bench();
        move |request: &[u8]| dispatch(&mut bench, request)
    });
    served.is_ok()
}

/// The strongest sandbox of this machine.
///
/// # Panics
/// If there is none.
pub fn sandbox() -> Sandbox {
    Sandbox::probe(ProbeOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The command line of a proof.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ProofArguments {
    flags: BTreeSet<String>,
    values: BTreeMap<String, String>,
    folder: Option<PathBuf>,
}

impl ProofArguments {
    /// Reads the command line. Options in `valued` are followed by a value; an argument that begins with no dash is
    /// the folder of the results.
    ///
    /// # Panics
    /// If an option is not in `flags` or `valued`, or has no value.
    pub fn read(flags: &[&str], valued: &[&str]) -> Self {
        Self::of(std::env::args().skip(1), flags, valued)
    }

    fn of(mut words: impl Iterator<Item = String>, flags: &[&str], valued: &[&str]) -> Self {
        let mut read = Self::default();
        while let Some(word) = words.next() {
            if valued.contains(&&*word) {
                let value = words.next().unwrap_or_else(|| panic!("{word} takes a value"));
                read.values.insert(word, value);
            } else if word.starts_with('-') {
                assert!(flags.contains(&&*word), "{word} is no option: {flags:?}, {valued:?}");
                read.flags.insert(word);
            } else {
                read.folder = Some(word.into());
            }
        }
        read
    }

    /// Whether a flag is set.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.contains(flag)
    }

    /// The value of an option.
    pub fn text(&self, option: &str) -> Option<&str> {
        self.values.get(option).map(String::as_str)
    }

    /// The value of an option that takes a number.
    ///
    /// # Panics
    /// If it is no number.
    pub fn number(&self, option: &str) -> Option<u32> {
        let parsed =
            |text: &str| text.parse().unwrap_or_else(|_| panic!("{option} takes a number"));
        self.text(option).map(parsed)
    }

    /// The folder of the results: `regression/timing` by default.
    pub fn folder(&self) -> PathBuf {
        let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("timing");
        self.folder.clone().unwrap_or_else(default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> ProofArguments {
        let words = line.split_whitespace().map(str::to_owned);
        ProofArguments::of(words, &["--quick"], &["--rounds", "--only"])
    }

    #[test]
    fn options_flags_and_a_folder_are_read_in_any_order() {
        let arguments = read("--rounds 3 out --quick --only part");
        assert_eq!(arguments.number("--rounds"), Some(3));
        assert_eq!(arguments.text("--only"), Some("part"));
        assert!(arguments.has("--quick"));
        assert_eq!(arguments.folder(), Path::new("out"));
        assert_eq!(read("").folder(), Path::new(env!("CARGO_MANIFEST_DIR")).join("timing"));
    }

    #[test]
    #[should_panic(expected = "--round is no option")]
    fn a_mistyped_option_is_no_folder() {
        read("--round 3");
    }
}
