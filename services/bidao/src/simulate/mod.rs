//! `bidao simulate`: real letters through the real command path on a manual clock; a back-test of a
//! policy on real history.

mod figures;
mod letters;
mod print;
mod replay;
mod world;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use figures::Report;
use letters::Letters;

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// CSV with the columns id, sent_at, replied_at (RFC 3339); subject, body, category, reply are used when there
    #[arg(long, value_name = "FILE")]
    letters: PathBuf,
    /// Policy document to replay them under
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// A second policy: what would change?
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// Working-day calendar; default: the State Council's, 2011–2026
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> Result<()> {
    let letters = Letters::read(&arguments.letters)?;
    let calendar = match &arguments.calendar {
        Some(path) => read(path)?,
        None => crate::county::CALENDAR.into(),
    };
    let first = replay_under(&arguments.policy, &calendar, &letters).await?;
    let second = match &arguments.compare {
        Some(path) => Some(replay_under(path, &calendar, &letters).await?),
        None => None,
    };
    if arguments.json {
        print::json(&first, second.as_ref(), &letters)
    } else {
        print::table(&first, second.as_ref(), &letters);
        Ok(())
    }
}

async fn replay_under(policy: &Path, calendar: &str, letters: &Letters) -> Result<Report> {
    let text = read(policy)?;
    replay::replay(&text, calendar, letters).await.with_context(|| policy.display().to_string())
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))
}
