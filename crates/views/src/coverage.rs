//! What the organisation covers: posts and who sits in them when, devices heard from, and the profile
//! that says what there should be. Reports list units by code, never by a rate (LOOP M6).

use std::collections::{BTreeMap, HashMap, HashSet};

use async_trait::async_trait;
use domain::call::CallEvent;
use domain::org::OrgEvent;
use domain::org::event::{ProfilePublished, WaiverGranted};
use domain::org::ratio::{UnitFigures, Violation, Waivers, violations};
use domain::shared::ids::{PersonId, PostId, UnitId};
use domain::shared::moment::Moment;
use event::Recorded;
use sqlx::Row;

use crate::database::{Db, DbRow, Within};
use crate::docs;
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::org_tree::UnitRow;
use crate::store::Views;
use crate::viewer::Viewer;

pub struct Coverage;

/// A device is reachable when it was heard from in so many days, unless somebody asks for others.
pub const HEARD_DAYS: u32 = 90;

const POST: &str = "INSERT INTO {t}_post VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING";
const SIT: &str = "INSERT INTO {t}_sit VALUES (?, ?, ?, ?, ?, ?, 1)";
const RISE: &str = "UPDATE {t}_sit SET until = ?3, open = 0 WHERE post = ?1 AND person = ?2 AND (since <= ?3 OR stand_in = 1) AND until > ?3";
const LAPSED: &str = "UPDATE {t}_sit SET open = 0 WHERE post = ? AND person = ? AND until = ?";
const ROSTER: &str = "INSERT INTO {t}_roster VALUES (?, ?, ?, ?, ?)";
const HOME: &str = "INSERT INTO {t}_home VALUES (?, ?) ON CONFLICT (id) DO NOTHING";
const DEVICE: &str = "INSERT INTO {t}_device SELECT ?1, unit, 0 FROM {t}_home WHERE id = ?2 ON CONFLICT (id) DO NOTHING";
const HEARD: &str = "UPDATE {t}_device SET heard_at = ? WHERE id = ?";
const PROFILE: &str =
    "INSERT INTO {t} VALUES (0, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc";
const WAIVER: &str = "INSERT INTO {t}_waiver VALUES (?, ?, ?) ON CONFLICT (unit, rule) DO UPDATE SET doc = excluded.doc";
const MERGE: [&str; 4] = [
    "UPDATE {t}_post SET unit = ?2 WHERE unit = ?1",
    "UPDATE {t}_home SET unit = ?2 WHERE unit = ?1",
    "UPDATE {t}_device SET unit = ?2 WHERE unit = ?1",
    "DELETE FROM {t}_roster WHERE unit = ?1 AND unit <> ?2",
];
const POSTS: &str = "SELECT id, unit, title FROM {t}_post ORDER BY id";
const SITS: &str =
    "SELECT post, person, since, until, stand_in FROM {t}_sit ORDER BY post, position";
const ROSTERS: &str =
    "SELECT unit, doc FROM {t}_roster WHERE since <= ?1 AND until > ?1 ORDER BY position";
const REACHED: &str =
    "SELECT unit, COUNT(*) AS devices FROM {t}_device WHERE heard_at >= ? GROUP BY unit";
const IN_FORCE: &str = "SELECT doc FROM {t} WHERE id = 0";
const WAIVERS: &str = "SELECT doc FROM {t}_waiver";

