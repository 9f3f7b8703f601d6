//! The lists behind the seccomp filters.

/// Numbers of the named system calls.
macro_rules! calls {
    ($($name:ident)*) => { &[$(libc::$name),*] };
}

/// The same for calls that only x86-64 has; newer architectures have just their successors.
macro_rules! x86_64_calls {
    ($($name:ident)*) => {{
        #[cfg(target_arch = "x86_64")]
        const LIST: &[i64] = &[$(libc::$name),*];
        #[cfg(not(target_arch = "x86_64"))]
        const LIST: &[i64] = &[];
        LIST
    }};
}

/// Groups of system call numbers.
pub(crate) type SyscallGroup = &'static [&'static [i64]];

/// Calls that end the process in every profile.
pub(crate) const HOSTILE: SyscallGroup = &[
    // Other processes' memory, descriptors and execution.
    calls! {
        SYS_ptrace SYS_process_vm_readv SYS_process_vm_writev SYS_process_madvise SYS_pidfd_getfd
        SYS_kcmp SYS_pidfd_send_signal SYS_rt_sigqueueinfo SYS_rt_tgsigqueueinfo
    },
    // Mounts, namespaces, and files past their paths.
    calls! {
        SYS_mount SYS_umount2 SYS_pivot_root SYS_chroot SYS_move_mount SYS_open_tree SYS_fsopen
        SYS_fsconfig SYS_fsmount SYS_fspick SYS_mount_setattr SYS_unshare SYS_setns
        SYS_sethostname SYS_setdomainname SYS_open_by_handle_at SYS_quotactl SYS_swapon
        SYS_swapoff SYS_acct SYS_fanotify_init SYS_vhangup
    },
    // The kernel itself.
    calls! {
        SYS_bpf SYS_perf_event_open SYS_userfaultfd SYS_io_uring_setup SYS_io_uring_enter
        SYS_io_uring_register SYS_keyctl SYS_add_key SYS_request_key SYS_kexec_load
        SYS_kexec_file_load SYS_reboot SYS_syslog SYS_init_module SYS_finit_module
        SYS_delete_module SYS_clock_settime SYS_settimeofday SYS_clock_adjtime SYS_adjtimex
    },
    x86_64_calls! { SYS_ioperm SYS_iopl SYS_modify_ldt },
    // The network: the socket pair is inherited, connected already.
    calls! { SYS_socket SYS_connect SYS_bind SYS_listen SYS_accept SYS_accept4 },
];

/// Calls that start or signal processes: hostile but for the linker.
pub(crate) const PROCESSES: SyscallGroup =
    &[calls! { SYS_execve SYS_kill SYS_setsid SYS_setpgid }, x86_64_calls! { SYS_fork SYS_vfork }];

/// Memory, threads, clocks, signals to oneself, and descriptors that are open already.
pub(crate) const BASIC: SyscallGroup = &[
    calls! {
        SYS_brk SYS_munmap SYS_mprotect SYS_mremap SYS_madvise SYS_mincore SYS_msync
        SYS_membarrier SYS_exit SYS_exit_group SYS_futex SYS_set_robust_list SYS_set_tid_address
        SYS_rseq SYS_restart_syscall SYS_sched_yield SYS_getcpu SYS_sched_getparam
        SYS_sched_getscheduler SYS_sched_get_priority_max SYS_sched_get_priority_min
        SYS_getpriority
    },
    calls! {
        SYS_clock_gettime SYS_clock_getres SYS_clock_nanosleep SYS_nanosleep SYS_gettimeofday
        SYS_times SYS_rt_sigaction SYS_rt_sigprocmask SYS_rt_sigreturn SYS_rt_sigpending
        SYS_rt_sigsuspend SYS_rt_sigtimedwait SYS_sigaltstack
    },
    calls! {
        SYS_getpid SYS_gettid SYS_getppid SYS_getuid SYS_geteuid SYS_getgid SYS_getegid
        SYS_getgroups SYS_getpgid SYS_getsid SYS_getrusage SYS_sysinfo SYS_uname SYS_getrandom
        SYS_capget
    },
    calls! {
        SYS_read SYS_write SYS_readv SYS_writev SYS_pread64 SYS_pwrite64 SYS_lseek SYS_close
        SYS_close_range SYS_dup SYS_dup3 SYS_fcntl SYS_pipe2 SYS_eventfd2 SYS_epoll_create1
        SYS_epoll_ctl SYS_epoll_pwait SYS_ppoll SYS_pselect6 SYS_recvfrom SYS_recvmsg SYS_sendto
        SYS_sendmsg SYS_shutdown SYS_getsockopt SYS_setsockopt SYS_getsockname SYS_getpeername
    },
    x86_64_calls! {
        SYS_arch_prctl SYS_getrlimit SYS_time SYS_alarm SYS_poll SYS_select SYS_pipe SYS_dup2
        SYS_epoll_create SYS_epoll_wait SYS_eventfd SYS_getpgrp
    },
];

