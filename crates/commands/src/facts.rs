//! The facts a command brings along, looked up in streams at decision time. Views never decide.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::org::{DEVICE_OF, Device, Household, Org, Tree};
use domain::shared::actor::Actor;
use domain::shared::given::{Given, MergeLead};
use domain::shared::ids::{DeviceId, HouseholdId, PersonId, PostId, UnitId};
use domain::shared::ladder::{Holder, Ladder, Rung};
use domain::shared::moment::Moment;
use domain::shared::terms::PolicyBook;
use eventlog::LogError;

use crate::{Commands, streams};

/// A unit, and with it those above it, lowest first.
pub type Lineage = (UnitId, Vec<(Rung, UnitId)>);

/// Facts without a time: the command adds the time of its decision.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub actor: Actor,
    pub policies: Arc<PolicyBook>,
    pub ladder: Arc<Ladder>,
    /// Rung of the actor's unit in the tree.
    pub actor_rung: Option<Rung>,
    /// The post a clerk records for.
    pub on_behalf_of: Option<PostId>,
    /// When it happened, as the caller claims.
    pub occurred_at: Option<Moment>,
    /// The file an issue would be merged into.
    pub merge_lead: Option<MergeLead>,
    /// Drawn for this command, in 0..10,000: what is sampled cannot be foreseen.
    pub draw: u16,
}

impl Facts {
    #[must_use]
    pub fn at(&self, now_us: i64) -> Given {
        Given {
            now: Moment(now_us),
            actor: self.actor.clone(),
            policies: Arc::clone(&self.policies),
            ladder: Arc::clone(&self.ladder),
            actor_rung: self.actor_rung,
            on_behalf_of: self.on_behalf_of,
            occurred_at: self.occurred_at,
            merge_lead: self.merge_lead,
            draw: self.draw,
        }
    }
}

