//! Up to 1000 matters of another system; one bad item fails alone.

use contract::bidao::intake::v1 as pb;
use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use super::register;
use crate::{Api, ApiError, Caller, mark};

const ITEMS_MAX: usize = 1_000;
/// Under way together, so that they share commits.
const TOGETHER: usize = 64;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::BatchRegisterRequest,
) -> Result<pb::BatchRegisterResponse, ApiError> {
    if !(1..=ITEMS_MAX).contains(&body.items.len()) {
        return Err(ApiError::shape("items", "must hold 1 to 1000 items", "应有 1 至 1000 项"));
    }
    let items = body.items.into_iter().map(|item| one(api.clone(), caller.clone(), item));
    let results = stream::iter(items).buffered(TOGETHER).collect().await;
    Ok(pb::BatchRegisterResponse { results })
}

async fn one(api: Api, caller: Caller, item: pb::BatchRegisterItem) -> pb::BatchRegisterResult {
    let request = pb::RegisterRequest {
        request_id: item.request_id,
        matter: item.matter,
        source: item.source,
        external_system: item.external_system,
        external_id: item.external_id,
        occurred_at: item.occurred_at,
        consent: item.consent,
    };
    let began = Instant::now();
    match mark::kept(began, register::run(api, caller, request).await).await {
        Ok(answer) => pb::BatchRegisterResult {
            issue_id: answer.issue_id,
            receipt: answer.receipt,
            receipt_code: answer.receipt_code,
            ..pb::BatchRegisterResult::default()
        },
        Err(error) => {
            let (code, reason, message_zh) = error.for_item();
            pb::BatchRegisterResult { code, reason, message_zh, ..Default::default() }
        }
    }
}
