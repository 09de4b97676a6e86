//! Public events of units, policies and reports. People, posts, households and devices stay inside.

use contract::bidao::org::v1 as org_pb;
use contract::bidao::policy::v1 as policy_pb;
use contract::bidao::report::v1 as report_pb;
use domain::org::OrgEvent;
use domain::policy::PolicyEvent;
use domain::report::ReportEvent;

use super::words::{rung, time};
use super::{Translated, told};

pub fn org(fact: &OrgEvent) -> Translated {
    match fact {
        OrgEvent::UnitAdded(e) => told(&org_pb::UnitAddedEvent {
            unit_id: e.unit.to_string(),
            parent_unit_id: e.parent.map(|parent| parent.to_string()).unwrap_or_default(),
            name: e.name.clone(),
            kind: e.kind.clone(),
            rung: rung(e.rung),
            code: e.code.clone(),
        }),
        OrgEvent::UnitRenamed(e) => told(&org_pb::UnitRenamedEvent {
            unit_id: e.unit.to_string(),
            name: e.name.clone(),
            at: time(e.at),
        }),
        OrgEvent::UnitMoved(e) => told(&org_pb::UnitMovedEvent {
            unit_id: e.unit.to_string(),
            parent_unit_id: e.parent.to_string(),
            at: time(e.at),
        }),
        OrgEvent::UnitMerged(e) => told(&org_pb::UnitMergedEvent {
            unit_id: e.unit.to_string(),
            into_unit_id: e.into.to_string(),
            at: time(e.at),
        }),
        OrgEvent::ProfilePublished(_)
        | OrgEvent::WaiverGranted(_)
        | OrgEvent::RosterSet(_)
        | OrgEvent::PostCreated(_)
        | OrgEvent::Appointed(_)
        | OrgEvent::AppointmentEnded(_)
        | OrgEvent::AppointmentLapsed(_)
        | OrgEvent::StandInNamed(_)
        | OrgEvent::PersonRegistered(_)
        | OrgEvent::HouseholdRegistered(_)
        | OrgEvent::DeviceRegistered(_) => Ok(None),
    }
}

pub fn policy(fact: &PolicyEvent) -> Translated {
    match fact {
        PolicyEvent::PolicyPublished(e) => told(&policy_pb::PublishedEvent {
            policy_id: e.policy.id.clone(),
            version: e.policy.version,
        }),
        PolicyEvent::CalendarPublished(e) => {
            told(&policy_pb::CalendarPublishedEvent { calendar_id: e.calendar.id.clone() })
        }
        // Its reason is free text.
        PolicyEvent::ModeSwitched(e) => told(&policy_pb::ModeSwitchedEvent {
            unit_id: e.unit.to_string(),
            until: e.until.and_then(time),
            at: time(e.at),
        }),
    }
}

pub fn report(fact: &ReportEvent) -> Translated {
    match fact {
        ReportEvent::MonthClosed(e) => told(&report_pb::MonthClosedEvent {
            unit_id: e.unit.to_string(),
            month: e.month.clone(),
            number: e.number,
            figures: e.figures.clone().into_iter().collect(),
            adjusted: e.adjusted.clone().into_iter().collect(),
            at: time(e.at),
        }),
    }
}
