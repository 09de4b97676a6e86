//! Creates many posts, appoints to them, and puts them on the rosters of their units.

use std::collections::BTreeMap;

use commands::streams;
use contract::bidao::org::v1 as pb;
use domain::org::command::{Appoint, CreatePost, SetRoster};
use domain::org::{Org, OrgVerb};
use domain::shared::ids::{PersonId, PostId, UnitId};
use domain::shared::moment::Moment;

use super::batch::{Batch, Made, answer, each, failed, write_of};
use super::record::NAME_CHARS_MAX;
use super::set_roster::ROSTER_MAX;
use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::BatchCreatePostsRequest,
) -> Result<pb::BatchCreatePostsResponse, ApiError> {
    let action = Action::BatchCreatePosts;
    let batch = Batch::begin(api, caller, action, (body.items.len(), body.dry_run)).await?;
    let on_roster: Vec<_> = body.items.iter().map(|item| item.on_roster).collect();
    let mut results = each(&batch, body.items, one).await;
    if !batch.dry_run {
        put_on_rosters(&batch, &on_roster, &mut results).await?;
    }
    Ok(pb::BatchCreatePostsResponse { failed: failed(&results), results })
}

async fn one(batch: Batch, item: pb::PostItem) -> Result<Made, ApiError> {
    let write = write_of(&item, &item.request_id)?;
    let title: String = wire::text("title", &item.title, NAME_CHARS_MAX)?.trim().into();
    let unit = batch.unit(&item.unit_id, &item.unit_code).await?;
    let number = item.number.max(1);
    let code = format!("{unit}\u{1f}{title}\u{1f}{number}");
    let post = PostId(match wire::optional_id("post_id", &item.post_id)? {
        Some(id) => id,
        None => streams::derived(&["post", &batch.api.commands.county6, &code]),
    });
    let appointment = appointment(&batch, &item).await?;
    let verb = OrgVerb::CreatePost(CreatePost { post, unit, title });
    let made = batch.record(post.0, write, verb).await?;
    match appointment {
        Some(verb) => appoint(&batch, &item, post, verb, made).await,
        None => Ok(made),
    }
}

async fn appointment(batch: &Batch, item: &pb::PostItem) -> Result<Option<Appoint>, ApiError> {
    if item.person_id.is_empty() && item.person_code.trim().is_empty() {
        return Ok(None);
    }
    let named = (item.person_id.as_str(), item.person_code.as_str());
    let person = PersonId(batch.id("person", "person_id", named)?);
    let field = if item.person_id.is_empty() { "person_code" } else { "person_id" };
    batch.api.require_person(field, person).await?;
    Ok(Some(Appoint {
        person,
        from: wire::optional_time("from", item.from.as_ref())?,
        until: wire::optional_time("until", item.until.as_ref())?,
    }))
}

/// The appointment repeats with the item. Who sits there already is not appointed once more.
async fn appoint(
    batch: &Batch,
    item: &pb::PostItem,
    post: PostId,
    verb: Appoint,
    made: Made,
) -> Result<Made, ApiError> {
    let person = verb.person;
    let now = Moment(batch.api.commands.clock.now_us());
    let sits = batch.api.commands.org.read(post.0, |org, _| match org {
        Org::Post(known) => known.appointed_at(now) == Some(person),
        Org::Absent | Org::Tree(_) | Org::Person(_) | Org::Household(_) | Org::Device(_) => false,
    });
    let sits = sits.await? == Some(true);
    if batch.dry_run || (verb.from.is_none() && sits) {
        return Ok(made);
    }
    let id = streams::derived(&[&item.request_id, &post.to_string(), "appoint"]).to_string();
    let id = if item.request_id.is_empty() { String::new() } else { id };
    let appointed = batch.record(post.0, write_of(item, &id)?, OrgVerb::Appoint(verb)).await?;
    let repeated = made.receipt.repeated && appointed.receipt.repeated;
    let receipt = contract::bidao::common::v1::Receipt { repeated, ..appointed.receipt };
    Ok(Made { receipt, ..made })
}

/// Puts the posts made on the rosters of their units, behind those that stand there.
async fn put_on_rosters(
    batch: &Batch,
    on_roster: &[bool],
    results: &mut [pb::BatchResult],
) -> Result<(), ApiError> {
    let mut by_unit: BTreeMap<UnitId, Vec<(usize, PostId)>> = BTreeMap::new();
    for (index, result) in results.iter().enumerate() {
        let wanted = result.code == 0 && on_roster.get(index).copied().unwrap_or(false);
        let Some(post) = wanted.then(|| result.id.parse().ok()).flatten() else { continue };
        if let Some(holder) = batch.api.commands.holder(post).await? {
            by_unit.entry(holder.unit).or_default().push((index, post));
        }
    }
    for (unit, posts) in by_unit {
        if let Err(error) = extend_roster(batch, unit, &posts).await {
            let zh = error.zh();
            for (index, _) in posts {
                let failed = ApiError::shape("on_roster", "the roster was not set", &zh);
                if let Some(result) = results.get_mut(index) {
                    *result = answer(index, Err(failed));
                }
            }
        }
    }
    Ok(())
}

async fn extend_roster(
    batch: &Batch,
    unit: UnitId,
    posts: &[(usize, PostId)],
) -> Result<(), ApiError> {
    let known = batch.api.commands.tree(|tree| tree.units.get(&unit).map(|u| u.roster.clone()));
    let mut roster = known.await?.flatten().unwrap_or_default();
    let before = roster.len();
    for (_, post) in posts {
        if !roster.contains(post) {
            roster.push(*post);
        }
    }
    if roster.len() > ROSTER_MAX {
        return Err(ApiError::shape(
            "on_roster",
            "must hold at most 50 posts",
            "值班表最多 50 个岗位",
        ));
    }
    if roster.len() == before {
        return Ok(());
    }
    let verb = SetRoster { unit, posts: roster, from: None, until: None };
    let stream = streams::tree(&batch.api.commands.county6);
    batch.record(stream, Write::default(), OrgVerb::SetRoster(verb)).await?;
    Ok(())
}
