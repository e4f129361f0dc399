//! What a process has used.

use std::time::Duration;

use nix::{time::ClockId, unistd::Pid};

/// The CPU time of all its threads, in user and system mode.
pub fn cpu(process: Pid) -> Duration {
    ClockId::pid_cpu_clock_id(process).and_then(ClockId::now).unwrap().into()
}

/// The most memory that it has held at once, in bytes.
pub fn most_memory(process: Pid) -> u64 {
    status(process, "VmHWM:")
}

/// The memory that it holds, in bytes.
pub fn memory(process: Pid) -> u64 {
    status(process, "VmRSS:")
}

fn status(process: Pid, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
