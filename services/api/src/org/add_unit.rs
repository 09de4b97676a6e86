//! Adds a unit to the county's tree.

use commands::streams;
use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::AddUnit;
use domain::org::{Org, OrgEvent};
use domain::shared::ids::UnitId;
use event::StreamId;

use super::record::NAME_CHARS_MAX;
use crate::decide::{Action, Resource, decide};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::AddUnitRequest,
) -> Result<pb::AddUnitResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let parent = wire::optional_id::<UnitId>("parent_id", &body.parent_id)?;
    let area_path = match parent {
        Some(parent) => api.commands.area_path(parent).await?,
        None => String::new(),
    };
    if parent.is_some() && area_path.is_empty() {
        return Err(ApiError::NotFound);
    }
    decide(&caller, Action::AddUnit, &Resource::at(area_path), api.now())?;
    // A merged parent means the unit it went into.
    let parent = match parent {
        Some(parent) => Some(api.commands.resolve(parent).await?),
        None => None,
    };
    let unit = UnitId(api.commands.ids.uuid7());
    let rung = match wire::optional_rung("rung", body.rung)? {
        Some(rung) => rung,
        None => api.rung_of_kind(&body.kind).await?,
    };
    let verb = OrgVerb::AddUnit(AddUnit {
        unit,
        parent,
        name: wire::text("name", &body.name, NAME_CHARS_MAX)?.trim().into(),
        kind: wire::text("kind", &body.kind, 50)?.trim().into(),
        rung,
        code: wire::optional_text("code", &body.code, 50)?.trim().into(),
    });
    let tree = streams::tree(&api.commands.county6);
    let done = api.on_org(&caller, Action::AddUnit, tree, write, verb).await?;
    // A repeated request added its unit under another id, the first time.
    let unit =
        if done.repeated { first_unit(&api, &done.receipt).await?.unwrap_or(unit) } else { unit };
    Ok(pb::AddUnitResponse { receipt: Some(receipt(&done)), unit_id: unit.to_string() })
}

async fn first_unit(api: &Api, receipt: &eventlog::Receipt) -> Result<Option<UnitId>, ApiError> {
    let stream: &StreamId = &receipt.stream;
    let stored = api.commands.log.read_stream(stream, receipt.version - 1, 1).await?;
    let Some(recorded) = stored.first() else {
        return Ok(None);
    };
    Ok(match eventlog::stored::decode::<Org>(recorded)?.event {
        OrgEvent::UnitAdded(added) => Some(added.unit),
        OrgEvent::UnitRenamed(_)
        | OrgEvent::UnitMoved(_)
        | OrgEvent::UnitMerged(_)
        | OrgEvent::ProfilePublished(_)
        | OrgEvent::WaiverGranted(_)
        | OrgEvent::RosterSet(_)
        | OrgEvent::PostCreated(_)
        | OrgEvent::Appointed(_)
        | OrgEvent::AppointmentEnded(_)
        | OrgEvent::AppointmentLapsed(_)
        | OrgEvent::StandInNamed(_)
        | OrgEvent::PersonRegistered(_)
        | OrgEvent::HouseholdRegistered(_)
        | OrgEvent::DeviceRegistered(_) => None,
    })
}
