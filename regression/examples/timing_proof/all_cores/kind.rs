//! On what the two kernels of a measurement depend.

use grader_timing::Workload;
use regression::chain::ChainWorkload;
use regression::memory::MemoryWorkload;
use serde::{Deserialize, Serialize};

/// Two kernels, of one kind or of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KernelKind {
    /// Both compute, in registers; the same work on both sides.
    Compute,
    /// The same, at five times the work.
    ComputeFive,
    /// Both stream over an array that no cache holds.
    Bandwidth,
    /// The same, at five times the work.
    BandwidthFive,
    /// Both follow chains through a table that fills a share of the last cache.
    Cache,
    /// The same, at five times the work.
    CacheFive,
    /// The baseline streams, and the submission computes.
    BandwidthAgainstCompute,
    /// The baseline follows chains through a table, and the submission computes.
    CacheAgainstCompute,
}

impl KernelKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Compute,
        Self::Bandwidth,
        Self::Cache,
        Self::BandwidthAgainstCompute,
        Self::CacheAgainstCompute,
        Self::BandwidthFive,
        Self::CacheFive,
        Self::ComputeFive,
    ];

    /// Words for a table.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Compute | Self::ComputeFive => "computation",
            Self::Bandwidth | Self::BandwidthFive => "memory bandwidth",
            Self::Cache | Self::CacheFive => "cache capacity",
            Self::BandwidthAgainstCompute => "memory bandwidth against computation",
            Self::CacheAgainstCompute => "cache capacity against computation",
        }
    }

    /// The kernels of the baseline and of the submission.
    pub const fn kernels(self) -> [&'static str; 2] {
        match self {
            Self::Compute => ["times_1", "times_1"],
            Self::ComputeFive => ["times_5", "times_1"],
            Self::Bandwidth => ["stream_1", "stream_1"],
            Self::BandwidthFive => ["stream_5", "stream_1"],
            Self::Cache => ["hop_1", "hop_1"],
            Self::CacheFive => ["hop_5", "hop_1"],
            Self::BandwidthAgainstCompute => ["stream_1", "no_stream"],
            Self::CacheAgainstCompute => ["hop_1", "no_hop"],
        }
    }

    /// The true ratio, where the kernels are of one kind: that of their work.
    pub const fn known_ratio(self) -> Option<f64> {
        match self {
            Self::Compute | Self::Bandwidth | Self::Cache => Some(1.0),
            Self::ComputeFive | Self::BandwidthFive | Self::CacheFive => Some(5.0),
            Self::BandwidthAgainstCompute | Self::CacheAgainstCompute => None,
        }
    }

    /// What both are asked.
    pub fn work(self) -> Box<dyn Workload<Wrong = &'static str>> {
        match self {
            Self::Compute => Box::new(ChainWorkload::new(crate::STEPS / 4)),
            Self::ComputeFive => Box::new(ChainWorkload::new(crate::STEPS / 20)),
            Self::Bandwidth | Self::BandwidthFive | Self::BandwidthAgainstCompute => {
                Box::new(MemoryWorkload::blocks())
            }
            Self::Cache | Self::CacheFive | Self::CacheAgainstCompute => {
                Box::new(MemoryWorkload::hops())
            }
        }
    }
}
