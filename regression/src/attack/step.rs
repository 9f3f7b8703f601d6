//! Steps that make what a repository cannot hold.

use super::archive::{ArchiveEntry, gzip, tarball, zipped};
use super::world::AttackFolder;
use serde::Deserialize;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

/// One step. Paths are relative to the folder that is handed in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum AttackStep {
    /// A symbolic link.
    Symlink {
        /// Where.
        at: String,
        /// To what.
        to: String,
    },
    /// A second name of a file that is there already.
    HardLink {
        /// Where.
        at: String,
        /// Of which file (an absolute path).
        to: String,
    },
    /// A named pipe.
    Fifo(String),
    /// A socket in the file system.
    Socket(String),
    /// A file of so many bytes.
    Large {
        /// Where.
        at: String,
        /// How many bytes.
        bytes: usize,
        /// What it is filled with.
        with: String,
    },
    /// So many empty files.
    Many {
        /// In which folder.
        folder: String,
        /// How many.
        count: usize,
    },
    /// A Rust file whose name is these bytes.
    Named {
        /// In which folder.
        folder: String,
        /// The name's bytes.
        bytes: Vec<u8>,
    },
    /// A file that is a text over and over, with numbers put in place of `#`.
    Repeated {
        /// Where.
        at: String,
        /// What comes before.
        #[serde(default)]
        before: String,
        /// What is repeated.
        text: String,
        /// How often.
        count: usize,
        /// What comes after.
        #[serde(default)]
        after: String,
    },
    /// Puts a byte order mark before, and Windows line ends into, every Rust file of `src`.
    Windows,
    /// A file as UTF-16.
    Utf16 {
        /// Where.
        at: String,
        /// The text.
        text: String,
    },
    /// A `.tar.gz`.
    Tar {
        /// Its name.
        at: String,
        /// What it holds.
        entries: Vec<ArchiveEntry>,
    },
    /// A `.zip`.
    Zip {
        /// Its name.
        at: String,
        /// What it holds.
        entries: Vec<ArchiveEntry>,
        /// What the headers say is the unpacked size, whatever it is.
        claimed: Option<u32>,
    },
    /// The bytes of a file, cut off in the middle.
    Halve(String),
}

impl AttackStep {
    /// The step with the real places in it, where a step has any.
    #[must_use]
    pub fn filled(&self, world: &AttackFolder) -> Self {
        match self {
            Self::Symlink { at, to } => Self::Symlink { at: at.clone(), to: world.fill(to) },
            Self::HardLink { at, to } => Self::HardLink { at: at.clone(), to: world.fill(to) },
            other => other.clone(),
        }
    }

    /// Takes the step in `folder`.
    ///
    /// # Errors
    /// When it cannot be taken here.
    pub fn take(&self, folder: &Path) -> io::Result<()> {
        let place = |at: &str| -> io::Result<_> {
            let path = folder.join(at);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            Ok(path)
        };
        match self {
            Self::Symlink { at, to } => std::os::unix::fs::symlink(to, place(at)?),
            Self::HardLink { at, to } => fs::hard_link(to, place(at)?),
            Self::Fifo(at) => fifo(&place(at)?),
            Self::Socket(at) => UnixListener::bind(place(at)?).map(drop),
            Self::Large { at, bytes, with } => {
                let text = with.repeat(bytes.div_ceil(with.len().max(1)));
                fs::write(place(at)?, &text.as_bytes()[..*bytes])
            }
            Self::Many { folder, count } => {
                let at = place(&format!("{folder}/0"))?;
                (0..*count).try_for_each(|n| fs::write(at.with_file_name(n.to_string()), ""))
            }
            Self::Named { folder, bytes } => {
                let at = place(&format!("{folder}/x"))?;
                fs::write(at.with_file_name(OsStr::from_bytes(bytes)), "pub fn x() {}\n")
            }
            Self::Repeated { at, before, text, count, after } => {
                let all: String = (0..*count).map(|n| text.replace('#', &n.to_string())).collect();
                fs::write(place(at)?, format!("{before}{all}{after}"))
            }
            Self::Windows => windows(&folder.join("src")),
            Self::Utf16 { at, text } => {
                let units = std::iter::once(0xfeff).chain(text.encode_utf16());
                fs::write(place(at)?, units.flat_map(u16::to_le_bytes).collect::<Vec<_>>())
            }
            Self::Tar { at, entries } => fs::write(place(at)?, gzip(&tarball(entries))?),
            Self::Zip { at, entries, claimed } => fs::write(place(at)?, zipped(entries, *claimed)?),
            Self::Halve(at) => {
                let bytes = fs::read(folder.join(at))?;
                fs::write(folder.join(at), &bytes[..bytes.len() / 2])
            }
        }
    }
}

fn fifo(at: &Path) -> io::Result<()> {
    let made = std::process::Command::new("mkfifo").arg(at).status()?;
    if made.success() { Ok(()) } else { Err(io::Error::other("mkfifo failed")) }
}

fn windows(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            windows(&path)?;
        } else {
            let text = fs::read_to_string(&path)?.replace('\n', "\r\n");
            fs::write(&path, format!("\u{feff}{text}"))?;
        }
    }
    Ok(())
}
