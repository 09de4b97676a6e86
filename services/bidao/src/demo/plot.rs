//! What can happen, as data: `plots.toml` beside this file.

use anyhow::{Context, Result};
use serde::Deserialize;

const PLOTS: &str = include_str!("plots.toml");

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plot {
    pub name: String,
    /// How often it is dealt out in one round.
    pub share: usize,
    /// For what takes longer than the day: it begins so many days earlier.
    #[serde(default)]
    pub days_before: i64,
    pub steps: Vec<Step>,
}

/// Minute, who, service and RPC, request, and the name its issue is kept under (`issue`).
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Written")]
pub struct Step {
    pub minute: i64,
    pub who: String,
    pub service: String,
    pub rpc: String,
    pub request: String,
    pub keep_as: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Plain(i64, String, String, String),
    Kept(i64, String, String, String, String),
}

impl From<Written> for Step {
    fn from(written: Written) -> Self {
        let (minute, who, verb, request, keep_as) = match written {
            Written::Plain(minute, who, verb, request) => {
                (minute, who, verb, request, "issue".into())
            }
            Written::Kept(minute, who, verb, request, name) => (minute, who, verb, request, name),
        };
        let (service, rpc) = verb.split_once(' ').unwrap_or((&verb, ""));
        let (service, rpc) = (service.to_owned(), rpc.to_owned());
        Self { minute, who, service, rpc, request, keep_as }
    }
}

#[derive(Deserialize)]
struct Plots {
    plots: Vec<Plot>,
}

/// Every plot, as often as its share says; dealt out in turn.
pub fn round() -> Result<Vec<Plot>> {
    let plots: Plots = toml::from_str(PLOTS).context("plots.toml")?;
    let mut round = Vec::new();
    let most = plots.plots.iter().map(|plot| plot.share).max().unwrap_or(0);
    for turn in 0..most {
        round.extend(plots.plots.iter().filter(|plot| plot.share > turn).cloned());
    }
    Ok(round)
}