#[async_trait]
impl Model for Coverage {
    fn name(&self) -> &'static str {
        "coverage"
    }

    fn version(&self) -> u32 {
        2
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id INTEGER PRIMARY KEY, doc TEXT NOT NULL) STRICT;
         CREATE TABLE {t}_post (id TEXT PRIMARY KEY, unit TEXT NOT NULL, title TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_sit (position INTEGER PRIMARY KEY, post TEXT NOT NULL, person TEXT NOT NULL,
            since INTEGER NOT NULL, until INTEGER NOT NULL, stand_in INTEGER NOT NULL, open INTEGER NOT NULL) STRICT;
         CREATE INDEX {t}_sit_by_post ON {t}_sit (post);
         CREATE INDEX {t}_sit_by_end ON {t}_sit (until) WHERE open = 1;
         CREATE TABLE {t}_roster (position INTEGER PRIMARY KEY, unit TEXT NOT NULL, since INTEGER NOT NULL,
            until INTEGER NOT NULL, doc TEXT NOT NULL) STRICT;
         CREATE TABLE {t}_home (id TEXT PRIMARY KEY, unit TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_device (id TEXT PRIMARY KEY, unit TEXT NOT NULL, heard_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_waiver (unit TEXT NOT NULL, rule TEXT NOT NULL, doc TEXT NOT NULL,
            PRIMARY KEY (unit, rule)) STRICT, WITHOUT ROWID;"
    }

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError> {
        match fact {
            Fact::Org(fact) => learn(db, tables, recorded, fact).await,
            Fact::Call(CallEvent::Pressed(e)) => {
                let Some(device) = e.device else { return Ok(()) };
                let query =
                    sqlx::query(tables.sql(HEARD)).bind(e.pressed_at.0).bind(device.to_string());
                query.execute(db).await?;
                Ok(())
            }
            Fact::Access(_)
            | Fact::Call(_)
            | Fact::Issue(_)
            | Fact::Policy(_)
            | Fact::Privacy(_)
            | Fact::Report(_) => Ok(()),
        }
    }
}

async fn learn(
    db: &mut Db,
    tables: &Tables,
    recorded: &Recorded,
    fact: &OrgEvent,
) -> Result<(), ViewError> {
    let stream = recorded.envelope.stream.id.to_string();
    let position = crate::projection::signed(recorded.position);
    let query = match fact {
        OrgEvent::PostCreated(e) => sqlx::query(tables.sql(POST))
            .bind(e.post.to_string())
            .bind(e.unit.to_string())
            .bind(e.title.clone()),
        OrgEvent::Appointed(e) => sqlx::query(tables.sql(SIT))
            .bind(position)
            .bind(stream)
            .bind(e.person.to_string())
            .bind(e.from.0)
            .bind(e.until.unwrap_or(Moment::MAX).0)
            .bind(0_i64),
        OrgEvent::StandInNamed(e) => sqlx::query(tables.sql(SIT))
            .bind(position)
            .bind(stream)
            .bind(e.person.to_string())
            .bind(e.from.0)
            .bind(e.until.0)
            .bind(1_i64),
        OrgEvent::AppointmentEnded(e) => {
            sqlx::query(tables.sql(RISE)).bind(stream).bind(e.person.to_string()).bind(e.at.0)
        }
        OrgEvent::AppointmentLapsed(e) => {
            sqlx::query(tables.sql(LAPSED)).bind(stream).bind(e.person.to_string()).bind(e.until.0)
        }
        OrgEvent::RosterSet(e) => {
            let (Some(from), Some(until)) = (e.from, e.until) else { return Ok(()) };
            sqlx::query(tables.sql(ROSTER))
                .bind(position)
                .bind(e.unit.to_string())
                .bind(from.0)
                .bind(until.0)
                .bind(docs::text(&e.posts)?)
        }
        OrgEvent::HouseholdRegistered(e) => {
            sqlx::query(tables.sql(HOME)).bind(e.household.to_string()).bind(e.unit.to_string())
        }
        OrgEvent::DeviceRegistered(e) => {
            sqlx::query(tables.sql(DEVICE)).bind(e.device.to_string()).bind(e.household.to_string())
        }
        OrgEvent::ProfilePublished(e) => sqlx::query(tables.sql(PROFILE)).bind(docs::text(e)?),
        OrgEvent::WaiverGranted(e) => sqlx::query(tables.sql(WAIVER))
            .bind(e.unit.to_string())
            .bind(e.rule.clone())
            .bind(docs::text(e)?),
        OrgEvent::UnitMerged(e) => {
            for sql in MERGE {
                let query = sqlx::query(tables.sql(sql));
                query.bind(e.unit.to_string()).bind(e.into.to_string()).execute(&mut *db).await?;
            }
            return Ok(());
        }
        // Units and their everyday rosters are the org tree's.
        OrgEvent::UnitAdded(_)
        | OrgEvent::UnitRenamed(_)
        | OrgEvent::UnitMoved(_)
        | OrgEvent::PersonRegistered(_) => return Ok(()),
    };
    query.execute(db).await?;
    Ok(())
}

/// A post as it stands at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostNow {
    pub id: PostId,
    pub unit: UnitId,
    pub title: String,
    pub person: Option<PersonId>,
    pub stand_in: bool,
    /// When the last one left a post that is vacant now; `None` when nobody ever sat there.
    pub left_at: Option<Moment>,
    /// How many posts its person sits in, this one included.
    pub posts_of_person: u32,
}

