//! What waits for a second person, as far as the caller sees it.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::event::Ask;
use views::privacy::RequestRow;

use super::record;
use crate::decide::Action;
use crate::sealing::Owner;
use crate::{Api, ApiError, Caller, paging, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListPrivacyRequestsRequest,
) -> Result<pb::ListPrivacyRequestsResponse, ApiError> {
    let size = paging::size(body.page_size)?;
    api.fresh(body.min_position).await?;
    let (mut after, mut requests) = (body.after, Vec::new());
    let mut more = true;
    while more && requests.len() < size as usize {
        let rows = api.views.privacy_requests(after, api.now(), size).await?;
        more = rows.len() == size as usize;
        for row in &rows {
            after = row.position;
            match api.may_on_file(&caller, Action::ListPrivacyRequests, row.file).await {
                Ok(()) => requests.push(request(&api, row).await),
                Err(ApiError::NotFound) => {}
                Err(error) => return Err(error),
            }
            if requests.len() == size as usize {
                more = true;
                break;
            }
        }
    }
    Ok(pb::ListPrivacyRequestsResponse {
        requests,
        next_after: if more { after } else { 0 },
        as_of: Some(api.as_of().await),
    })
}

async fn request(api: &Api, row: &RequestRow) -> pb::PrivacyRequest {
    let (ask, ask_zh) = record::ask_name(row.ask);
    let (extent, basis) = match row.ask {
        Ask::Erase { extent, basis } => (record::extent_of(extent), record::basis_of(basis)),
        Ask::Unmask | Ask::BreakGlass | Ask::Unfreeze | Ask::LiftHold { .. } => (0, 0),
    };
    let owner = Owner::privacy(record::stream(row.file));
    pb::PrivacyRequest {
        file: row.file.to_string(),
        number: row.number,
        ask: ask.into(),
        ask_zh: ask_zh.into(),
        extent,
        basis,
        by: row.by.principal.clone(),
        reason: api.open_masked(&owner, "reason", Some(&row.reason)).await,
        made_at: wire::timestamp(row.at),
        lapses_at: wire::timestamp(row.until),
    }
}
