//! The figures of an area and a period, each with its definition (LOOP M1–M4).

use contract::bidao::dashboard::v1 as pb;
use views::dashboard::Figures;

use crate::{Api, ApiError, Caller, show, wire};

/// What each figure counts; printed beside it.
const DEFINITIONS: &[(&str, &str)] = &[
    ("received", "本期登记的事项数(件)"),
    ("calls", "本期呼叫数(次),与事项分列"),
    ("calls_answered", "有人接听并通话的呼叫 ÷ 呼叫数"),
    ("calls_by_return_call", "经回拨才接通的呼叫"),
    ("calls_visit_ordered", "无人接通、转为必须上门的呼叫"),
    ("accepted", "承办岗位已接单 ÷ 登记数;接单不等于答复,更不等于解决"),
    ("arrived", "已到场见到群众 ÷ 必须上门的事项"),
    ("completed", "承办人报办结的事项"),
    ("confirmed_solved", "群众确认已解决的事项"),
    ("closed", "按规则结案的事项"),
    ("closed_unconfirmed", "未获评价而结案,不计为满意"),
    ("overdue", "总时限届满的事项(含已结)÷ 登记数;暂停不影响总时限"),
    ("reopened", "曾重办的事项"),
    ("to_township", "曾提级到乡镇及以上的事项"),
    ("to_county", "曾提级到县的事项"),
    ("open", "尚未结案的事项"),
    ("satisfied_of_due", "已解决 ÷ 应评价(未联系上的计为不满意)"),
    ("satisfied_of_reached", "已解决 ÷ 已评价"),
    ("verdicts_in_presence", "承办人在场时作出的评价,单列"),
    ("settled", "群众确认解决且未重办的事项,按曾达到的最高层级,小事大事分列"),
];

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetDashboardRequest,
) -> Result<pb::GetDashboardResponse, ApiError> {
    let from = wire::optional_time("from", body.from.as_ref())?.map_or(i64::MIN, |from| from.0);
    let until =
        wire::optional_time("until", body.until.as_ref())?.map_or(i64::MAX, |until| until.0);
    if until < from {
        return Err(ApiError::shape("until", "must not be before from", "不能早于开始时间"));
    }
    api.fresh(body.min_position).await?;
    let viewer = api.narrowed(&caller, &body.unit_id).await?;
    let figures = api.views.figures(&viewer, from, until).await?;
    let definitions = DEFINITIONS
        .iter()
        .map(|(field, zh)| pb::Definition { field: (*field).into(), zh: (*zh).into() });
    Ok(pb::GetDashboardResponse {
        dashboard: Some(dashboard(&figures)),
        definitions: definitions.collect(),
        as_of: Some(api.as_of().await),
    })
}

fn dashboard(figures: &Figures) -> pb::Dashboard {
    let ratio = |count, of| Some(pb::Ratio { count, of });
    let settled = figures.settled.iter().map(|(rung, small, big)| pb::SettledAt {
        rung: show::rung(*rung),
        small: *small,
        big: *big,
    });
    pb::Dashboard {
        received: figures.received,
        calls: figures.calls,
        calls_answered: ratio(figures.calls_answered, figures.calls),
        calls_by_return_call: figures.calls_by_return_call,
        calls_visit_ordered: figures.calls_visit_ordered,
        accepted: ratio(figures.accepted, figures.received),
        arrived: ratio(figures.arrived, figures.must_visit),
        completed: figures.completed,
        confirmed_solved: figures.confirmed_solved,
        closed: figures.closed,
        closed_unconfirmed: figures.closed_unconfirmed,
        overdue: ratio(figures.overdue, figures.received),
        reopened: figures.reopened,
        to_township: figures.to_township,
        to_county: figures.to_county,
        open: figures.open,
        satisfied_of_due: ratio(figures.satisfied, figures.verdicts_due),
        satisfied_of_reached: ratio(figures.satisfied, figures.reached),
        verdicts_in_presence: figures.in_presence,
        settled: settled.collect(),
    }
}