/// The organisation at one moment, as far as the viewer sees it: units by code.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    pub units: Vec<UnitRow>,
    /// Posts by unit, by id within it.
    pub posts: HashMap<UnitId, Vec<PostNow>>,
    /// Units that somebody is rung in: the roster that holds now.
    pub rosters: HashMap<UnitId, Vec<PostId>>,
    /// Devices heard from, by the unit of their household.
    pub reached: HashMap<UnitId, u64>,
    pub profile: Option<ProfilePublished>,
    pub violations: Vec<Violation>,
}

/// Sums over a unit and everything below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Below {
    pub households: u64,
    pub devices: u64,
    pub reached: u64,
}

impl Standing {
    /// Sums over each unit's subtree.
    #[must_use]
    pub fn below(&self) -> HashMap<UnitId, Below> {
        let parents: HashMap<_, _> = self.units.iter().map(|unit| (unit.id, unit.parent)).collect();
        let mut sums: HashMap<UnitId, Below> = HashMap::new();
        for unit in &self.units {
            let reached = self.reached.get(&unit.id).copied().unwrap_or(0);
            let mut at = Some(unit.id);
            while let Some(above) = at.filter(|id| parents.contains_key(id)) {
                let sum = sums.entry(above).or_default();
                sum.households += unit.households;
                sum.devices += unit.devices;
                sum.reached += reached;
                at = parents.get(&above).copied().flatten();
            }
        }
        sums
    }

    /// Whether households may belong to this unit; without a profile, to any.
    #[must_use]
    pub fn takes_households(&self, unit: &UnitRow) -> bool {
        let level = self.profile.as_ref().map(|profile| profile.document.level(&unit.kind));
        level.is_none_or(|level| level.is_some_and(|level| level.households))
    }

    fn figures(&self) -> Vec<UnitFigures> {
        let figures = self.units.iter().map(|unit| {
            let mut posts = BTreeMap::new();
            for post in self.posts.get(&unit.id).into_iter().flatten() {
                *posts.entry(post.title.clone()).or_default() += 1;
            }
            UnitFigures {
                unit: unit.id,
                parent: unit.parent,
                kind: unit.kind.clone(),
                households: unit.households,
                devices: unit.devices,
                posts,
            }
        });
        figures.collect()
    }
}

