//! Posts that serve more, or whose holder sits in more posts, than the profile's rules say. Rows are
//! posts, never persons (LOOP M6).

use std::collections::HashMap;

use contract::bidao::org::v1 as pb;
use domain::org::profile::Counted;
use domain::org::ratio::Violation;
use domain::shared::ids::UnitId;
use views::coverage::{PostNow, Standing};
use views::org_tree::UnitRow;

use super::coverage::violation;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListOverloadsRequest,
) -> Result<pb::ListOverloadsResponse, ApiError> {
    api.fresh(body.min_position).await?;
    let standing = api.standing(&caller, &body.unit_id, 0).await?;
    let mut broken: HashMap<UnitId, Vec<&Violation>> = HashMap::new();
    for found in &standing.violations {
        broken.entry(found.unit).or_default().push(found);
    }
    let of = |unit: &UnitRow| broken.get(&unit.id).map(Vec::as_slice).unwrap_or_default();
    let units = standing.units.iter();
    let found: Vec<_> = units.flat_map(|unit| overloads_of(&standing, unit, of(unit))).collect();
    let total = found.len() as u64;
    let filter = format!("overloads\n{}", body.unit_id);
    let page = (body.page_size, body.page_token.as_str());
    let (overloads, next_page_token) = api.page(found, &filter, page)?;
    Ok(pb::ListOverloadsResponse {
        overloads,
        total,
        next_page_token,
        as_of: Some(api.as_of().await),
    })
}

fn overloads_of(
    standing: &Standing,
    unit: &UnitRow,
    violations: &[&Violation],
) -> Vec<pb::Overload> {
    let Some(profile) = &standing.profile else { return Vec::new() };
    let base = || pb::Overload {
        unit_id: unit.id.to_string(),
        unit_name: unit.name.clone(),
        unit_code: unit.code.clone(),
        ..pb::Overload::default()
    };
    let mut found = Vec::new();
    for broken in violations {
        let ratio = profile.document.ratios.iter().find(|ratio| ratio.id == broken.rule);
        let Some(Counted::Posts(title)) = ratio.map(|ratio| &ratio.per) else { continue };
        let above = broken.max.is_some_and(|max| broken.count > u64::from(max) * broken.per);
        if above {
            let (post_title, violation) = (title.clone(), Some(violation(broken)));
            found.push(pb::Overload { post_title, violation, ..base() });
        }
    }
    let Some(max) = profile.document.posts_per_person_max else { return found };
    let posts = standing.posts.get(&unit.id).into_iter().flatten();
    for post in posts.filter(|post| post.posts_of_person > max) {
        found.push(pb::Overload {
            post_id: post.id.to_string(),
            post_title: post.title.clone(),
            violation: Some(too_many_posts(post, max)),
            ..base()
        });
    }
    found
}

fn too_many_posts(post: &PostNow, max: u32) -> pb::RuleViolation {
    pb::RuleViolation {
        rule: "posts_per_person_max".into(),
        title: format!("一人任职不超过 {max} 个岗位"),
        count: post.posts_of_person.into(),
        per: 1,
        max: Some(max),
        ..pb::RuleViolation::default()
    }
}
