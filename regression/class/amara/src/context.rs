//! Task `context`: time, memory and FLOPs of one stretch of code, and the rates that follow.

use crate::MemoryStats;
use std::fmt::Write;
use std::time::Duration;
use tinytorch::alloc::{self, Counters};
use tinytorch::clock::{Clock, MonotonicClock};

#[derive(Debug)]
pub struct ProfilerContext<C: Clock = MonotonicClock> {
    clock: C,
    // Filled in while measuring; its String is allocated before we start to look.
    report: ProfileReport,
    peak_outside: usize,
    counters: Counters,
    started: Duration,
}

impl ProfilerContext {
    pub fn new(name: &str) -> Self {
        Self::with_clock(name, MonotonicClock::new())
    }
}

impl<C: Clock> ProfilerContext<C> {
    pub fn with_clock(name: &str, clock: C) -> Self {
        let report = ProfileReport {
            name: name.to_owned(),
            seconds: 0.0,
            memory: MemoryStats::default(),
            flops: 0,
            bytes_moved: 0,
        };
        let peak_outside = alloc::reset_peak();
        let counters = alloc::counters();
        let started = clock.now();
        Self { clock, report, peak_outside, counters, started }
    }

    pub fn add_flops(&mut self, flops: u64) {
        let sum = &mut self.report.flops;
        *sum = sum.checked_add(flops).unwrap_or(u64::MAX);
    }

    pub fn add_bytes(&mut self, bytes: u64) {
        let sum = &mut self.report.bytes_moved;
        *sum = sum.checked_add(bytes).unwrap_or(u64::MAX);
    }

    pub fn finish(mut self) -> ProfileReport {
        let ended = self.clock.now();
        let counters = alloc::counters();
        alloc::raise_peak(self.peak_outside);
        self.report.seconds = ended.saturating_sub(self.started).as_secs_f64();
        self.report.memory = MemoryStats::between(&self.counters, &counters);
        self.report
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct ProfileReport {
    pub name: String,
    pub seconds: f64,
    pub memory: MemoryStats,
    pub flops: u64,
    pub bytes_moved: u64,
}

impl ProfileReport {
    pub fn gflops(&self) -> Option<f64> {
        if self.seconds == 0.0 {
            return None;
        }
        Some(self.flops as f64 * 1e-9 / self.seconds)
    }

    pub fn arithmetic_intensity(&self) -> Option<f64> {
        match self.bytes_moved {
            0 => None,
            bytes => Some(self.flops as f64 / bytes as f64),
        }
    }

    pub fn render(&self) -> String {
        let m = &self.memory;
        let mut out = format!("== {} ==\n", self.name);
        let mut row = |label: &str, text: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{label:<12} {text}");
        };
        row("time", format!("{:.6} s", self.seconds));
        row(
            "memory peak",
            format!(
                "{} B (leaked {} B in {} allocations)",
                m.peak_bytes, m.leaked_bytes, m.allocations
            ),
        );
        row("flops", self.flops.to_string());
        row("GFLOP/s", or_na(self.gflops(), ""));
        row("intensity", or_na(self.arithmetic_intensity(), " FLOP/B"));
        out.truncate(out.len() - 1);
        out
    }
}

fn or_na(rate: Option<f64>, unit: &str) -> String {
    rate.map_or_else(|| "n/a".into(), |r| format!("{r:.3}{unit}"))
}
