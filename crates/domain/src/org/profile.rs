//! The profile of a county: its levels, the posts each should have, and its ratio rules, as data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::command::PublishProfile;
use super::event::ProfilePublished;
use super::tree::Tree;
use super::{Org, OrgError, OrgEvent, validation};
use crate::shared::ladder::Rung;

/// An immutable document; the one published last is in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileDocument {
    pub id: String,
    pub version: u32,
    pub title: String,
    pub levels: Vec<Level>,
    #[serde(default)]
    pub ratios: Vec<Ratio>,
    /// A cadre may hold several posts; above this many the load is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posts_per_person_max: Option<u32>,
}

/// A type of unit: the county's own word, its rung, and below which types it may stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub kind: String,
    pub rung: Rung,
    /// Empty for the root alone.
    #[serde(default)]
    pub parents: Vec<String>,
    /// Households belong to units of this type; elsewhere they are “without a grid”.
    #[serde(default)]
    pub households: bool,
    #[serde(default)]
    pub posts: Vec<PostRule>,
}

/// How many posts of a title a unit should have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostRule {
    pub title: String,
    #[serde(default)]
    pub min: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

/// `count` per `per` within every unit of type `at`, its subtree included. It warns and never blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    pub id: String,
    pub title: String,
    pub at: String,
    pub count: Counted,
    #[serde(default)]
    pub per: Counted,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

/// What a ratio counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// The unit itself: one.
    #[default]
    Unit,
    Households,
    Devices,
    /// Units of a type.
    Units(String),
    /// Posts of a title.
    Posts(String),
}

/// Which document: the hash tells another text under the same version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileRef {
    pub id: String,
    pub version: u32,
    pub hash: String,
}

/// A published document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub profile: ProfileRef,
    pub document: Arc<ProfileDocument>,
    pub text: String,
}

impl ProfileDocument {
    #[must_use]
    pub fn level(&self, kind: &str) -> Option<&Level> {
        self.levels.iter().find(|level| level.kind == kind)
    }

    /// The words of all levels, as a refusal prints them.
    #[must_use]
    pub fn kinds(&self) -> String {
        self.levels.iter().map(|level| level.kind.as_str()).collect::<Vec<_>>().join("、")
    }

    /// Every rule that can be violated or waived: the ratios, and the posts of each level.
    pub fn rules(&self) -> impl Iterator<Item = String> {
        let posts = self.levels.iter().flat_map(|level| {
            level.posts.iter().map(|post| staffing_rule(&level.kind, &post.title))
        });
        self.ratios.iter().map(|ratio| ratio.id.clone()).chain(posts)
    }

    /// Whether a unit of this type may stand there. Another word than the profile's is a mistake of
    /// typing far more often than a new type.
    ///
    /// # Errors
    /// Names what the profile expects.
    pub fn admits(&self, kind: &str, rung: Rung, parent: Option<&str>) -> Result<(), OrgError> {
        let Some(level) = self.level(kind) else {
            return Err(OrgError::KindUnknown { kind: kind.into(), known: self.kinds() });
        };
        if level.rung != rung {
            return Err(OrgError::KindOnOtherRung { kind: kind.into(), rung: level.rung });
        }
        let fits = match parent {
            None => level.parents.is_empty(),
            Some(parent) => level.parents.iter().any(|allowed| allowed == parent),
        };
        if fits {
            return Ok(());
        }
        Err(OrgError::ParentNotAllowed {
            kind: kind.into(),
            parent: parent.unwrap_or_default().into(),
            allowed: level.parents.join("、"),
        })
    }
}

/// The id of the rule on the posts of a title in units of a type.
#[must_use]
pub fn staffing_rule(kind: &str, title: &str) -> String {
    format!("{kind}/{title}")
}

/// # Errors
/// When the text is not a profile.
pub fn parse(text: &str) -> Result<ProfileDocument, OrgError> {
    toml::from_str(text).map_err(|error| {
        let line = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        OrgError::ProfileUnreadable(line)
    })
}

/// The same text again adds nothing; another text under the same version is refused.
pub fn publish(org: &Org, verb: PublishProfile) -> Result<Vec<OrgEvent>, OrgError> {
    let empty = Tree::default();
    let tree = super::tree::of(org, &empty)?;
    let document = parse(&verb.text)?;
    let problems = validation::problems(&document);
    if !problems.is_empty() {
        return Err(OrgError::ProfileIncomplete(problems));
    }
    let profile = ProfileRef {
        id: document.id.clone(),
        version: document.version,
        hash: hash_of(&verb.text),
    };
    let known = tree.profiles.iter().filter(|known| known.profile.id == profile.id);
    match known.max_by_key(|known| known.profile.version) {
        Some(newest) if newest.profile == profile => Ok(Vec::new()),
        Some(newest) if newest.profile.version >= profile.version => {
            Err(OrgError::ProfileVersionTaken { id: profile.id, version: profile.version })
        }
        Some(_) | None => Ok(vec![ProfilePublished { profile, document, text: verb.text }.into()]),
    }
}

fn hash_of(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
