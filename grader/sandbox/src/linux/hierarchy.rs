//! Where the grader may make cgroups: below (version 1) or beside (version 2) its own, never
//! outside of its own limits.

use std::fs;
use std::path::{Path, PathBuf};

use crate::linux::instance;

/// The folders under which cgroups are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CgroupHierarchy {
    V1(ControllerFolder),
    V2(PathBuf),
}

/// One folder per controller of version 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ControllerFolder {
    pub(crate) memory: PathBuf,
    pub(crate) pids: PathBuf,
    pub(crate) freezer: PathBuf,
    pub(crate) cpuacct: PathBuf,
}

impl ControllerFolder {
    pub(crate) fn child(&self, name: &str) -> Self {
        Self {
            memory: self.memory.join(name),
            pids: self.pids.join(name),
            freezer: self.freezer.join(name),
            cpuacct: self.cpuacct.join(name),
        }
    }

    pub(crate) fn all(&self) -> [&Path; 4] {
        [&self.memory, &self.pids, &self.freezer, &self.cpuacct]
    }
}

impl CgroupHierarchy {
    /// Finds a usable hierarchy, version 2 first; else says what is missing.
    pub(crate) fn discover() -> Result<Self, String> {
        let read =
            |file: &str| fs::read_to_string(file).map_err(|error| format!("{file}: {error}"));
        let membership = read("/proc/self/cgroup")?;
        let mounts = read("/proc/self/mounts")?;
        let found = Self::find(&membership, &mounts)?;
        found.check_writable()?;
        Ok(found)
    }

    fn find(membership: &str, mounts: &str) -> Result<Self, String> {
        if let Some(folder) = own_folder(membership, mounts, "") {
            // The grader's own cgroup holds a process, so that it cannot hand controllers on; its
            // parent may.
            let parents = [folder.parent(), Some(folder.as_path())];
            if let Some(parent) =
                parents.into_iter().flatten().find(|parent| hands_on_controllers(parent))
            {
                return Ok(Self::V2(parent.to_owned()));
            }
        }
        let folder = |controller: &str| {
            own_folder(membership, mounts, controller)
                .ok_or(format!("no usable {controller} controller"))
        };
        Ok(Self::V1(ControllerFolder {
            memory: folder("memory")?,
            pids: folder("pids")?,
            freezer: folder("freezer")?,
            cpuacct: folder("cpuacct")?,
        }))
    }

    fn check_writable(&self) -> Result<(), String> {
        let name = instance::fresh_name();
        for parent in self.parents() {
            let folder = parent.join(&name);
            fs::create_dir(&folder).map_err(|error| {
                format!("cannot make a cgroup in {}: {error}", parent.display())
            })?;
            let _ = fs::remove_dir(&folder);
        }
        Ok(())
    }

    /// Removes cgroups of graders that are gone.
    pub(crate) fn clean_stale(&self) {
        for parent in self.parents() {
            let Ok(entries) = fs::read_dir(parent) else { continue };
            for entry in entries.flatten() {
                if entry.file_name().to_str().is_some_and(instance::is_stale) {
                    instance::remove_stale_cgroup(&entry.path());
                }
            }
        }
    }

    /// For people.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::V1(_) => "version 1 (memory, pids, freezer, cpuacct)",
            Self::V2(_) => "version 2 (memory, pids)",
        }
    }

    fn parents(&self) -> Vec<&Path> {
        match self {
            Self::V1(v1) => v1.all().to_vec(),
            Self::V2(parent) => vec![parent],
        }
    }
}

fn hands_on_controllers(folder: &Path) -> bool {
    let controllers = fs::read_to_string(folder.join("cgroup.subtree_control")).unwrap_or_default();
    ["memory", "pids"]
        .iter()
        .all(|wanted| controllers.split_whitespace().any(|controller| controller == *wanted))
}

/// Folder of the grader's own cgroup for `controller` (version 2 when empty).
fn own_folder(membership: &str, mounts: &str, controller: &str) -> Option<PathBuf> {
    // `/proc/self/cgroup`: number, controllers, path. `/proc/self/mounts`: device, folder, type,
    // options.
    let path = membership.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let controllers = fields.next()?;
        let path = fields.next()?;
        controllers.split(',').any(|name| name == controller).then_some(path)
    })?;
    let mount = mounts.lines().find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let folder = fields.next()?;
        let kind = fields.next()?;
        let options = fields.next()?;
        let fits = match controller {
            "" => kind == "cgroup2",
            _ => kind == "cgroup" && options.split(',').any(|option| option == controller),
        };
        fits.then(|| Path::new(folder))
    })?;
    let own = mount.join(path.trim_start_matches('/'));
    // In a container the path may be the host's, and the mount the container's own cgroup.
    Some(if own.is_dir() { own } else { mount.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "cgroup /cg/memory cgroup rw,memory 0 0\ncgroup /cg/cpu cgroup rw,cpu,cpuacct 0 0\n\
                          cgroup2 /cg/unified cgroup2 rw 0 0\n";

    #[test]
    fn a_controller_is_found_by_its_whole_name_also_when_mounted_with_others() {
        let membership = "3:memory:/a\n2:cpu,cpuacct:/\n0::/b\n";
        assert_eq!(own_folder(membership, MOUNTS, "cpuacct"), Some("/cg/cpu".into()));
        assert_eq!(own_folder(membership, MOUNTS, "mem"), None);
        assert_eq!(own_folder(membership, MOUNTS, ""), Some("/cg/unified".into()));
    }

    #[test]
    fn version_2_is_chosen_only_where_memory_and_pids_are_handed_on() {
        let root = tempfile::tempdir().expect("temp dir");
        let own = root.path().join("parent/own");
        fs::create_dir_all(&own).expect("makes folders");
        let mounts = format!("cgroup2 {} cgroup2 rw 0 0\n", root.path().display());
        let control = root.path().join("parent/cgroup.subtree_control");
        fs::write(&control, "cpu memory\n").expect("writes");
        assert!(CgroupHierarchy::find("0::/parent/own\n", &mounts).is_err());
        fs::write(&control, "cpu memory pids\n").expect("writes");
        assert_eq!(
            CgroupHierarchy::find("0::/parent/own\n", &mounts),
            Ok(CgroupHierarchy::V2(root.path().join("parent")))
        );
    }
}
