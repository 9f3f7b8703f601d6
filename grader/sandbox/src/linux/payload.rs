//! The second process: it gives up everything the policy does not grant, then becomes the program.

use crate::command::SOCKET_FD;
use crate::error::SetupStep;
use crate::linux::descriptors::{
    CONTROL_FD, HIDDEN_PROGRAM_FD, LANDLOCK_FD, PROGRAM_FD, SOCKET_SLOT_FD, STDERR_FD, STDIN_FD,
    STDOUT_FD,
};
use crate::linux::plan::{LandlockPlan, SpawnPlan};
use crate::linux::report::{await_grader, fail};
use crate::linux::sys::{self, Errno};

/// Lives as the payload until exec.
pub(crate) fn run(plan: &mut SpawnPlan) -> ! {
    match confine(plan) {
        Ok(()) => {
            // SAFETY: `ExecStrings` are null-terminated arrays of C strings it owns.
            #[expect(unsafe_code, reason = "passes raw string arrays")]
            let errno = unsafe { sys::execute(PROGRAM_FD, plan.argv.as_ptr(), plan.envp.as_ptr()) };
            fail(SetupStep::Exec, errno)
        }
        Err((step, errno)) => fail(step, errno),
    }
}

fn confine(plan: &mut SpawnPlan) -> Result<(), (SetupStep, Errno)> {
    let at = |step: SetupStep| move |errno: Errno| (step, errno);
    // The grader learns this process's pid from the credentials of this byte, and puts it into the
    // cgroup.
    sys::write(CONTROL_FD, b"p").map_err(at(SetupStep::Handshake))?;
    await_grader()?;
    sys::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as u64).map_err(at(SetupStep::Supervise))?;
    sys::new_session();
    sys::change_directory(&plan.cwd).map_err(at(SetupStep::WorkingDirectory))?;
    open_program(plan).map_err(at(SetupStep::OpenProgram))?;
    place_descriptors(plan).map_err(at(SetupStep::Descriptors))?;
    for &(resource, soft, hard) in &plan.rlimits {
        sys::set_limit(resource, soft, hard).map_err(at(SetupStep::ResourceLimits))?;
    }
    sys::prctl(libc::PR_SET_NO_NEW_PRIVS, 1).map_err(at(SetupStep::NoNewPrivileges))?;
    if let Some(landlock) = &plan.landlock {
        enforce(landlock)?;
    }
    if plan.confined {
        sys::drop_capabilities().map_err(at(SetupStep::Capabilities))?;
    }
    sys::mask_signals(&sys::empty_signals());
    if let Some(filters) = &mut plan.filters {
        filters.bind_to(sys::getpid() as u32);
        for program in &filters.programs {
            sys::seccomp_install(program).map_err(at(SetupStep::Seccomp))?;
        }
    }
    Ok(())
}

fn open_program(plan: &SpawnPlan) -> Result<(), Errno> {
    let fd = match &plan.program {
        Some(path) => sys::open(path, libc::O_PATH, 0)?,
        None => HIDDEN_PROGRAM_FD,
    };
    sys::duplicate_to(fd, PROGRAM_FD, true)
}

/// Puts the streams and the socket where the program expects them. All else that is open is marked
/// close-on-exec: the supervisor has closed what it did not place itself.
fn place_descriptors(plan: &SpawnPlan) -> Result<(), Errno> {
    for (number, source) in [(0, STDIN_FD), (1, STDOUT_FD), (2, STDERR_FD)] {
        sys::duplicate_to(source, number, false)?;
    }
    if plan.socket { sys::duplicate_to(SOCKET_SLOT_FD, SOCKET_FD, false) } else { Ok(()) }
}

/// Adds the rules for the file systems made after the fork, then enforces the ruleset.
fn enforce(landlock: &LandlockPlan) -> Result<(), (SetupStep, Errno)> {
    let rule = |errno| (SetupStep::LandlockRule, errno);
    for (path, access) in [(c"/tmp", landlock.scratch), (c"/proc", landlock.proc)] {
        if let Some(access) = access {
            let folder = sys::open(path, libc::O_PATH, 0).map_err(rule)?;
            sys::landlock_allow(LANDLOCK_FD, folder, access).map_err(rule)?;
            sys::close(folder);
        }
    }
    sys::landlock_enforce(LANDLOCK_FD).map_err(|errno| (SetupStep::Landlock, errno))
}
