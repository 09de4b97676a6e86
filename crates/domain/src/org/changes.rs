//! Changes of the tree: renamed, moved, merged; and waivers of the profile's rules.

use super::command::{GrantWaiver, MergeUnits, MoveUnit, RenameUnit};
use super::event::{UnitMerged, UnitMoved, UnitRenamed, WaiverGranted};
use super::tree::{Tree, Unit};
use super::{Org, OrgError, OrgEvent};
use crate::shared::ids::UnitId;
use crate::shared::moment::Moment;

fn tree(org: &Org, unit: UnitId) -> Result<&Tree, OrgError> {
    match org {
        Org::Tree(tree) => Ok(tree),
        Org::Absent | Org::Post(_) | Org::Person(_) | Org::Household(_) | Org::Device(_) => {
            Err(OrgError::UnknownUnit(unit))
        }
    }
}

pub fn rename_unit(org: &Org, at: Moment, verb: RenameUnit) -> Result<Vec<OrgEvent>, OrgError> {
    let RenameUnit { unit, name } = verb;
    if tree(org, unit)?.known(unit)?.name == name {
        return Ok(Vec::new());
    }
    Ok(vec![UnitRenamed { unit, name, at }.into()])
}

/// The unit keeps its id, and everything below it comes along.
pub fn move_unit(org: &Org, at: Moment, verb: MoveUnit) -> Result<Vec<OrgEvent>, OrgError> {
    let MoveUnit { unit, parent } = verb;
    let tree = tree(org, unit)?;
    let moved = tree.known(unit)?;
    let above = tree.known(parent)?;
    if moved.parent == Some(parent) {
        return Ok(Vec::new());
    }
    within_itself(tree, unit, parent)?;
    tree.admits(&moved.kind, moved.rung, Some(above))?;
    Ok(vec![UnitMoved { unit, parent, at }.into()])
}

/// Work, households and posts of the merged unit belong to `into` from now on.
pub fn merge_units(org: &Org, at: Moment, verb: MergeUnits) -> Result<Vec<OrgEvent>, OrgError> {
    let MergeUnits { unit, into } = verb;
    let tree = tree(org, unit)?;
    if unit != into && tree.resolve(unit) == into {
        return Ok(Vec::new());
    }
    let merged = tree.known(unit)?;
    let heir = tree.known(into)?;
    within_itself(tree, unit, into)?;
    if merged.rung != heir.rung {
        return Err(OrgError::MergedAcrossRungs);
    }
    for child in tree.units.values().filter(|child| child.parent == Some(unit)) {
        tree.admits(&child.kind, child.rung, Some(heir))?;
    }
    Ok(vec![UnitMerged { unit, into, at }.into()])
}

/// The root goes nowhere, and nothing goes below itself.
fn within_itself(tree: &Tree, unit: UnitId, target: UnitId) -> Result<(), OrgError> {
    let is_root = tree.units.get(&unit).is_some_and(|unit: &Unit| unit.parent.is_none());
    if is_root || tree.upwards(target).any(|(above, _)| above == unit) {
        return Err(OrgError::BelowItself);
    }
    Ok(())
}

/// A waiver names a rule there is; it ends.
pub fn grant_waiver(org: &Org, now: Moment, verb: GrantWaiver) -> Result<Vec<OrgEvent>, OrgError> {
    let GrantWaiver { unit, rule, reason, until } = verb;
    let tree = tree(org, unit)?;
    tree.known(unit)?;
    let rules: Vec<_> =
        tree.profile().map(|profile| profile.document.rules().collect()).unwrap_or_default();
    if !rules.contains(&rule) {
        return Err(OrgError::RuleUnknown { rule, known: rules.join("、") });
    }
    if until <= now {
        return Err(OrgError::WaiverEnded);
    }
    let granted = WaiverGranted { unit, rule, reason, until };
    let known = tree.waivers.get(&unit).and_then(|rules| rules.get(&granted.rule));
    Ok(if known == Some(&granted) { Vec::new() } else { vec![granted.into()] })
}
