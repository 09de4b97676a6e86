//! The figures of an area and a period, each with its definition (LOOP M1–M6).

use contract::bidao::dashboard::v1 as pb;
use domain::shared::ladder::Rung;
use prost_types::Timestamp;
use views::figures::{CALL_FIGURES, DEVICE_FIGURES, Figures, ISSUE_FIGURES, Period};

use crate::{Api, ApiError, Caller, show, wire};

/// Rates and lists that are made of several sums.
const DEFINITIONS: &[(&str, &str)] = &[
    ("satisfied_of_due", "已解决 ÷ 应有结果(未联系上的计为不满意)"),
    ("satisfied_of_reached", "已解决 ÷ 已评价"),
    ("satisfied_after_exclusions", "已解决 ÷ 已评价,剔除后"),
    ("satisfied_of_due_after_exclusions", "已解决 ÷ 应有结果,剔除后"),
    ("overdue_after_exclusions", "超期 ÷ 应有结果或已有时限届满,剔除后"),
    ("verdicts_in_presence", "承办人在场时作出的评价,单列"),
    ("settled", "群众确认解决、未重办、三十日内未重复的事项,按实际办理的最高层级,小事大事分列"),
];

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetDashboardRequest,
) -> Result<pb::GetDashboardResponse, ApiError> {
    let period = period(&api, body.from.as_ref(), body.until.as_ref())?;
    api.fresh(body.min_position).await?;
    let viewer = api.counting(&caller, &body.unit_id).await?;
    let figures = api.views.figures(&viewer, period).await?;
    Ok(pb::GetDashboardResponse {
        dashboard: Some(dashboard(&figures)),
        definitions: definitions(),
        as_of: Some(api.as_of().await),
    })
}

pub(super) fn period(
    api: &Api,
    from: Option<&Timestamp>,
    until: Option<&Timestamp>,
) -> Result<Period, ApiError> {
    let from_us = wire::optional_time("from", from)?.map_or(i64::MIN, |from| from.0);
    let until_us = wire::optional_time("until", until)?.map_or(i64::MAX, |until| until.0);
    if until_us < from_us {
        return Err(ApiError::shape("until", "must not be before from", "不能早于开始时间"));
    }
    Ok(Period { from_us, until_us, now_us: api.now().0 })
}

pub(super) fn definitions() -> Vec<pb::Definition> {
    let sums = ISSUE_FIGURES.iter().chain(CALL_FIGURES).map(|(field, _, zh)| (*field, *zh));
    let all = sums.chain(DEFINITIONS.iter().chain(DEVICE_FIGURES).copied());
    all.map(|(field, zh)| pb::Definition { field: field.into(), zh: zh.into() }).collect()
}

fn settled(figures: &Figures) -> Vec<pb::SettledAt> {
    let at = |(rung, small, big): &(Rung, u64, u64)| pb::SettledAt {
        rung: show::rung(*rung),
        small: *small,
        big: *big,
    };
    figures.settled.iter().map(at).collect()
}

pub(super) fn dashboard(figures: &Figures) -> pb::Dashboard {
    let ratio = |count, of| Some(pb::Ratio { count, of });
    let (raw, adjusted, calls) = (&figures.issues, &figures.adjusted, &figures.calls);
    pb::Dashboard {
        received: raw.received,
        calls: calls.calls,
        calls_answered: ratio(calls.calls_answered, calls.calls),
        calls_by_return_call: calls.calls_by_return_call,
        calls_visit_ordered: calls.calls_visit_ordered,
        accepted: ratio(raw.accepted, raw.received),
        arrived: ratio(raw.arrived, raw.must_visit),
        completed: raw.completed,
        confirmed_solved: raw.confirmed_solved,
        closed: raw.closed,
        closed_unconfirmed: raw.closed_unconfirmed,
        overdue: ratio(raw.overdue, raw.due),
        reopened: raw.reopened,
        to_township: raw.to_township,
        to_county: raw.to_county,
        open: raw.open,
        satisfied_of_due: ratio(raw.satisfied, raw.due),
        satisfied_of_reached: ratio(raw.satisfied, raw.reached),
        verdicts_in_presence: raw.in_presence,
        in_presence: ratio(raw.in_presence, raw.reached),
        settled: settled(figures),
        not_yet_due: raw.not_yet_due,
        due: raw.due,
        contacted: ratio(raw.contacted, raw.contact_due),
        arrived_confirmed: ratio(raw.arrived_confirmed, raw.arrived),
        overdue_adjusted: ratio(raw.overdue_adjusted, raw.total_due),
        holder_late: ratio(raw.holder_late, raw.holder_due),
        repeated: raw.repeated,
        reached: ratio(raw.reached, raw.due),
        satisfied_after_exclusions: ratio(adjusted.satisfied, adjusted.reached),
        overdue_after_exclusions: ratio(adjusted.overdue, adjusted.due),
        satisfied_of_due_after_exclusions: ratio(adjusted.satisfied, adjusted.due),
        excluded: raw.excluded,
        declined: raw.declined,
        transferred: raw.transferred,
        withdrawn: raw.withdrawn,
        merged: raw.merged,
        concluded: raw.concluded,
        deferred: raw.deferred,
        deferred_ever: raw.deferred_ever,
        paused: raw.paused,
        extended: raw.extended,
        reclassified: raw.reclassified,
        proactive: raw.proactive,
        anonymous: raw.anonymous,
        proactive_checked: raw.proactive_checked,
        calls_by_secretary: calls.calls_by_secretary,
        calls_by_stand_in: calls.calls_by_stand_in,
        calls_undisposed: calls.calls_undisposed,
        calls_mis_press: calls.calls_mis_press,
        calls_answered_at_once: calls.calls_answered_at_once,
        calls_emergency: calls.calls_emergency,
        calls_silent: calls.calls_silent,
        calls_thumb_up: calls.calls_thumb_up,
        calls_thumb_down: calls.calls_thumb_down,
        calls_thumb_in_presence: calls.calls_thumb_in_presence,
        calls_roster_gap: calls.calls_roster_gap,
        thumbs_unbound: calls.thumbs_unbound,
        devices: figures.devices,
        reachable_devices: figures.reachable_devices,
        calls_by_desk: calls.calls_by_desk,
    }
}