/// Calls that do nothing in [`crate::SyscallProfile::Watch`].
pub(crate) const SKIPPED: &[i64] = calls! { SYS_sched_yield };

/// Files by name: the mount namespace and landlock decide which.
pub(crate) const FILES: SyscallGroup = &[
    calls! {
        SYS_fstat SYS_newfstatat SYS_statx SYS_statfs SYS_fstatfs SYS_faccessat
        SYS_faccessat2 SYS_readlinkat SYS_getcwd SYS_chdir SYS_fchdir SYS_getdents64 SYS_mkdirat
        SYS_unlinkat SYS_renameat SYS_renameat2 SYS_truncate SYS_ftruncate SYS_fallocate
        SYS_fadvise64 SYS_fsync SYS_fdatasync
    },
    x86_64_calls! {
        SYS_stat SYS_lstat SYS_access SYS_readlink SYS_getdents SYS_mkdir
        SYS_rmdir SYS_unlink SYS_rename
    },
];

/// What rustc needs beyond that.
pub(crate) const COMPILER: SyscallGroup = &[
    calls! {
        SYS_linkat SYS_symlinkat SYS_utimensat SYS_flock SYS_umask
        SYS_copy_file_range SYS_sendfile SYS_socketpair
    },
    x86_64_calls! { SYS_link SYS_symlink },
];

/// What a linker driver and its children need beyond that.
pub(crate) const LINKER: SyscallGroup =
    &[calls! { SYS_wait4 SYS_waitid SYS_pidfd_open SYS_sched_getaffinity }];

/// Calls that change a mode, with the number of that argument.
pub(crate) const MODES: &[(i64, u8)] = &[
    (libc::SYS_fchmod, 1),
    (libc::SYS_fchmodat, 2),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_chmod, 1),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_creat, 1),
];

/// Calls that open a file, with the numbers of the arguments that hold flags and mode.
pub(crate) const OPENS: &[(i64, u8, u8)] = &[
    (libc::SYS_openat, 2, 3),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_open, 1, 2),
];

/// Every namespace flag of clone. That of time namespaces lies in the bits of the exit signal,
/// where clone does not look for it.
pub(crate) const CLONE_NAMESPACES: u64 = (libc::CLONE_NEWUSER
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP) as u64;

/// Harmless prctl options: names of threads and mappings, and questions.
pub(crate) const PRCTL: &[u64] = &[
    libc::PR_SET_NAME as u64,
    libc::PR_GET_NAME as u64,
    libc::PR_GET_DUMPABLE as u64,
    libc::PR_CAPBSET_READ as u64,
    libc::PR_SET_VMA as u64,
];

/// Harmless ioctl requests: "is this a terminal", blocking mode, close-on-exec, bytes waiting.
pub(crate) const IOCTL: &[u64] =
    &[libc::TCGETS, libc::TIOCGWINSZ, libc::FIONBIO, libc::FIOCLEX, libc::FIONREAD];
