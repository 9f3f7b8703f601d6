//! How to fix a missing layer: for the error message and for `grader doctor`.

use std::fs;

use crate::command::ConfinementLayer;

const LANDLOCK: &str = "needs Linux 5.13 or later with landlock in /sys/kernel/security/lsm (kernel \
    parameter lsm=landlock,...); in a container, a seccomp profile that allows landlock";
const SECCOMP: &str =
    "needs Linux 4.14 or later built with CONFIG_SECCOMP_FILTER, on x86_64 or aarch64";
const CGROUP: &str = "run as root with the memory and pids controllers mounted, or as a user in a \
    delegated cgroup: systemd-run --user --scope -p Delegate=yes grader ...";
const APPARMOR: &str = "AppArmor denies user namespaces to ordinary users (Ubuntu 24.04): allow them \
    with `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, or give the grader an \
    AppArmor profile with the rule `userns,`";
const NO_CLONE: &str = "user namespaces are off for ordinary users: \
    `sudo sysctl -w kernel.unprivileged_userns_clone=1`";
const NO_NAMESPACES: &str =
    "user namespaces are off: `sudo sysctl -w user.max_user_namespaces=10000`";
const NAMESPACES: &str = "needs Linux 5.12 or later; in a container, one started with user namespaces \
    and mounts allowed (docker: --security-opt seccomp=unconfined --security-opt \
    apparmor=unconfined --cap-add SYS_ADMIN)";

/// What to do on this machine to get `layer`.
pub(crate) fn fix(layer: ConfinementLayer) -> &'static str {
    match layer {
        ConfinementLayer::Namespaces => namespaces(),
        ConfinementLayer::Landlock => LANDLOCK,
        ConfinementLayer::Seccomp => SECCOMP,
        ConfinementLayer::Cgroup => CGROUP,
        ConfinementLayer::Rlimits => "every Linux has them",
    }
}

/// The setting that forbids namespaces is looked up: which one it is differs by distribution.
fn namespaces() -> &'static str {
    let setting = |name: &str| {
        let text = fs::read_to_string(format!("/proc/sys/{name}")).ok()?;
        text.trim().parse::<u64>().ok()
    };
    if setting("kernel/apparmor_restrict_unprivileged_userns") == Some(1) {
        APPARMOR
    } else if setting("kernel/unprivileged_userns_clone") == Some(0) {
        NO_CLONE
    } else if setting("user/max_user_namespaces") == Some(0) {
        NO_NAMESPACES
    } else {
        NAMESPACES
    }
}
