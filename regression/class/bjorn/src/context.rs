use crate::MemoryStats;
use std::time::Duration;
use tinytorch::alloc::{Counters, counters, raise_peak, reset_peak};
use tinytorch::clock::{Clock, MonotonicClock};

#[derive(Debug)]
pub struct ProfilerContext<C: Clock = MonotonicClock> {
    name: String,
    clock: C,
    t0: Duration,
    m0: Counters,
    old_peak: usize,
    flops: u64,
    bytes: u64,
}

impl ProfilerContext {
    pub fn new(name: &str) -> Self {
        Self::with_clock(name, MonotonicClock::new())
    }
}

impl<C: Clock> ProfilerContext<C> {
    pub fn with_clock(name: &str, clock: C) -> Self {
        let name = String::from(name);
        let old_peak = reset_peak();
        let m0 = counters();
        let t0 = clock.now();
        Self { name, clock, t0, m0, old_peak, flops: 0, bytes: 0 }
    }

    pub fn add_flops(&mut self, flops: u64) {
        self.flops = self.flops.saturating_add(flops);
    }

    pub fn add_bytes(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    pub fn finish(self) -> ProfileReport {
        let t1 = self.clock.now();
        let m1 = counters();
        raise_peak(self.old_peak);
        let mut leaked = 0;
        if m1.live_bytes > self.m0.live_bytes {
            leaked = m1.live_bytes - self.m0.live_bytes;
        }
        ProfileReport {
            name: self.name,
            seconds: (t1 - self.t0).as_secs_f64(),
            memory: MemoryStats {
                baseline_bytes: self.m0.live_bytes,
                peak_bytes: m1.peak_bytes - self.m0.live_bytes,
                allocated_bytes: m1.total_bytes - self.m0.total_bytes,
                allocations: m1.allocations - self.m0.allocations,
                leaked_bytes: leaked,
            },
            flops: self.flops,
            bytes_moved: self.bytes,
        }
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
        if self.seconds > 0.0 { Some(self.flops as f64 / self.seconds / 1e9) } else { None }
    }

    pub fn arithmetic_intensity(&self) -> Option<f64> {
        if self.bytes_moved > 0 {
            Some(self.flops as f64 / self.bytes_moved as f64)
        } else {
            None
        }
    }

    pub fn render(&self) -> String {
        let gflops = match self.gflops() {
            Some(g) => format!("{g:.3}"),
            None => "n/a".to_string(),
        };
        let intensity = match self.arithmetic_intensity() {
            Some(i) => format!("{i:.3} FLOP/B"),
            None => "n/a".to_string(),
        };
        let MemoryStats { peak_bytes, leaked_bytes, allocations, .. } = self.memory;
        let mut s = String::new();
        s.push_str(&format!("== {} ==\n", self.name));
        s.push_str(&format!("time         {:.6} s\n", self.seconds));
        s.push_str(&format!(
            "memory peak  {peak_bytes} B (leaked {leaked_bytes} B in {allocations} allocations)\n"
        ));
        s.push_str(&format!("flops        {}\n", self.flops));
        s.push_str(&format!("GFLOP/s      {gflops}\n"));
        s.push_str(&format!("intensity    {intensity}"));
        s
    }
}
