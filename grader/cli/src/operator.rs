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
    let user = known("LOGNAME").or_else(|| known("USER")).unwrap_or_else(user_of_process);
    match known("SUDO_USER") {
        Some(person) if person != user => format!("{user} ({person})"),
        _ => user,
    }
}

/// The name that this machine gives to the user of this process, or the number.
fn user_of_process() -> String {
    let Ok(process) = fs::metadata("/proc/self") else { return "unknown user".into() };
    let number = process.uid().to_string();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(&number, &users).unwrap_or_else(|| format!("user {number}"))
}

/// The name of a user by number, from a text like `/etc/passwd`.
fn name_of(number: &str, users: &str) -> Option<String> {
    let line = users.lines().find(|line| line.split(':').nth(2) == Some(number))?;
    line.split(':').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_by_number() {
        let users = "root:x:0:0:root::/bin/sh\nanna:x:1001:1001:::/bin/sh\n";
        assert_eq!(name_of("1001", users), Some("anna".into()));
        assert_eq!(name_of("7", users), None);
    }
}
