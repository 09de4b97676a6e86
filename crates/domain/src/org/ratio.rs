//! Which units break a rule of the profile. A rule warns and takes waivers; nothing is blocked by it:
//! the county that wrote 1:4 has 4.87 households per member itself (DOMAIN X2).

use std::collections::BTreeMap;

use super::event::WaiverGranted;
use super::profile::{Counted, Level, ProfileDocument, Ratio, staffing_rule};
use crate::shared::ids::UnitId;
use crate::shared::moment::Moment;

/// A unit as the rules see it; posts by title. Its own figures, without the units below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitFigures {
    pub unit: UnitId,
    pub parent: Option<UnitId>,
    pub kind: String,
    pub households: u64,
    pub devices: u64,
    pub posts: BTreeMap<String, u64>,
}

/// A rule that a unit does not keep, with the waiver that covers it, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub unit: UnitId,
    pub rule: String,
    pub title: String,
    pub count: u64,
    pub per: u64,
    pub min: Option<u32>,
    pub max: Option<u32>,
    pub waiver: Option<WaiverGranted>,
}

/// Waivers by unit and rule; the one granted last counts.
pub type Waivers = BTreeMap<UnitId, BTreeMap<String, WaiverGranted>>;

/// Sums over a unit and everything below it.
#[derive(Clone, Debug, Default)]
struct Sums {
    households: u64,
    devices: u64,
    units: BTreeMap<String, u64>,
    posts: BTreeMap<String, u64>,
}

/// Every rule that a unit breaks at `now`, in the order of `units`.
#[must_use]
pub fn violations(
    profile: &ProfileDocument,
    units: &[UnitFigures],
    waivers: &Waivers,
    now: Moment,
) -> Vec<Violation> {
    let sums = sums(units);
    let mut found = Vec::new();
    for unit in units {
        let none = Sums::default();
        let below = sums.get(&unit.unit).unwrap_or(&none);
        match profile.level(&unit.kind) {
            Some(level) => staffing(unit, level, &mut found),
            None => found.push(violation(unit, "kind", "类型不在方案中", (1, 1), (None, None))),
        }
        for ratio in profile.ratios.iter().filter(|ratio| ratio.at == unit.kind) {
            let (count, per) = (below.of(&ratio.count), below.of(&ratio.per));
            if breaks(ratio, count, per) {
                let bounds = (ratio.min, ratio.max);
                found.push(violation(unit, &ratio.id, &ratio.title, (count, per), bounds));
            }
        }
    }
    for violation in &mut found {
        let waiver = waivers.get(&violation.unit).and_then(|rules| rules.get(&violation.rule));
        violation.waiver = waiver.filter(|waiver| now < waiver.until).cloned();
    }
    found
}

fn staffing(unit: &UnitFigures, level: &Level, found: &mut Vec<Violation>) {
    for post in &level.posts {
        let count = unit.posts.get(&post.title).copied().unwrap_or(0);
        let few = count < u64::from(post.min);
        if few || post.max.is_some_and(|max| count > u64::from(max)) {
            let rule = staffing_rule(&level.kind, &post.title);
            let title = format!("{}的{}", level.kind, post.title);
            found.push(violation(unit, &rule, &title, (count, 1), (Some(post.min), post.max)));
        }
    }
}

/// Multiplied out, so that nothing is rounded: “4 each” of 3 is 12. Nothing per nobody keeps any rule.
fn breaks(ratio: &Ratio, count: u64, per: u64) -> bool {
    let few = ratio.min.is_some_and(|min| count < u64::from(min).saturating_mul(per));
    few || ratio.max.is_some_and(|max| count > u64::from(max).saturating_mul(per))
}

fn violation(
    unit: &UnitFigures,
    rule: &str,
    title: &str,
    (count, per): (u64, u64),
    (min, max): (Option<u32>, Option<u32>),
) -> Violation {
    let (rule, title) = (rule.into(), title.into());
    Violation { unit: unit.unit, rule, title, count, per, min, max, waiver: None }
}

/// One walk up per unit: a tree is a handful of levels deep.
fn sums(units: &[UnitFigures]) -> BTreeMap<UnitId, Sums> {
    let parents: BTreeMap<_, _> = units.iter().map(|unit| (unit.unit, unit.parent)).collect();
    let mut sums: BTreeMap<UnitId, Sums> = BTreeMap::new();
    for unit in units {
        let mut at = Some(unit.unit);
        for _ in 0..=units.len() {
            let Some(above) = at else { break };
            sums.entry(above).or_default().add(unit);
            at = parents.get(&above).copied().flatten();
        }
    }
    sums
}

impl Sums {
    fn add(&mut self, unit: &UnitFigures) {
        self.households += unit.households;
        self.devices += unit.devices;
        *self.units.entry(unit.kind.clone()).or_default() += 1;
        for (title, count) in &unit.posts {
            *self.posts.entry(title.clone()).or_default() += count;
        }
    }

    fn of(&self, counted: &Counted) -> u64 {
        match counted {
            Counted::Unit => 1,
            Counted::Households => self.households,
            Counted::Devices => self.devices,
            Counted::Units(kind) => self.units.get(kind).copied().unwrap_or(0),
            Counted::Posts(title) => self.posts.get(title).copied().unwrap_or(0),
        }
    }
}
