//! How issues are shown.

use contract::bidao::issue::v1 as pb;
use views::issue_row::IssueRow;
use views::org_tree::Names;

use crate::write::etag;
use crate::{show, wire};

pub(super) fn issue_row(row: &IssueRow, names: &Names) -> pb::IssueRow {
    let next = row.next_due();
    let issue = &row.issue;
    pb::IssueRow {
        id: issue.id.to_string(),
        case_no: row.case_no.clone(),
        stage: issue.stage.name().into(),
        stage_zh: issue.stage.zh().into(),
        category: issue.matter.category.clone(),
        nature: show::nature(issue.matter.nature),
        urgency: show::urgency(issue.matter.urgency),
        place_unit_id: issue.place.to_string(),
        place_unit_name: names.of(issue.place.0),
        rung: show::rung(issue.rung),
        holder: issue.lead().map(|holder| show::holder(holder, names)),
        registered_at: wire::timestamp(row.registered_at),
        next_due_at: next.and_then(|(_, at)| wire::timestamp(at)),
        next_clock: next.map(|(clock, _)| clock.name()).unwrap_or_default().into(),
        reopens: issue.reopens,
        overdue: row.overdue,
        must_visit: issue.must_visit,
        stuck: row.stuck().iter().map(|why| why.zh().into()).collect(),
        etag: etag(row.version),
        outcome: row.outcome.map(|outcome| outcome.name().into()).unwrap_or_default(),
    }
}
