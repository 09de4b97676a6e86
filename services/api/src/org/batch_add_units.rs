//! Adds many units in the order given: children find parents of the same batch.

use commands::streams;
use contract::bidao::org::v1 as pb;
use domain::org::command::AddUnit;
use domain::org::{Org, OrgCommand, OrgVerb, Tree};
use domain::shared::ids::UnitId;
use domain::shared::ladder::Rung;
use eventlog::ExecuteError;

use super::batch::{Batch, Made, answer, failed, no_unit, write_of};
use super::record::NAME_CHARS_MAX;
use crate::decide::{Action, Resource, decide};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::BatchAddUnitsRequest,
) -> Result<pb::BatchAddUnitsResponse, ApiError> {
    let action = Action::BatchAddUnits;
    let batch = Batch::begin(api, caller, action, (body.items.len(), body.dry_run)).await?;
    let results = if body.dry_run {
        rehearse(&batch, &body).await?
    } else {
        let mut results = Vec::with_capacity(body.items.len());
        for (index, item) in body.items.iter().enumerate() {
            results.push(answer(index, one(&batch, item).await));
        }
        results
    };
    Ok(pb::BatchAddUnitsResponse { failed: failed(&results), results })
}

async fn one(batch: &Batch, item: &pb::UnitItem) -> Result<Made, ApiError> {
    let write = write_of(item, &item.request_id)?;
    let sees = batch.api.commands.tree(|tree| verb_of(batch, tree, item));
    let verb = match sees.await? {
        Some(verb) => verb?,
        None => verb_of(batch, &Tree::default(), item)?,
    };
    let unit = verb.unit;
    let stream = streams::tree(&batch.api.commands.county6);
    let made = batch.record(stream, write, OrgVerb::AddUnit(verb)).await?;
    Ok(Made { id: unit.0, ..made })
}

/// Decides on a copy of the tree that grows with every item that would be added.
async fn rehearse(
    batch: &Batch,
    body: &pb::BatchAddUnitsRequest,
) -> Result<Vec<pb::BatchResult>, ApiError> {
    let tree = batch.api.commands.tree(Clone::clone).await?;
    let mut org = tree.map_or(Org::Absent, Org::Tree);
    for item in &body.assumed {
        // What is wrong with it was said with its own batch.
        let _said_before = rehearse_one(batch, &mut org, item);
    }
    let results = body.items.iter().enumerate();
    Ok(results.map(|(index, item)| answer(index, rehearse_one(batch, &mut org, item))).collect())
}

fn rehearse_one(batch: &Batch, org: &mut Org, item: &pb::UnitItem) -> Result<Made, ApiError> {
    write_of(item, &item.request_id)?;
    let empty = Tree::default();
    let tree = if let Org::Tree(tree) = &*org { tree } else { &empty };
    let verb = verb_of(batch, tree, item)?;
    let unit = verb.unit;
    let command = OrgCommand { given: batch.given(), verb: OrgVerb::AddUnit(verb) };
    let events = org.decide(command).map_err(ExecuteError::Refused)?;
    events.iter().for_each(|event| org.evolve(event));
    let mut made = Made { id: unit.0, ..Made::default() };
    made.receipt.repeated = events.is_empty();
    Ok(made)
}

fn verb_of(batch: &Batch, tree: &Tree, item: &pb::UnitItem) -> Result<AddUnit, ApiError> {
    let parent = parent_of(batch, tree, item)?;
    let code: String = wire::optional_text("code", &item.code, 50)?.trim().into();
    let kind: String = wire::text("kind", &item.kind, 50)?.trim().into();
    let named = wire::optional_id::<UnitId>("unit_id", &item.unit_id)?;
    // A code that is taken names the unit itself: the same import again, or one made by hand before.
    let unit = match named.or_else(|| tree.by_code(&code)) {
        Some(unit) => unit,
        None => UnitId(batch.id("unit", "unit_id", ("", &code))?),
    };
    let profile = tree.profile().and_then(|profile| profile.document.level(&kind));
    let asked = wire::optional_rung("rung", item.rung)?;
    let rung: Option<Rung> = asked.or_else(|| profile.map(|level| level.rung));
    // An unknown type is refused by the rule, which names those there are.
    let unknown_kind = || tree.profile().map(|_| Rung::Grid);
    Ok(AddUnit {
        unit,
        parent,
        name: wire::text("name", &item.name, NAME_CHARS_MAX)?.trim().into(),
        rung: wire::given("rung", rung.or_else(unknown_kind))?,
        kind,
        code,
    })
}

fn parent_of(batch: &Batch, tree: &Tree, item: &pb::UnitItem) -> Result<Option<UnitId>, ApiError> {
    let named = wire::optional_id::<UnitId>("parent_id", &item.parent_id)?;
    let code = item.parent_code.trim();
    if named.is_none() && code.is_empty() {
        decide(&batch.caller, batch.action, &Resource::at(String::new()), batch.api.now())?;
        return Ok(None);
    }
    let missing = || no_unit("parent_code", code);
    let parent = named.or_else(|| tree.by_code(code)).ok_or_else(missing)?;
    let area_path = tree.area_path(parent);
    if area_path.is_empty() {
        return Err(missing());
    }
    decide(&batch.caller, batch.action, &Resource::at(area_path), batch.api.now())
        .map_err(|_| missing())?;
    Ok(Some(tree.resolve(parent)))
}
