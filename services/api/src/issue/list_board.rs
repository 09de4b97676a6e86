//! Issues the caller may see: filtered, ordered, page by page.

use contract::bidao::issue::v1 as pb;
use domain::issue::Stage;
use domain::shared::moment::Moment;
use serde::Serialize;
use uuid::Uuid;
use views::Viewer;
use views::board::{BoardQuery, Order};
use views::issue_row::IssueRow;

use super::rows::issue_row;
use crate::filter::{Fields, Filter, Value};
use crate::{Api, ApiError, Caller, mask, paging};

/// Rows looked at for one page of a filter that few fit; the page then ends early, and its token goes on.
const LOOKED_AT_MAX: usize = 20_000;
const AT_ONCE: u32 = 500;

const FIELDS: Fields = &[
    ("stage", Value::Text(String::new())),
    ("category", Value::Text(String::new())),
    ("nature", Value::Text(String::new())),
    ("urgency", Value::Text(String::new())),
    ("rung", Value::Text(String::new())),
    ("track", Value::Text(String::new())),
    ("place_unit_id", Value::Text(String::new())),
    ("holder_post_id", Value::Text(String::new())),
    ("case_no", Value::Text(String::new())),
    ("overdue", Value::Flag(false)),
    ("must_visit", Value::Flag(false)),
    ("reopens", Value::Number(0)),
    ("registered_at", Value::Time(None)),
    ("next_due_at", Value::Time(None)),
];

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListBoardRequest,
) -> Result<pb::ListBoardResponse, ApiError> {
    let size = paging::size(body.page_size)?;
    require_stage(&body.stage)?;
    let filter = Filter::parse(&body.filter, FIELDS)?;
    require_words(&filter)?;
    let order = order(&body.order_by)?;
    let bound = format!(
        "board/{}/{}/{}/{}/{}/{}",
        body.unit_id, body.stage, body.include_closed, body.stuck_only, body.filter, body.order_by
    );
    let after = api.after_token(&bound, &body.page_token)?;
    api.fresh(body.min_position).await?;
    let viewer = api.narrowed(&caller, &body.unit_id).await?;
    let include_closed = body.include_closed || body.stage == Stage::Closed.name();
    let stuck_only = body.stuck_only;
    let query = BoardQuery { stage: body.stage, include_closed, stuck_only, order, after, max: 0 };
    let (rows, next) = page(&api, &viewer, query, &filter, size as usize).await?;
    let names = api.views.names(&viewer).await?;
    let shown = rows.iter().map(|row| {
        mask::keep("bidao.issue.v1.IssueRow", body.read_mask.as_ref(), issue_row(row, &names))
    });
    Ok(pb::ListBoardResponse {
        issues: shown.collect::<Result<_, _>>()?,
        next_page_token: next.map(|key| api.page_token(&bound, key)).unwrap_or_default(),
        as_of: Some(api.as_of().await),
    })
}

/// A word that no row can hold is a mistake, not an empty list.
fn require_words(filter: &Filter) -> Result<(), ApiError> {
    let stages = Stage::ALL.map(Stage::name).to_vec();
    let words: [(&str, Vec<&str>); 5] = [
        ("stage", stages),
        ("rung", vec!["grid", "village", "township", "county"]),
        ("urgency", vec!["normal", "urgent"]),
        ("track", vec!["service", "petition", "supervision"]),
        ("nature", vec!["consultation", "help", "complaint", "report", "suggestion"]),
    ];
    for (field, known) in words {
        let mut asked = Vec::new();
        filter.words(field, &mut asked);
        if asked.iter().any(|word| !known.contains(word)) {
            let known = known.join(", ");
            return Err(ApiError::shape(
                "filter",
                &format!("{field} must be one of {known}"),
                &format!("{field} 应为 {known} 之一"),
            ));
        }
    }
    Ok(())
}

/// Rows that fit, and where the next page goes on.
async fn page(
    api: &Api,
    viewer: &Viewer,
    mut query: BoardQuery,
    filter: &Filter,
    size: usize,
) -> Result<(Vec<IssueRow>, Option<(i64, Uuid)>), ApiError> {
    let plain = *filter == Filter::Everything;
    query.max = if plain { u32::try_from(size).unwrap_or(AT_ONCE) + 1 } else { AT_ONCE };
    let mut found = Vec::new();
    let mut looked_at = 0;
    loop {
        let rows = api.views.board(viewer, &query).await?;
        let last = rows.len() < query.max as usize;
        looked_at += rows.len();
        for row in rows {
            let key = query.order.key(&row);
            if filter.fits(&|name| field(&row, name)) {
                if found.len() == size {
                    return Ok((found, query.after));
                }
                found.push(row);
            }
            query.after = Some(key);
        }
        if last {
            return Ok((found, None));
        }
        if looked_at >= LOOKED_AT_MAX {
            return Ok((found, query.after));
        }
    }
}

fn field(row: &IssueRow, name: &str) -> Option<Value> {
    let issue = &row.issue;
    let matter = &issue.matter;
    Some(match name {
        "stage" => Value::Text(issue.stage.name().into()),
        "category" => Value::Text(matter.category.clone()),
        "nature" => Value::Text(word(&matter.nature)),
        "urgency" => Value::Text(word(&matter.urgency)),
        "rung" => Value::Text(issue.rung.name().into()),
        "track" => Value::Text(issue.track.name().into()),
        "place_unit_id" => Value::Text(issue.place.to_string()),
        "holder_post_id" => {
            Value::Text(issue.lead().map(|lead| lead.post.to_string()).unwrap_or_default())
        }
        "case_no" => Value::Text(row.case_no.clone()),
        "overdue" => Value::Flag(row.overdue),
        "must_visit" => Value::Flag(issue.must_visit),
        "reopens" => Value::Number(issue.reopens.into()),
        "registered_at" => Value::Time(Some(row.registered_at)),
        "next_due_at" => Value::Time(row.next_due().map(|(_, at): (_, Moment)| at)),
        _ => return None,
    })
}

/// As it is written in JSON: help, urgent.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.and_then(|value| value.as_str().map(Into::into)).unwrap_or_default()
}

fn order(text: &str) -> Result<Order, ApiError> {
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [] | ["next_due_at"] => Ok(Order::NextDue),
        ["registered_at"] => Ok(Order::Registered),
        ["registered_at", "desc"] => Ok(Order::RegisteredDescending),
        _ => Err(ApiError::shape(
            "order_by",
            "must be next_due_at, registered_at or registered_at desc",
            "应为 next_due_at、registered_at 或 registered_at desc",
        )),
    }
}

/// A stage's name, or nothing.
pub(super) fn require_stage(stage: &str) -> Result<(), ApiError> {
    let known: Vec<_> = Stage::ALL.iter().skip(1).map(|stage| stage.name()).collect();
    if stage.is_empty() || known.contains(&stage) {
        return Ok(());
    }
    let known = known.join(", ");
    Err(ApiError::shape("stage", &format!("must be one of {known}"), &format!("应为 {known} 之一")))
}
