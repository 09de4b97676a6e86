//! Facts of closed periods.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::shared::ids::UnitId;
use crate::shared::moment::Moment;

/// 月报: it is never changed; a correction is another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthClosed {
    pub unit: UnitId,
    pub month: String,
    /// 1 for the first, then one for each correction.
    pub number: u32,
    pub figures: BTreeMap<String, u64>,
    pub adjusted: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    pub at: Moment,
}
