//! A process seen from outside, through `/proc`: its CPU time, its memory, its cores.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// CPU time a process has used so far, in user and kernel mode.
///
/// From its threads' `schedstat`, to the nanosecond, if the kernel keeps it; else
/// from `stat`, in hundredths of a second. A thread that has ended is missing from
/// the first, so take differences while the threads are the same.
///
/// # Errors
///
/// If there is no such process.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    match schedstat(pid) {
        Some(time) if !time.is_zero() => Ok(time),
        _ => stat(pid),
    }
}

/// CPU time of the processes that this one started and that have ended, in hundredths
/// of a second; those that they started in turn count with them.
///
/// # Errors
///
/// If `/proc` is not as Linux has it.
pub fn children_time() -> Result<Duration> {
    let path = "/proc/self/stat";
    let text = fs::read_to_string(path).context(path)?;
    ticks(&text, 13).map(|ticks| Duration::from_millis(ticks * 10)).context("no times of children")
}

/// Resident memory of a process, in bytes.
///
/// # Errors
///
/// If there is no such process.
pub fn resident(pid: u32) -> Result<u64> {
    // `status` is read from per-CPU counters and may be some hundred KiB out.
    let (path, field) = match fs::metadata(format!("/proc/{pid}/smaps_rollup")) {
        Ok(_) => (format!("/proc/{pid}/smaps_rollup"), "Rss:"),
        Err(_) => (format!("/proc/{pid}/status"), "VmRSS:"),
    };
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    text.lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|value| value.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .map(|kib| kib * 1024)
        .with_context(|| format!("{path}: no {field}"))
}

/// How many files, sockets among them, a process has open.
///
/// # Errors
///
/// If there is no such process.
pub fn open_files(pid: u32) -> Result<usize> {
    let path = format!("/proc/{pid}/fd");
    Ok(fs::read_dir(&path).with_context(|| path.clone())?.count())
}

/// Lets this process, and those it starts from now on, open as many files as an
/// unprivileged process may.
///
/// # Errors
///
/// If there is no `prlimit`, or fewer than `needed` are allowed.
pub fn allow_open_files(needed: u64) -> Result<()> {
    let limits = fs::read_to_string("/proc/self/limits").context("/proc/self/limits")?;
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let hard = line.and_then(|line| line.split_ascii_whitespace().nth(4)).context("no limit")?;
    let enough = hard == "unlimited" || hard.parse::<u64>().is_ok_and(|hard| hard >= needed);
    ensure!(enough, "{needed} open files are needed and {hard} allowed (ulimit -Hn)");
    let status = Command::new("prlimit")
        .arg(format!("--nofile={hard}:{hard}"))
        .args(["--pid", &std::process::id().to_string()])
        .status()
        .context("prlimit")?;
    ensure!(status.success(), "prlimit: {status}");
    Ok(())
}

/// The start of a command line that keeps a program on one core, or nothing if
/// there is no `taskset` or no such core.
#[must_use]
pub fn pinned_to(core: usize) -> Vec<String> {
    let prefix = ["taskset", "-c", &core.to_string()].map(str::to_owned);
    let works = Command::new(&prefix[0])
        .args(&prefix[1..])
        .arg("true")
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if works { prefix.to_vec() } else { Vec::new() }
}

/// Keeps this process, and the threads it starts from now on, on one core.
///
/// # Errors
///
/// If there is no `taskset` or no such core.
pub fn pin_self(core: usize) -> Result<()> {
    let status = Command::new("taskset")
        .args(["-p", "-c", &core.to_string(), &std::process::id().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("taskset")?;
    ensure!(status.success(), "taskset: {status}");
    Ok(())
}

fn schedstat(pid: u32) -> Option<Duration> {
    let mut total = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        // A thread may end between being listed and being read.
        let Ok(text) = fs::read_to_string(task.ok()?.path().join("schedstat")) else {
            continue;
        };
        total += text.split(' ').next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(total))
}

fn stat(pid: u32) -> Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    ticks(&text, 11)
        .map(|ticks| Duration::from_millis(ticks * 10))
        .with_context(|| format!("{path}: no times"))
}

/// User and kernel time in a `stat` line, so many fields after the process's name, which
/// may hold spaces.
fn ticks(stat: &str, fields_before: usize) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(fields_before);
    let user: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    Some(user + kernel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_does_not_shift_the_times() {
        let line = "12 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 40 2 7 1 20";
        assert_eq!(ticks(line, 11), Some(42));
        assert_eq!(ticks(line, 13), Some(8));
    }

    #[test]
    fn this_process_has_used_time_and_memory() {
        let pid = std::process::id();
        assert!(resident(pid).expect("own process") > 0);
        assert!(cpu_time(pid).is_ok());
    }
}
