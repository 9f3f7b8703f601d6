//! The lists behind the seccomp filters. Calls that only x86-64 has are in lists of their own.

use libc::{
    SYS_accept, SYS_accept4, SYS_acct, SYS_add_key, SYS_adjtimex, SYS_bind, SYS_bpf, SYS_brk,
    SYS_capget, SYS_chdir, SYS_chroot, SYS_clock_adjtime, SYS_clock_getres, SYS_clock_gettime,
    SYS_clock_nanosleep, SYS_clock_settime, SYS_close, SYS_close_range, SYS_connect,
    SYS_copy_file_range, SYS_delete_module, SYS_dup, SYS_dup3, SYS_epoll_create1, SYS_epoll_ctl,
    SYS_epoll_pwait, SYS_eventfd2, SYS_execve, SYS_exit, SYS_exit_group, SYS_faccessat,
    SYS_faccessat2, SYS_fadvise64, SYS_fallocate, SYS_fanotify_init, SYS_fchdir, SYS_fchmod,
    SYS_fchmodat, SYS_fcntl, SYS_fdatasync, SYS_finit_module, SYS_flock, SYS_fsconfig, SYS_fsmount,
    SYS_fsopen, SYS_fspick, SYS_fstat, SYS_fstatfs, SYS_fsync, SYS_ftruncate, SYS_futex,
    SYS_getcpu, SYS_getcwd, SYS_getdents64, SYS_getegid, SYS_geteuid, SYS_getgid, SYS_getgroups,
    SYS_getpeername, SYS_getpgid, SYS_getpid, SYS_getppid, SYS_getpriority, SYS_getrandom,
    SYS_getrusage, SYS_getsid, SYS_getsockname, SYS_getsockopt, SYS_gettid, SYS_gettimeofday,
    SYS_getuid, SYS_init_module, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_uring_setup,
    SYS_kcmp, SYS_kexec_file_load, SYS_kexec_load, SYS_keyctl, SYS_kill, SYS_linkat, SYS_listen,
    SYS_lseek, SYS_madvise, SYS_membarrier, SYS_mincore, SYS_mkdirat, SYS_mount, SYS_mount_setattr,
    SYS_move_mount, SYS_mprotect, SYS_mremap, SYS_msync, SYS_munmap, SYS_nanosleep, SYS_newfstatat,
    SYS_open_by_handle_at, SYS_open_tree, SYS_openat, SYS_perf_event_open, SYS_pidfd_getfd,
    SYS_pidfd_open, SYS_pidfd_send_signal, SYS_pipe2, SYS_pivot_root, SYS_ppoll, SYS_pread64,
    SYS_process_madvise, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pselect6, SYS_ptrace,
    SYS_pwrite64, SYS_quotactl, SYS_read, SYS_readlinkat, SYS_readv, SYS_reboot, SYS_recvfrom,
    SYS_recvmsg, SYS_renameat, SYS_renameat2, SYS_request_key, SYS_restart_syscall, SYS_rseq,
    SYS_rt_sigaction, SYS_rt_sigpending, SYS_rt_sigprocmask, SYS_rt_sigqueueinfo, SYS_rt_sigreturn,
    SYS_rt_sigsuspend, SYS_rt_sigtimedwait, SYS_rt_tgsigqueueinfo, SYS_sched_get_priority_max,
    SYS_sched_get_priority_min, SYS_sched_getaffinity, SYS_sched_getparam, SYS_sched_getscheduler,
    SYS_sched_yield, SYS_sendfile, SYS_sendmsg, SYS_sendto, SYS_set_robust_list,
    SYS_set_tid_address, SYS_setdomainname, SYS_sethostname, SYS_setns, SYS_setpgid, SYS_setsid,
    SYS_setsockopt, SYS_settimeofday, SYS_shutdown, SYS_sigaltstack, SYS_socket, SYS_socketpair,
    SYS_statfs, SYS_statx, SYS_swapoff, SYS_swapon, SYS_symlinkat, SYS_sysinfo, SYS_syslog,
    SYS_times, SYS_truncate, SYS_umask, SYS_umount2, SYS_uname, SYS_unlinkat, SYS_unshare,
    SYS_userfaultfd, SYS_utimensat, SYS_vhangup, SYS_wait4, SYS_waitid, SYS_write, SYS_writev,
};

