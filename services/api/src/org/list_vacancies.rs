//! Posts nobody sits in now, units without a roster, and posts the profile asks for that are missing.

use contract::bidao::org::v1 as pb;
use views::coverage::Standing;
use views::org_tree::UnitRow;

use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListVacanciesRequest,
) -> Result<pb::ListVacanciesResponse, ApiError> {
    api.fresh(body.min_position).await?;
    let standing = api.standing(&caller, &body.unit_id, 0).await?;
    let found: Vec<_> =
        standing.units.iter().flat_map(|unit| vacancies_of(&standing, unit)).collect();
    let total = found.len() as u64;
    let filter = format!("vacancies\n{}", body.unit_id);
    let page = (body.page_size, body.page_token.as_str());
    let (vacancies, next_page_token) = api.page(found, &filter, page)?;
    Ok(pb::ListVacanciesResponse {
        vacancies,
        total,
        next_page_token,
        as_of: Some(api.as_of().await),
    })
}

fn vacancies_of(standing: &Standing, unit: &UnitRow) -> Vec<pb::Vacancy> {
    let base = || pb::Vacancy {
        unit_id: unit.id.to_string(),
        unit_name: unit.name.clone(),
        unit_code: unit.code.clone(),
        ..pb::Vacancy::default()
    };
    let mut found = Vec::new();
    let roster = standing.rosters.get(&unit.id).map(Vec::as_slice).unwrap_or_default();
    if roster.is_empty() {
        found.push(pb::Vacancy { kind: pb::VacancyKind::NoRoster.into(), ..base() });
    }
    let posts = standing.posts.get(&unit.id).map(Vec::as_slice).unwrap_or_default();
    for post in posts.iter().filter(|post| post.person.is_none()) {
        found.push(pb::Vacancy {
            kind: pb::VacancyKind::PostVacant.into(),
            post_id: post.id.to_string(),
            title: post.title.clone(),
            on_roster: roster.contains(&post.id),
            vacant_since: post.left_at.and_then(wire::timestamp),
            ..base()
        });
    }
    let level = standing.profile.as_ref().and_then(|profile| profile.document.level(&unit.kind));
    for rule in level.into_iter().flat_map(|level| &level.posts) {
        let there = posts.iter().filter(|post| post.title == rule.title).count() as u64;
        let missing = u64::from(rule.min).saturating_sub(there);
        if missing > 0 {
            found.push(pb::Vacancy {
                kind: pb::VacancyKind::PostMissing.into(),
                title: rule.title.clone(),
                missing,
                ..base()
            });
        }
    }
    found
}
