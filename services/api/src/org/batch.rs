//! What all batches share: every item has an effect and an answer of its own (AIP-231).

use std::future::Future;

use commands::facts::Facts;
use commands::streams;
use contract::bidao::common::v1::Receipt;
use contract::bidao::org::v1 as pb;
use domain::org::{OrgCommand, OrgVerb};
use domain::shared::ids::UnitId;
use prost::Message;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::decide::{Action, Resource, decide};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const ITEMS_MAX: usize = 1_000;
/// Items under way at once: as many as share a commit of the log.
const AT_ONCE: usize = 64;

/// One batch: who asks, and whether anything is written.
#[derive(Clone)]
pub(super) struct Batch {
    pub api: Api,
    pub caller: Caller,
    pub action: Action,
    pub dry_run: bool,
    facts: Facts,
}

/// What an item made, or would make.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    pub id: Uuid,
    pub receipt: Receipt,
}

impl Batch {
    pub(super) async fn begin(
        api: Api,
        caller: Caller,
        action: Action,
        (items, dry_run): (usize, bool),
    ) -> Result<Self, ApiError> {
        if items == 0 || items > ITEMS_MAX {
            return Err(ApiError::shape(
                "items",
                &format!("must hold 1 to {ITEMS_MAX} items, holds {items}"),
                &format!("应有 1 至 {ITEMS_MAX} 条,现有 {items} 条"),
            ));
        }
        let facts = api.commands.facts(caller.actor.clone(), None).await?;
        Ok(Self { api, caller, action, dry_run, facts })
    }

    /// Executes one verb on the record in `stream`, or only decides it.
    pub(super) async fn record(
        &self,
        stream: Uuid,
        write: Write,
        verb: OrgVerb,
    ) -> Result<Made, ApiError> {
        let request = self.api.request(&self.caller, self.action, write);
        let command = |now| OrgCommand { given: self.facts.at(now), verb: verb.clone() };
        let org = &self.api.commands.org;
        if self.dry_run {
            let repeated = !org.preview(stream, &request, command).await?;
            return Ok(Made { id: stream, receipt: Receipt { repeated, ..Receipt::default() } });
        }
        let done = org.execute(stream, &request, command).await?;
        Ok(Made { id: done.receipt.stream.id, receipt: receipt(&done) })
    }

    /// The facts of this batch, with a time.
    pub(super) fn given(&self) -> domain::shared::given::Given {
        self.facts.at(self.api.commands.clock.now_us())
    }

    /// The unit named by id or code, where the caller may act.
    pub(super) async fn unit(&self, id: &str, code: &str) -> Result<UnitId, ApiError> {
        let named = wire::optional_id::<UnitId>("unit_id", id)?;
        let seen = self.api.commands.tree(|tree| {
            let unit = named.or_else(|| tree.by_code(code.trim())).map(|unit| tree.resolve(unit));
            unit.map(|unit| (unit, tree.area_path(unit)))
        });
        let found = seen.await?.flatten().filter(|(_, path)| !path.is_empty());
        let (unit, area_path) = found.ok_or_else(|| no_unit("unit_code", code))?;
        // What is out of sight answers like what does not exist.
        decide(&self.caller, self.action, &Resource::at(area_path), self.api.now())
            .map_err(|_| no_unit("unit_code", code))?;
        Ok(unit)
    }

    /// The id given, or the one that follows from the record's code: a repeated import finds the same
    /// record. Codes of households and persons are not stored anywhere.
    pub(super) fn id(
        &self,
        kind: &str,
        field: &str,
        (id, code): (&str, &str),
    ) -> Result<Uuid, ApiError> {
        if let Some(id) = wire::optional_id(field, id)? {
            return Ok(id);
        }
        let code = wire::text("code", code, 100)?.trim();
        Ok(streams::derived(&[kind, &self.api.commands.county6, code]))
    }
}

pub(super) fn no_unit(field: &str, code: &str) -> ApiError {
    let code = code.trim();
    ApiError::shape(
        field,
        &format!("must name a unit in sight; there is none for '{code}'"),
        &format!("没有编码为“{code}”的单位"),
    )
}

/// Runs `one` for every item, many at once, and answers in the order of the items.
pub(super) async fn each<I, F: Future<Output = Result<Made, ApiError>> + Send + 'static>(
    batch: &Batch,
    items: Vec<I>,
    one: impl Fn(Batch, I) -> F,
) -> Vec<pb::BatchResult> {
    let mut results = Vec::with_capacity(items.len());
    results.resize_with(items.len(), pb::BatchResult::default);
    let mut running = JoinSet::new();
    for (index, item) in items.into_iter().enumerate() {
        if running.len() >= AT_ONCE {
            take(&mut results, running.join_next().await);
        }
        let work = one(batch.clone(), item);
        running.spawn(async move { (index, work.await) });
    }
    while !running.is_empty() {
        take(&mut results, running.join_next().await);
    }
    // An item whose task broke has no answer; say so instead of calling it done.
    for (index, result) in results.iter_mut().enumerate().filter(|(_, result)| !is_answered(result))
    {
        *result = answer(index, Err(ApiError::Internal("a batch item's task ended".into())));
    }
    results
}

type Joined = Option<Result<(usize, Result<Made, ApiError>), tokio::task::JoinError>>;

fn take(results: &mut [pb::BatchResult], joined: Joined) {
    if let Some(Ok((index, made))) = joined
        && let Some(place) = results.get_mut(index)
    {
        *place = answer(index, made);
    }
}

fn is_answered(result: &pb::BatchResult) -> bool {
    result.receipt.is_some() || result.code != 0
}

pub(super) fn answer(index: usize, made: Result<Made, ApiError>) -> pb::BatchResult {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    match made {
        Ok(made) => pb::BatchResult {
            index,
            receipt: Some(made.receipt),
            id: made.id.to_string(),
            ..pb::BatchResult::default()
        },
        Err(error) => pb::BatchResult {
            index,
            code: error.code().into(),
            reason: error.reason().into(),
            message: error.message(),
            message_zh: error.zh(),
            ..pb::BatchResult::default()
        },
    }
}

pub(super) fn failed(results: &[pb::BatchResult]) -> u32 {
    u32::try_from(results.iter().filter(|result| result.code != 0).count()).unwrap_or(u32::MAX)
}

/// A write of one item; its whole contents are what its id stands for.
pub(super) fn write_of(item: &impl Message, request_id: &str) -> Result<Write, ApiError> {
    Write::of(item, request_id, "")
}
