//! Running other programs, with errors that say which one failed.

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The cargo that runs xtask, so that both use one toolchain.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The rustc that this cargo uses.
pub(crate) fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// Node.
pub(crate) fn node() -> Command {
    Command::new("node")
}

/// npm, which comes with Node.
pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// The first file of that name on `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// Runs a program to its end, with its output on the terminal.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", line(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a program to its end and returns what it wrote on standard output; what else it wrote goes into the error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", line(command)))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({})\n{}", line(command), output.status, stderr.trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Like [`run`], but gives up and ends the program when `limit` is over.
pub(crate) fn run_for(command: &mut Command, limit: Duration) -> Result<()> {
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start {}", line(command)))?;
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => bail!("{} failed ({status})", line(command)),
            None if start.elapsed() > limit => {
                child.kill()?;
                child.wait()?;
                bail!("{} was not done after {} s", line(command), limit.as_secs());
            }
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Becomes that program: signals and the exit code are its own from then on.
#[cfg(unix)]
pub(crate) fn replace(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("cannot start {}", line(command)))
}

/// Runs that program and hands over its exit code.
#[cfg(not(unix))]
pub(crate) fn replace(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().with_context(|| format!("cannot start {}", line(command)))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The command as a person would type it, give or take the quotes; cut off where it gets long.
fn line(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let mut line = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("`{} …`", &line[..end]),
        None => format!("`{line}`"),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_time_limit_ends_the_program() {
        let start = Instant::now();
        let error = run_for(Command::new("sleep").arg("60"), Duration::from_millis(100)).map_err(|error| error.to_string());
        assert_eq!(error, Err("`sleep 60` was not done after 0 s".to_owned()));
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
