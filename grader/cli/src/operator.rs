//! Who runs the grader.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;

/// The user and the machine, for the record: `anna on lab7`. Whoever became root by `sudo` is named too.
pub fn operator() -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    let user = user();
    if host.is_empty() { user } else { format!("{user} on {host}") }
}

fn user() -> String {
    let known = |name| env::var(name).ok().filter(|value: &String| !value.is_empty());
    let number =
        || fs::metadata("/proc/self").map_or_else(|_| "?".into(), |me| me.uid().to_string());
    let user = known("LOGNAME").or_else(|| known("USER"));
    let user = user.unwrap_or_else(|| format!("user {}", number()));
    match known("SUDO_USER") {
        Some(person) if person != user => format!("{user} ({person})"),
        _ => user,
    }
}