/// Calls that end the process in every profile.
pub(crate) const HOSTILE: &[&[i64]] = &[
    // Other processes' memory, descriptors and execution.
    &[
        SYS_ptrace,
        SYS_process_vm_readv,
        SYS_process_vm_writev,
        SYS_process_madvise,
        SYS_pidfd_getfd,
        SYS_kcmp,
    ],
    &[SYS_pidfd_send_signal, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo],
    // Mounts and namespaces.
    &[
        SYS_mount,
        SYS_umount2,
        SYS_pivot_root,
        SYS_chroot,
        SYS_move_mount,
        SYS_open_tree,
        SYS_fsopen,
        SYS_fsconfig,
    ],
    &[
        SYS_fsmount,
        SYS_fspick,
        SYS_mount_setattr,
        SYS_unshare,
        SYS_setns,
        SYS_sethostname,
        SYS_setdomainname,
    ],
    &[
        SYS_open_by_handle_at,
        SYS_quotactl,
        SYS_swapon,
        SYS_swapoff,
        SYS_acct,
        SYS_fanotify_init,
        SYS_vhangup,
    ],
    // The kernel itself.
    &[
        SYS_bpf,
        SYS_perf_event_open,
        SYS_userfaultfd,
        SYS_io_uring_setup,
        SYS_io_uring_enter,
        SYS_io_uring_register,
    ],
    &[
        SYS_keyctl,
        SYS_add_key,
        SYS_request_key,
        SYS_kexec_load,
        SYS_kexec_file_load,
        SYS_reboot,
        SYS_syslog,
    ],
    &[SYS_init_module, SYS_finit_module, SYS_delete_module],
    &[SYS_clock_settime, SYS_settimeofday, SYS_clock_adjtime, SYS_adjtimex],
    // The network: the socket pair is inherited, connected already.
    &[SYS_socket, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4],
    arch::HOSTILE,
];

/// Calls that start or signal processes: hostile but for the linker.
pub(crate) const PROCESSES: &[&[i64]] =
    &[&[SYS_execve, SYS_kill, SYS_setsid, SYS_setpgid], arch::PROCESSES];

/// Memory, threads, clocks, signals to oneself, and descriptors that are open already.
pub(crate) const BASIC: &[&[i64]] = &[
    &[
        SYS_brk,
        SYS_munmap,
        SYS_mprotect,
        SYS_mremap,
        SYS_madvise,
        SYS_mincore,
        SYS_msync,
        SYS_membarrier,
    ],
    &[
        SYS_exit,
        SYS_exit_group,
        SYS_futex,
        SYS_set_robust_list,
        SYS_set_tid_address,
        SYS_rseq,
        SYS_restart_syscall,
    ],
    &[SYS_sched_yield, SYS_getcpu, SYS_sched_getparam, SYS_sched_getscheduler],
    &[SYS_sched_get_priority_max, SYS_sched_get_priority_min, SYS_getpriority],
    &[
        SYS_clock_gettime,
        SYS_clock_getres,
        SYS_clock_nanosleep,
        SYS_nanosleep,
        SYS_gettimeofday,
        SYS_times,
    ],
    &[SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigpending, SYS_rt_sigsuspend],
    &[SYS_rt_sigtimedwait, SYS_sigaltstack],
    &[
        SYS_getpid,
        SYS_gettid,
        SYS_getppid,
        SYS_getuid,
        SYS_geteuid,
        SYS_getgid,
        SYS_getegid,
        SYS_getgroups,
    ],
    &[SYS_getrusage, SYS_sysinfo, SYS_uname, SYS_getrandom, SYS_capget, SYS_getpgid, SYS_getsid],
    &[
        SYS_read,
        SYS_write,
        SYS_readv,
        SYS_writev,
        SYS_pread64,
        SYS_pwrite64,
        SYS_lseek,
        SYS_close,
        SYS_close_range,
    ],
    &[
        SYS_dup,
        SYS_dup3,
        SYS_fcntl,
        SYS_pipe2,
        SYS_eventfd2,
        SYS_epoll_create1,
        SYS_epoll_ctl,
        SYS_epoll_pwait,
    ],
    &[SYS_ppoll, SYS_pselect6, SYS_recvfrom, SYS_recvmsg, SYS_sendto, SYS_sendmsg, SYS_shutdown],
    &[SYS_getsockopt, SYS_setsockopt, SYS_getsockname, SYS_getpeername],
    arch::BASIC,
];

