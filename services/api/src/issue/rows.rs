//! How issues are shown.

use contract::bidao::issue::v1 as pb;
use views::board::IssueRow;
use views::org_tree::Names;

use crate::{show, wire};

pub(super) fn issue_row(row: &IssueRow, names: &Names) -> pb::IssueRow {
    let next = row.next_due();
    pb::IssueRow {
        id: row.id.to_string(),
        case_no: row.case_no.clone(),
        stage: row.stage.name().into(),
        stage_zh: row.stage.zh().into(),
        category: row.category.clone(),
        nature: show::nature(row.nature),
        urgency: show::urgency(row.urgency),
        place_unit_id: row.place.to_string(),
        place_unit_name: names.of(row.place.0),
        rung: show::rung(row.rung),
        holder: row.holder.as_ref().map(|holder| show::holder(holder, names)),
        registered_at: wire::timestamp(row.registered_at),
        next_due_at: next.and_then(|(_, at)| wire::timestamp(at)),
        next_clock: next.map(|(clock, _)| clock.name()).unwrap_or_default().into(),
        reopens: row.reopens,
        overdue: row.overdue,
        must_visit: row.must_visit,
    }
}
