//! The figures of a replay: in total and by year of filing.

use std::collections::BTreeMap;

use domain::shared::terms::PolicyDocument;
use serde::Serialize;
use views::figures::IssueFact;

/// Rungs as the fact rows number them.
const TOWNSHIP: u8 = 2;
const COUNTY: u8 = 3;

#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub policy: PolicyName,
    pub total: Figures,
    /// By the year of filing, local time.
    pub years: BTreeMap<String, Figures>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PolicyName {
    pub id: String,
    pub version: u32,
    pub hash: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    pub received: u64,
    pub answered: u64,
    /// Not replied to before the deadline.
    pub overdue: u64,
    /// Ever reached the level.
    pub to_township: u64,
    pub to_county: u64,
    /// Without a reply when the history ends.
    pub open_at_end: u64,
    /// From filing to reply, days of 24 h, over the answered; absent when none is.
    pub mean_days: Option<f64>,
    /// Nearest rank.
    pub p90_days: Option<f64>,
}

impl Report {
    pub fn of(document: &PolicyDocument, hash: &str, facts: &[IssueFact]) -> Self {
        let mut years: BTreeMap<String, Vec<IssueFact>> = BTreeMap::new();
        for fact in facts {
            years.entry(fact.started_at.local().year().to_string()).or_default().push(*fact);
        }
        Self {
            policy: PolicyName {
                id: document.id.clone(),
                version: document.version,
                hash: hash.into(),
            },
            total: Figures::of(facts),
            years: years.into_iter().map(|(year, facts)| (year, Figures::of(&facts))).collect(),
        }
    }
}

impl Figures {
    fn of(facts: &[IssueFact]) -> Self {
        let count = |holds: &dyn Fn(&IssueFact) -> bool| {
            facts.iter().filter(|fact| holds(fact)).count() as u64
        };
        let answer_days = |fact: &IssueFact| Some(fact.completed_at?.days_since(fact.started_at));
        let mut days: Vec<f64> = facts.iter().filter_map(answer_days).collect();
        days.sort_unstable_by(f64::total_cmp);
        Self {
            received: facts.len() as u64,
            answered: days.len() as u64,
            overdue: count(&|fact| fact.overdue),
            to_township: count(&|fact| fact.highest_rung >= TOWNSHIP),
            to_county: count(&|fact| fact.highest_rung >= COUNTY),
            open_at_end: count(&|fact| fact.completed_at.is_none()),
            mean_days: mean(&days).map(rounded),
            p90_days: nearest_rank(&days, 90).map(rounded),
        }
    }

    /// Names and values, in the order of the columns.
    pub fn counts(&self) -> [(&'static str, u64); 6] {
        [
            ("received", self.received),
            ("answered", self.answered),
            ("overdue", self.overdue),
            ("to_township", self.to_township),
            ("to_county", self.to_county),
            ("open_at_end", self.open_at_end),
        ]
    }
}

#[expect(clippy::cast_precision_loss, reason = "letters are counted in thousands")]
fn mean(days: &[f64]) -> Option<f64> {
    (!days.is_empty()).then(|| days.iter().sum::<f64>() / days.len() as f64)
}

/// The smallest value such that at least `percent` of all are not above it.
fn nearest_rank(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// To a millionth of a day (0.09 s): two runs print the same, and nobody reads more.
fn rounded(days: f64) -> f64 {
    (days * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rank_takes_a_value_that_occurs() {
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(nearest_rank(&ten, 90), Some(9.0));
        let eleven: Vec<f64> = (1..=11).map(f64::from).collect();
        assert_eq!(nearest_rank(&eleven, 90), Some(10.0));
        assert_eq!(nearest_rank(&[4.5], 90), Some(4.5));
        assert_eq!(nearest_rank(&[], 90), None);
    }
}
