//! The machine on which speed is measured: its processor, and the widest vector instructions that it offers.

use grader_course::config::VectorSetting;
use grader_model::{MachineInfo, VectorLevel};
use std::fs;

/// This machine, for kernels that may use vector instructions up to `limit`.
pub fn machine(limit: Option<VectorLevel>) -> MachineInfo {
    let widest = widest_level();
    let vector_level = limit.map_or(widest, |limit| widest.limited_to(limit));
    MachineInfo { processor: processor(), vector_level }
}

/// The widest level that a course allows; `None`: whatever the processor has.
pub const fn vector_limit(setting: VectorSetting) -> Option<VectorLevel> {
    match setting {
        VectorSetting::Widest => None,
        VectorSetting::V3 => Some(VectorLevel::V3),
    }
}

/// The widest level that the foundation's kernels choose on this processor: what `pulp` asks for.
pub fn widest_level() -> VectorLevel {
    #[cfg(target_arch = "x86_64")]
    {
        let narrow = x86_level(
            std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("fma")
                && std::arch::is_x86_feature_detected!("bmi1")
                && std::arch::is_x86_feature_detected!("bmi2")
                && std::arch::is_x86_feature_detected!("lzcnt")
                && std::arch::is_x86_feature_detected!("popcnt"),
            std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512bw")
                && std::arch::is_x86_feature_detected!("avx512cd")
                && std::arch::is_x86_feature_detected!("avx512dq")
                && std::arch::is_x86_feature_detected!("avx512vl"),
        );
        match narrow {
            VectorLevel::V4 if std::arch::is_x86_feature_detected!("avx512vnni") => {
                VectorLevel::V4Vnni
            }
            VectorLevel::V3 if std::arch::is_x86_feature_detected!("avxvnni") => {
                VectorLevel::V3Vnni
            }
            level => level,
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        VectorLevel::Neon
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        VectorLevel::Scalar
    }
}

#[cfg(target_arch = "x86_64")]
const fn x86_level(has_v3: bool, has_v4: bool) -> VectorLevel {
    match (has_v3, has_v4) {
        (true, true) => VectorLevel::V4,
        (true, false) => VectorLevel::V3,
        (false, _) => VectorLevel::V1,
    }
}

/// The processor's model, as the kernel names it; "unknown" where it does not.
pub fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    model_of(&text).unwrap_or_else(|| "unknown".into())
}

/// The name, and beside it the numbers that a virtual machine shows even where the name says little.
fn model_of(cpuinfo: &str) -> Option<String> {
    let value = |key: &str| {
        let mut lines = cpuinfo.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim().to_owned())
    };
    if let Some(name) = value("model name") {
        let numbers = [("family", value("cpu family")), ("model", value("model"))];
        let numbers = numbers.map(|(word, number)| number.map(|number| format!("{word} {number}")));
        let numbers: Vec<_> = numbers.into_iter().flatten().collect();
        return Some(if numbers.is_empty() {
            name
        } else {
            format!("{name} ({})", numbers.join(", "))
        });
    }
    let (maker, part) = (value("CPU implementer")?, value("CPU part")?);
    Some(format!("implementer {maker}, part {part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_with_its_numbers() {
        let intel = "processor\t: 0\ncpu family\t: 6\nmodel\t\t: 207\nmodel name\t: Xeon\n\n\
                     processor\t: 1\nmodel name\t: other\n";
        assert_eq!(model_of(intel).as_deref(), Some("Xeon (family 6, model 207)"));
        assert_eq!(model_of("model name : Some CPU\n").as_deref(), Some("Some CPU"));
        let arm = "CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        assert_eq!(model_of(arm).as_deref(), Some("implementer 0x41, part 0xd0c"));
        assert_eq!(model_of("nothing"), None);
    }

    #[test]
    fn a_limit_lowers_the_level_and_never_raises_it() {
        let widest = widest_level();
        assert_eq!(machine(None).vector_level, widest);
        assert_eq!(machine(Some(VectorLevel::V4Vnni)).vector_level, widest);
        let limited = machine(Some(VectorLevel::V3)).vector_level;
        assert_eq!(limited, widest.limited_to(VectorLevel::V3));
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_widest_level_needs_the_one_below_it() {
        assert_eq!(x86_level(true, true), VectorLevel::V4);
        assert_eq!(x86_level(true, false), VectorLevel::V3);
        assert_eq!(x86_level(false, true), VectorLevel::V1);
    }
}
