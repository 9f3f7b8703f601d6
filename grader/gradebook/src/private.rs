//! Files that only their owner may read, whatever the umask.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Rights of everybody but the owner.
#[cfg(unix)]
const OF_OTHERS: u32 = 0o077;
/// Rights of those who are not even in the file's group.
#[cfg(unix)]
const OF_STRANGERS: u32 = 0o007;

/// Creates an empty file, unless there is one. `SQLite` gives its journals the rights of their database.
pub fn create(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Takes from everybody but the owner what strangers could do with the file; whether there was anything. A file that only
/// its group may use stays so: somebody set that on purpose.
pub fn close_to_strangers(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let Ok(metadata) = fs::metadata(path) else { return false };
        let mode = metadata.permissions().mode();
        if mode & OF_STRANGERS == 0 {
            return false;
        }
        // Somebody else's file cannot be changed, and is no reason to refuse its use.
        fs::set_permissions(path, fs::Permissions::from_mode(mode & !OF_OTHERS)).is_ok()
    }
    #[cfg(not(unix))]
    false
}