impl Commands {
    /// Facts for a command of `actor` about something in `unit`.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn facts(&self, actor: Actor, unit: Option<UnitId>) -> Result<Facts, LogError> {
        let mut ladder = match unit {
            Some(unit) => self.ladder(unit).await?,
            None => Ladder::default(),
        };
        if let Some(own) = actor.unit {
            ladder.lineage.extend(self.lineage(own).await?);
        }
        let actor_rung = match actor.unit {
            Some(unit) => self.rung_of(unit).await?,
            None => None,
        };
        let [a, b] = self.ids.bytes();
        let draw = u16::from_be_bytes([a, b]) % 10_000;
        let policies = self.policy_book().await?;
        let ladder = Arc::new(ladder);
        Ok(Facts { actor, policies, ladder, actor_rung, draw, ..Facts::default() })
    }

    /// As the unit is now, with itself and those above it.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn lineage(&self, unit: UnitId) -> Result<Option<Lineage>, LogError> {
        let seen = self.tree(|tree| {
            let upwards = tree.upwards(unit).map(|(id, found)| (found.rung, id));
            (tree.resolve(unit), upwards.collect())
        });
        seen.await
    }

    /// Every published document.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn policy_book(&self) -> Result<Arc<PolicyBook>, LogError> {
        let stream = streams::policies(&self.county6);
        Ok(self.policies.read(stream, |policies, _| policies.book()).await?.unwrap_or_default())
    }

    /// Candidates by rung, from `unit` upwards: the rosters that hold now, the chief first. Vacant
    /// posts stay on the ladder, as work is held by posts; who is wholly without people is a gap.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn ladder(&self, unit: UnitId) -> Result<Ladder, LogError> {
        let now = Moment(self.clock.now_us());
        let seen = self.tree(|tree| {
            let upwards = tree.upwards(unit);
            let rosters = upwards.map(|(id, unit)| (unit.rung, id, unit.roster_at(now).to_vec()));
            (rosters.collect::<Vec<_>>(), tree.heirs())
        });
        let (rosters, heirs) = seen.await?.unwrap_or_default();
        let mut ladder = Ladder { heirs, ..Ladder::default() };
        let mut rungs: BTreeMap<Rung, Vec<Holder>> = BTreeMap::new();
        for (rung, unit, posts) in rosters {
            ladder.units.push((rung, unit));
            let mut anybody = false;
            for post in posts {
                let found = self.holder(post).await?.unwrap_or_default();
                anybody |= found.person.is_some();
                // The roster decides for which unit a post is rung, wherever the post was created.
                rungs.entry(rung).or_default().push(Holder { unit, post, ..found });
            }
            if !anybody {
                ladder.gaps.push(unit);
            }
        }
        Ok(Ladder { rungs, ..ladder })
    }

    /// The post's unit and who sits in it now; `None` when there is no such post.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn holder(&self, post: PostId) -> Result<Option<Holder>, LogError> {
        let now = Moment(self.clock.now_us());
        let found = self.org.read(post.0, |org, _| match org {
            Org::Post(found) => Some(Holder {
                unit: found.unit,
                post,
                person: found.person_at(now),
                stand_in: found.stand_in_at(now).is_some(),
            }),
            Org::Absent | Org::Tree(_) | Org::Person(_) | Org::Household(_) | Org::Device(_) => {
                None
            }
        });
        match found.await?.flatten() {
            Some(holder) => Ok(Some(Holder { unit: self.resolve(holder.unit).await?, ..holder })),
            None => Ok(None),
        }
    }

    /// Whose post it is, present or not: the one meant where a post is named as a party.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn officer(&self, post: PostId) -> Result<Option<PersonId>, LogError> {
        let now = Moment(self.clock.now_us());
        let found = self.org.read(post.0, |org, _| match org {
            Org::Post(found) => found.appointed_at(now).or_else(|| found.person_at(now)),
            Org::Absent | Org::Tree(_) | Org::Person(_) | Org::Household(_) | Org::Device(_) => {
                None
            }
        });
        Ok(found.await?.flatten())
    }

    /// Who answers for a unit now: the first post on its roster that somebody sits in.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn chief_of(&self, unit: UnitId) -> Result<Option<Holder>, LogError> {
        let now = Moment(self.clock.now_us());
        let roster = self.tree(|tree| {
            tree.upwards(unit).next().map(|(id, found)| (id, found.roster_at(now).to_vec()))
        });
        let Some((unit, posts)) = roster.await?.flatten() else {
            return Ok(None);
        };
        for post in posts {
            if let Some(found) = self.holder(post).await?.filter(|found| found.person.is_some()) {
                return Ok(Some(Holder { unit, ..found }));
            }
        }
        Ok(None)
    }

    /// The unit with this code; `None` when no unit has it, and for the empty code.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn unit_by_code(&self, code: &str) -> Result<Option<UnitId>, LogError> {
        Ok(self.tree(|tree| tree.by_code(code)).await?.flatten())
    }

    pub async fn rung_of(&self, unit: UnitId) -> Result<Option<Rung>, LogError> {
        let rung = self.tree(|tree| tree.upwards(unit).next().map(|(_, found)| found.rung));
        Ok(rung.await?.flatten())
    }

    /// Whether there is such a person on record.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn has_person(&self, person: PersonId) -> Result<bool, LogError> {
        let found = self.org.read(person.0, |org, _| matches!(org, Org::Person(_)));
        Ok(found.await?.unwrap_or(false))
    }

    /// Whether there is such a unit.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn has_unit(&self, unit: UnitId) -> Result<bool, LogError> {
        Ok(self.tree(|tree| tree.units.contains_key(&tree.resolve(unit))).await?.unwrap_or(false))
    }

    /// `/county/township/village/grid` of a unit as the tree stands now; empty when there is none.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn area_path(&self, unit: UnitId) -> Result<String, LogError> {
        Ok(self.tree(|tree| tree.area_path(unit)).await?.unwrap_or_default())
    }

    /// The household of a device, and the unit of the household.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn home_of(
        &self,
        device: DeviceId,
    ) -> Result<Option<(HouseholdId, UnitId)>, LogError> {
        let household = self.org.read(device.0, |org, _| match org {
            Org::Device(Device { household }) => Some(*household),
            Org::Absent | Org::Tree(_) | Org::Post(_) | Org::Person(_) | Org::Household(_) => None,
        });
        let Some(household) = household.await?.flatten() else {
            return Ok(None);
        };
        Ok(self.unit_of(household).await?.map(|unit| (household, unit)))
    }

    /// The device that came to a household last; `None` where it has none.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn device_of(&self, household: HouseholdId) -> Result<Option<DeviceId>, LogError> {
        let holder = self.log.holder(DEVICE_OF, &household.to_string()).await?;
        Ok(holder.map(|stream| DeviceId(stream.id)))
    }

    /// The unit a household belongs to.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn unit_of(&self, household: HouseholdId) -> Result<Option<UnitId>, LogError> {
        let unit = self.org.read(household.0, |org, _| match org {
            Org::Household(Household { unit }) => Some(*unit),
            Org::Absent | Org::Tree(_) | Org::Post(_) | Org::Person(_) | Org::Device(_) => None,
        });
        match unit.await?.flatten() {
            Some(unit) => Ok(Some(self.resolve(unit).await?)),
            None => Ok(None),
        }
    }

    /// The unit itself, or the one it was merged into: records keep the id they were made with.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn resolve(&self, unit: UnitId) -> Result<UnitId, LogError> {
        Ok(self.tree(|tree| tree.resolve(unit)).await?.unwrap_or(unit))
    }

    /// Whatever `look` sees in the county's tree; `None` before there is one.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn tree<R: Send>(
        &self,
        look: impl FnOnce(&Tree) -> R + Send,
    ) -> Result<Option<R>, LogError> {
        let stream = streams::tree(&self.county6);
        let seen = self.org.read(stream, |org, _| match org {
            Org::Tree(tree) => Some(look(tree)),
            Org::Absent | Org::Post(_) | Org::Person(_) | Org::Household(_) | Org::Device(_) => {
                None
            }
        });
        Ok(seen.await?.flatten())
    }
}
