//! How a driver is started: an empty root, no network, the rubric's limits.

use crate::libraries::libraries_of;
use grader_course::config::SubmissionLimits as RubricLimits;
use grader_sandbox::{ConfinedCommand, ProcessLimits, SandboxPolicy, SyscallProfile};
use std::path::Path;
use std::time::Duration;

/// A driver may write this much to its two output streams before they are cut.
pub(super) const LONGEST_OUTPUT: u64 = 256 << 10;
/// One that writes this many times as much is ended by the sandbox.
pub(super) const FLOOD_FACTOR: u64 = 4;
/// Room for files of the submission's own.
pub(super) const SCRATCH: u64 = 16 << 20;
/// Files that a process may have open at once.
pub(super) const OPEN_FILES: u32 = 64;

/// The driver's own threads.
const OWN_THREADS: u32 = 2;

/// How many tasks the kernel is to allow for `threads` threads of the student's.
///
/// A thread whose scope has ended lives on in the kernel for a moment, on a busy machine for many
/// milliseconds. Scopes of four threads one after the other, where four are allowed, were refused at random
/// when the kernel counted to exactly that: so there is room for threads that are about to end.
fn tasks_for(threads: u32) -> u32 {
    const ROOM: u32 = 16;
    OWN_THREADS + threads.saturating_mul(4).saturating_add(ROOM)
}

/// What starts `driver` within `limits`.
pub fn command(driver: &Path, limits: &RubricLimits) -> ConfinedCommand {
    ConfinedCommand {
        // Started through a descriptor: it has no name inside.
        program: driver.into(),
        args: Vec::new(),
        env: Vec::new(),
        cwd: "/tmp".into(),
        policy: SandboxPolicy {
            profile: SyscallProfile::Run,
            read_only: libraries_of(driver, &[]),
            read_write: Vec::new(),
            scratch_bytes: SCRATCH,
            limits: ProcessLimits {
                cpu: Duration::from_secs(limits.cpu_seconds.into()),
                // Calls have limits of their own; this one only ends what was forgotten.
                wall: Duration::from_hours(1),
                memory_bytes: u64::from(limits.memory_mb) << 20,
                file_bytes: SCRATCH,
                output_bytes: LONGEST_OUTPUT,
                threads: tasks_for(limits.threads),
                open_files: OPEN_FILES,
            },
        },
        socket: true,
    }
}
