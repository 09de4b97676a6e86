//! Whether a profile contradicts itself: levels without a way up, ratios of what is nowhere.

use super::profile::{Counted, Level, ProfileDocument, Ratio};
use crate::shared::ladder::Rung;

/// One thing a profile leaves open or gets wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub text: String,
    pub zh: String,
}

impl Problem {
    fn new(text: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { text: text.into(), zh: zh.into() }
    }
}

/// Everything wrong with `document`; empty when it may be published.
#[must_use]
pub fn problems(document: &ProfileDocument) -> Vec<Problem> {
    let mut found = Vec::new();
    if document.id.trim().is_empty() || document.version == 0 {
        found.push(Problem::new(
            "id must be named and version at least 1",
            "应填写 id,version 至少为 1",
        ));
    }
    let roots: Vec<_> = document.levels.iter().filter(|level| level.parents.is_empty()).collect();
    if !matches!(roots.as_slice(), [root] if root.rung == Rung::County) {
        found.push(Problem::new(
            "exactly one level has no parents, and it is on the county's rung",
            "应有且只有一个没有上级的类型,且属县级(rung = \"county\")",
        ));
    }
    if !document.levels.iter().any(|level| level.households) {
        found.push(Problem::new(
            "no level takes households; set households = true on one",
            "没有承接住户的类型,请在某一类型上写 households = true",
        ));
    }
    for (place, level) in document.levels.iter().enumerate() {
        let twice = document.levels.iter().skip(place + 1).any(|other| other.kind == level.kind);
        if twice || level.kind.trim().is_empty() {
            found.push(Problem::new(
                format!("two levels are called '{}', or it has no name", level.kind),
                format!("类型“{}”重名或为空", level.kind),
            ));
        }
        level_problems(document, level, &mut found);
    }
    for (place, ratio) in document.ratios.iter().enumerate() {
        if document.ratios.iter().skip(place + 1).any(|other| other.id == ratio.id) {
            found.push(Problem::new(
                format!("two ratios are called {}", ratio.id),
                format!("有两条比例规则同名“{}”", ratio.id),
            ));
        }
        ratio_problems(document, ratio, &mut found);
    }
    found
}

fn level_problems(document: &ProfileDocument, level: &Level, found: &mut Vec<Problem>) {
    let kind = &level.kind;
    for parent in &level.parents {
        match document.level(parent) {
            None => found.push(Problem::new(
                format!("{kind}: parent '{parent}' is no level"),
                format!("“{kind}”的上级“{parent}”不是本方案的类型"),
            )),
            Some(above) if above.rung < level.rung => found.push(Problem::new(
                format!("{kind}: stands above its parent '{parent}'"),
                format!("“{kind}”的层级高于其上级“{parent}”"),
            )),
            Some(_) => {}
        }
    }
    if !climbs(document, level) {
        found.push(Problem::new(
            format!("{kind}: no way leads up to the county"),
            format!("“{kind}”无法逐级上到县级"),
        ));
    }
    for (place, post) in level.posts.iter().enumerate() {
        let twice = level.posts.iter().skip(place + 1).any(|other| other.title == post.title);
        if twice || post.title.trim().is_empty() || post.max.is_some_and(|max| max < post.min) {
            found.push(Problem::new(
                format!(
                    "{kind}: post '{}' is named once, and its max is not below its min",
                    post.title
                ),
                format!("“{kind}”的岗位“{}”重名、为空或上限低于下限", post.title),
            ));
        }
    }
}

/// Whether following parents reaches the root, at most as many steps as there are levels.
fn climbs(document: &ProfileDocument, level: &Level) -> bool {
    let mut reached = vec![level.kind.as_str()];
    for _ in &document.levels {
        let above = reached.iter().filter_map(|kind| document.level(kind));
        if above.clone().any(|level| level.parents.is_empty()) {
            return true;
        }
        reached = above.flat_map(|level| level.parents.iter().map(String::as_str)).collect();
        reached.sort_unstable();
        reached.dedup();
    }
    false
}

fn ratio_problems(document: &ProfileDocument, ratio: &Ratio, found: &mut Vec<Problem>) {
    let id = &ratio.id;
    let bounds = match (ratio.min, ratio.max) {
        (None, None) => false,
        (Some(min), Some(max)) => min <= max,
        (Some(_), None) | (None, Some(_)) => true,
    };
    if id.trim().is_empty() || id.contains('/') || !bounds {
        found.push(Problem::new(
            format!("ratio '{id}': an id without '/', and min or max, min not above max"),
            format!("比例规则“{id}”:编号不能含“/”,应有 min 或 max,且 min 不大于 max"),
        ));
    }
    if document.level(&ratio.at).is_none() {
        found.push(Problem::new(
            format!("ratio '{id}': at = '{}' is no level", ratio.at),
            format!("比例规则“{id}”的 at“{}”不是本方案的类型", ratio.at),
        ));
    }
    for counted in [&ratio.count, &ratio.per] {
        let named = match counted {
            Counted::Unit | Counted::Households | Counted::Devices => true,
            Counted::Units(kind) => document.level(kind).is_some(),
            Counted::Posts(title) => {
                let mut posts = document.levels.iter().flat_map(|level| &level.posts);
                posts.any(|post| post.title == *title)
            }
        };
        if !named {
            found.push(Problem::new(
                format!("ratio '{id}' counts {counted:?}, which no level has"),
                format!("比例规则“{id}”所数的 {counted:?} 在各类型中都没有"),
            ));
        }
    }
}
