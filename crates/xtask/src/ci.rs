//! `cargo xtask ci`: the checks in order, one line each; the first failure ends the run with its cause.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{contract, deny, process, suite, tidy};

struct Step {
    name: &'static str,
    advice: &'static str,
    run: fn(&Path) -> Result<()>,
}

const STEPS: [Step; 7] = [
    Step { name: "fmt", advice: "run `cargo fmt --all`", run: fmt },
    Step { name: "clippy", advice: "fix the first warning printed above", run: clippy },
    Step { name: "tidy", advice: "each line above says what to do", run: tidy::run },
    Step { name: "doc", advice: "fix the documentation comment printed above", run: doc },
    Step { name: "deny", advice: "see the reasons in deny.toml", run: deny::check },
    Step { name: "contract", advice: "see proto/buf.yaml and clients/", run: contract::check },
    // Last, so that the output ends with the test runner's own summary line.
    Step { name: "test", advice: "the failing tests are listed above", run: test },
];

/// Everything is said on stderr, like cargo's own output, so that the lines stay in order.
pub fn run(root: &Path) -> Result<()> {
    run_steps(root, &STEPS, &mut |line| eprintln!("{line}"))
}

fn run_steps(root: &Path, steps: &[Step], say: &mut dyn FnMut(String)) -> Result<()> {
    let count = steps.len();
    for (index, step) in steps.iter().enumerate() {
        let (number, name) = (index + 1, step.name);
        say(format!("ci {number}/{count} {name}"));
        let start = Instant::now();
        let outcome = (step.run)(root);
        let seconds = start.elapsed().as_secs_f32();
        outcome.with_context(|| {
            format!("ci failed at {name} after {seconds:.1} s ({})", step.advice)
        })?;
        if number < count {
            say(format!("ci {number}/{count} {name} ok in {seconds:.1} s"));
        }
    }
    Ok(())
}

fn fmt(root: &Path) -> Result<()> {
    process::run(&mut process::cargo(root, ["fmt", "--all", "--check"]))
}

fn clippy(root: &Path) -> Result<()> {
    let args = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    process::run(&mut process::cargo(root, args))
}

fn doc(root: &Path) -> Result<()> {
    let mut command = process::cargo(root, ["doc", "--workspace", "--no-deps"]);
    process::run(command.env("RUSTDOCFLAGS", "-Dwarnings"))
}

fn test(root: &Path) -> Result<()> {
    suite::run(root, &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    fn good(_: &Path) -> Result<()> {
        Ok(())
    }

    fn bad(_: &Path) -> Result<()> {
        bail!("`cargo broken` exited with 1")
    }

    fn lines_of(steps: &[Step]) -> (Vec<String>, Result<()>) {
        let mut lines = Vec::new();
        let outcome = run_steps(Path::new("."), steps, &mut |line| lines.push(line));
        (lines, outcome)
    }

    #[test]
    fn says_nothing_after_the_last_step() {
        let step = |name| Step { name, advice: "", run: good };
        let (lines, outcome) = lines_of(&[step("first"), step("last")]);
        assert!(outcome.is_ok());
        assert_eq!(lines.last().map(String::as_str), Some("ci 2/2 last"));
        assert!(lines[1].starts_with("ci 1/2 first ok in "));
    }

    #[test]
    fn stops_at_the_first_failure_with_one_line() {
        let broken = Step { name: "broken", advice: "mend it", run: bad };
        let never = Step { name: "never", advice: "", run: good };
        let (lines, outcome) = lines_of(&[broken, never]);
        let cause = format!("{:#}", outcome.unwrap_err());
        assert_eq!(lines, ["ci 1/2 broken"]);
        assert!(cause.starts_with("ci failed at broken after "), "{cause}");
        assert!(cause.ends_with("(mend it): `cargo broken` exited with 1"), "{cause}");
    }

    #[test]
    fn tests_run_last() {
        assert_eq!(STEPS.last().map(|step| step.name), Some("test"));
    }
}