/// Files by name: the mount namespace and landlock decide which.
pub(crate) const FILES: &[&[i64]] = &[
    &[
        SYS_openat,
        SYS_fstat,
        SYS_newfstatat,
        SYS_statx,
        SYS_statfs,
        SYS_fstatfs,
        SYS_faccessat,
        SYS_faccessat2,
    ],
    &[
        SYS_readlinkat,
        SYS_getcwd,
        SYS_chdir,
        SYS_fchdir,
        SYS_getdents64,
        SYS_mkdirat,
        SYS_unlinkat,
        SYS_renameat,
    ],
    &[
        SYS_renameat2,
        SYS_truncate,
        SYS_ftruncate,
        SYS_fallocate,
        SYS_fadvise64,
        SYS_fsync,
        SYS_fdatasync,
    ],
    arch::FILES,
];

/// What rustc needs beyond that.
pub(crate) const COMPILER: &[&[i64]] = &[
    &[SYS_linkat, SYS_symlinkat, SYS_fchmod, SYS_fchmodat, SYS_utimensat, SYS_flock, SYS_umask],
    &[SYS_copy_file_range, SYS_sendfile, SYS_socketpair],
    arch::COMPILER,
];

/// What a linker driver and its children need beyond that.
pub(crate) const LINKER: &[&[i64]] =
    &[&[SYS_wait4, SYS_waitid, SYS_pidfd_open, SYS_sched_getaffinity]];

/// Every namespace flag of clone. `CLONE_NEWTIME` lies in the bits of the exit signal, and clone ignores it.
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
pub(crate) const IOCTL: &[u64] = &[
    libc::TCGETS as u64,
    libc::TIOCGWINSZ as u64,
    libc::FIONBIO as u64,
    libc::FIOCLEX as u64,
    libc::FIONREAD as u64,
];

#[cfg(target_arch = "x86_64")]
mod arch {
    use libc::{
        SYS_access, SYS_alarm, SYS_arch_prctl, SYS_chmod, SYS_creat, SYS_dup2, SYS_epoll_create,
        SYS_epoll_wait, SYS_eventfd, SYS_fork, SYS_getdents, SYS_getpgrp, SYS_getrlimit,
        SYS_ioperm, SYS_iopl, SYS_link, SYS_lstat, SYS_mkdir, SYS_modify_ldt, SYS_open, SYS_pipe,
        SYS_poll, SYS_readlink, SYS_rename, SYS_rmdir, SYS_select, SYS_stat, SYS_symlink, SYS_time,
        SYS_unlink, SYS_vfork,
    };

    pub(super) const HOSTILE: &[i64] = &[SYS_ioperm, SYS_iopl, SYS_modify_ldt];
    pub(super) const PROCESSES: &[i64] = &[SYS_fork, SYS_vfork];
    pub(super) const BASIC: &[i64] = &[
        SYS_arch_prctl,
        SYS_getrlimit,
        SYS_time,
        SYS_alarm,
        SYS_poll,
        SYS_select,
        SYS_pipe,
        SYS_dup2,
        SYS_epoll_create,
        SYS_epoll_wait,
        SYS_eventfd,
        SYS_getpgrp,
    ];
    pub(super) const FILES: &[i64] = &[
        SYS_open,
        SYS_creat,
        SYS_stat,
        SYS_lstat,
        SYS_access,
        SYS_readlink,
        SYS_getdents,
        SYS_mkdir,
        SYS_rmdir,
        SYS_unlink,
        SYS_rename,
    ];
    pub(super) const COMPILER: &[i64] = &[SYS_link, SYS_symlink, SYS_chmod];
}

#[cfg(not(target_arch = "x86_64"))]
mod arch {
    pub(super) const HOSTILE: &[i64] = &[];
    pub(super) const PROCESSES: &[i64] = &[];
    pub(super) const BASIC: &[i64] = &[];
    pub(super) const FILES: &[i64] = &[];
    pub(super) const COMPILER: &[i64] = &[];
}