impl Views {
    /// The organisation at `now`; devices count as reached when they were heard from since `heard`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standing(
        &self,
        viewer: &Viewer,
        now: Moment,
        heard: Moment,
    ) -> Result<Standing, ViewError> {
        let tables = self.tables("coverage").await?;
        let mut units = self.tree(viewer).await?;
        units.sort_by(|a, b| (&a.code, a.id).cmp(&(&b.code, b.id)));
        let visible: HashSet<UnitId> = units.iter().map(|unit| unit.id).collect();
        let mut standing = Standing {
            posts: self.posts_at(&tables, &visible, now).await?,
            rosters: self.rosters_at(&tables, &units, now).await?,
            profile: self.profile_in_force(viewer).await?,
            units,
            ..Standing::default()
        };
        let rows = sqlx::query(tables.sql(REACHED)).bind(heard.0);
        for row in rows.fetch_all(&self.readers).within().await? {
            let devices: i64 = row.try_get("devices")?;
            standing.reached.insert(parsed(&row, "unit")?, devices.unsigned_abs());
        }
        if let Some(profile) = &standing.profile {
            let mut waivers = Waivers::new();
            for row in sqlx::query(tables.sql(WAIVERS)).fetch_all(&self.readers).within().await? {
                let waiver: WaiverGranted = docs::read(&row)?;
                waivers.entry(waiver.unit).or_default().insert(waiver.rule.clone(), waiver);
            }
            standing.violations = violations(&profile.document, &standing.figures(), &waivers, now);
        }
        Ok(standing)
    }

    /// The profile in force. Levels and rules are office information.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn profile_in_force(
        &self,
        viewer: &Viewer,
    ) -> Result<Option<ProfilePublished>, ViewError> {
        if viewer.area.is_none() {
            return Ok(None);
        }
        let tables = self.tables("coverage").await?;
        let row = sqlx::query(tables.sql(IN_FORCE)).fetch_optional(&self.readers).within().await?;
        row.as_ref().map(docs::read).transpose()
    }

    async fn posts_at(
        &self,
        tables: &Tables,
        visible: &HashSet<UnitId>,
        now: Moment,
    ) -> Result<HashMap<UnitId, Vec<PostNow>>, ViewError> {
        let sitting = self.sitting_at(tables, now).await?;
        let mut held: HashMap<PersonId, u32> = HashMap::new();
        for person in sitting.values().filter_map(|sits| sits.person) {
            *held.entry(person).or_default() += 1;
        }
        let mut posts: HashMap<UnitId, Vec<PostNow>> = HashMap::new();
        for row in sqlx::query(tables.sql(POSTS)).fetch_all(&self.readers).within().await? {
            let (id, unit) = (parsed(&row, "id")?, parsed(&row, "unit")?);
            if !visible.contains(&unit) {
                continue;
            }
            let sits = sitting.get(&id).copied().unwrap_or_default();
            posts.entry(unit).or_default().push(PostNow {
                id,
                unit,
                title: row.try_get("title")?,
                person: sits.person,
                stand_in: sits.stand_in,
                left_at: sits.left_at,
                posts_of_person: sits.person.and_then(|p| held.get(&p).copied()).unwrap_or(0),
            });
        }
        Ok(posts)
    }

    /// Who answers for each post: as `Post::person_at` decides, a stand-in first, the latest wins.
    async fn sitting_at(
        &self,
        tables: &Tables,
        now: Moment,
    ) -> Result<HashMap<PostId, Sits>, ViewError> {
        let mut sitting: HashMap<PostId, Sits> = HashMap::new();
        for row in sqlx::query(tables.sql(SITS)).fetch_all(&self.readers).within().await? {
            let post = parsed(&row, "post")?;
            let (since, until): (i64, i64) = (row.try_get("since")?, row.try_get("until")?);
            let stand_in = row.try_get::<i64, _>("stand_in")? != 0;
            let sits = sitting.entry(post).or_default();
            if since <= now.0 && now.0 < until {
                if stand_in || !sits.stand_in {
                    sits.person = Some(parsed(&row, "person")?);
                    sits.stand_in = stand_in;
                }
            } else if until <= now.0 && since <= until {
                sits.left_at = sits.left_at.max(Some(Moment(until)));
            }
        }
        Ok(sitting)
    }

    async fn rosters_at(
        &self,
        tables: &Tables,
        units: &[UnitRow],
        now: Moment,
    ) -> Result<HashMap<UnitId, Vec<PostId>>, ViewError> {
        let mut rosters: HashMap<UnitId, Vec<PostId>> =
            units.iter().map(|unit| (unit.id, unit.roster.clone())).collect();
        for row in
            sqlx::query(tables.sql(ROSTERS)).bind(now.0).fetch_all(&self.readers).within().await?
        {
            let unit: UnitId = parsed(&row, "unit")?;
            if let Some(roster) = rosters.get_mut(&unit) {
                *roster = docs::read(&row)?;
            }
        }
        Ok(rosters)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Sits {
    person: Option<PersonId>,
    stand_in: bool,
    left_at: Option<Moment>,
}

/// An id as this view wrote it; a damaged row is damage, never a vacancy.
fn parsed<T: std::str::FromStr>(row: &DbRow, column: &str) -> Result<T, ViewError> {
    let text = row.try_get::<&str, _>(column)?;
    text.parse().map_err(|_| ViewError::Poison(format!("coverage: {column} is no id")))
}
