//! Orders to the reports of a unit.

use std::collections::BTreeMap;

use crate::shared::given::Given;
use crate::shared::ids::UnitId;

#[derive(Clone, Debug)]
pub struct ReportCommand {
    pub given: Given,
    pub verb: ReportVerb,
}

#[derive(Clone, Debug)]
pub enum ReportVerb {
    CloseMonth(Box<CloseMonth>),
}

#[derive(Clone, Debug)]
pub struct CloseMonth {
    pub unit: UnitId,
    /// As `2026-11`.
    pub month: String,
    /// Every figure by name, raw, as summed at the moment of closing.
    pub figures: BTreeMap<String, u64>,
    /// The same after exclusions.
    pub adjusted: BTreeMap<String, u64>,
    /// Why a month that is closed is closed again.
    pub correction: Option<String>,
}
