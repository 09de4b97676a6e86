//! The org tree: units with their rosters, and the names that consoles print instead of ids.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::org::OrgEvent;
use domain::org::event::UnitMerged;
use domain::shared::ids::{PersonId, PostId, UnitId};
use domain::shared::ladder::Rung;
use domain::shared::moment::Moment;
use event::Recorded;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use uuid::Uuid;

use crate::database::{Db, Within};
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, docs};

pub struct OrgTree;

const SAVE_UNIT: &str = "INSERT INTO {t} VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET area_path = excluded.area_path, doc = excluded.doc";
const SAVE_NAME: &str =
    "INSERT INTO {t}_name VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name";
const SIT: &str = "UPDATE {t}_name SET person = ? WHERE id = ?";
const RISE: &str = "UPDATE {t}_name SET person = '' WHERE id = ? AND person = ?";
const STAND_IN: &str = "INSERT INTO {t}_stand VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
const STAND_OUT: &str = "DELETE FROM {t}_stand WHERE post = ? AND person = ? AND until = ?";
const STANDING: &str = "SELECT DISTINCT post, person FROM {t}_stand";
const HOME: &str = "INSERT INTO {t}_home VALUES (?, ?, 0) ON CONFLICT (id) DO NOTHING";
const CLOSE: &str = "DELETE FROM {t} WHERE id = ?1 AND id <> ?2";
const ADOPT: &str = "UPDATE {t} SET doc = replace(doc, '\"parent\":\"' || ?1 || '\"', '\"parent\":\"' || ?2 || '\"')";
const REHOME: &str = "UPDATE {t}_home SET unit = ?2 WHERE unit = ?1";
const DEVICE: &str = "UPDATE {t}_home SET devices = devices + 1 WHERE id = ?";
const UNITS: &str =
    "SELECT doc, area_path FROM {t} WHERE area_path >= ? AND area_path < ? ORDER BY area_path";
const PATH: &str = "SELECT area_path FROM {t} WHERE id = ? AND area_path >= ? AND area_path < ?";
const NAMES: &str = "SELECT id, name, person FROM {t}_name";
const HOMES: &str = "SELECT unit, COUNT(*) AS households, CAST(SUM(devices) AS BIGINT) AS devices FROM {t}_home GROUP BY unit";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRow {
    pub id: UnitId,
    pub parent: Option<UnitId>,
    pub name: String,
    pub kind: String,
    pub rung: Rung,
    pub code: String,
    pub roster: Vec<PostId>,
    #[serde(skip)]
    pub households: u64,
    #[serde(skip)]
    pub devices: u64,
}

/// Names of units, posts and persons, and who sits in which post.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: HashMap<Uuid, String>,
    sitting: HashMap<PostId, PersonId>,
    /// Who was named to stand in where, until the turn is over.
    standing: Vec<(PostId, PersonId)>,
}

impl Names {
    /// The name, or nothing for an id that has none.
    #[must_use]
    pub fn of(&self, id: Uuid) -> String {
        self.names.get(&id).cloned().unwrap_or_default()
    }

    /// Where somebody is appointed, in the order of the posts' ids.
    #[must_use]
    pub fn posts_of(&self, person: PersonId) -> Vec<PostId> {
        let sitting = self.sitting.iter().filter(|(_, sits)| **sits == person);
        let mut posts: Vec<_> = sitting.map(|(post, _)| *post).collect();
        posts.sort_unstable();
        posts
    }

    /// As [`Names::posts_of`], and where they stand in for somebody, or will.
    #[must_use]
    pub fn all_posts_of(&self, person: PersonId) -> Vec<PostId> {
        let standing = self.standing.iter().filter(|(_, stands)| *stands == person);
        let mut posts = self.posts_of(person);
        posts.extend(standing.map(|(post, _)| *post));
        posts
    }

    /// Whoever sits or stands in in several posts, with those, in the order of their ids.
    #[must_use]
    pub fn in_several_posts(&self) -> Vec<(PersonId, Vec<PostId>)> {
        let mut seats: BTreeMap<PersonId, Vec<PostId>> = BTreeMap::new();
        let sitting = self.sitting.iter().map(|(post, person)| (*post, *person));
        for (post, person) in sitting.chain(self.standing.iter().copied()) {
            seats.entry(person).or_default().push(post);
        }
        seats.into_iter().filter(|(_, posts)| posts.len() > 1).collect()
    }

    #[must_use]
    pub fn person_in(&self, post: PostId) -> Option<PersonId> {
        self.sitting.get(&post).copied()
    }
}

#[async_trait]
impl Model for OrgTree {
    fn name(&self) -> &'static str {
        "org_tree"
    }

    fn version(&self) -> u32 {
        3
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_path ON {t} (area_path);
         CREATE TABLE {t}_name (id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
            person TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_stand (post TEXT NOT NULL, person TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (post, person, until)) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_home (id TEXT PRIMARY KEY, unit TEXT NOT NULL, devices INTEGER NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_area (unit TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    }

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError> {
        area::learn(db, tables, fact).await?;
        let Fact::Org(fact) = fact else { return Ok(()) };
        let stream = recorded.envelope.stream.id;
        match fact {
            OrgEvent::UnitAdded(e) => {
                let row = UnitRow {
                    id: e.unit,
                    parent: e.parent,
                    name: e.name.clone(),
                    kind: e.kind.clone(),
                    rung: e.rung,
                    code: e.code.clone(),
                    roster: Vec::new(),
                    households: 0,
                    devices: 0,
                };
                save_name(db, tables, e.unit.0, "unit", &e.name).await?;
                save_unit(db, tables, &row).await
            }
            // A holiday roster is the coverage view's: here stands the everyday one.
            OrgEvent::RosterSet(e) if e.until.is_some() => Ok(()),
            OrgEvent::RosterSet(e) => {
                change(db, tables, e.unit, |row| row.roster.clone_from(&e.posts)).await
            }
            OrgEvent::UnitRenamed(e) => {
                save_name(db, tables, e.unit.0, "unit", &e.name).await?;
                change(db, tables, e.unit, |row| row.name.clone_from(&e.name)).await
            }
            OrgEvent::UnitMoved(e) => {
                change(db, tables, e.unit, |row| row.parent = Some(e.parent)).await
            }
            OrgEvent::UnitMerged(e) => merge(db, tables, e).await,
            OrgEvent::ProfilePublished(_) | OrgEvent::WaiverGranted(_) => Ok(()),
            OrgEvent::PostCreated(e) => save_name(db, tables, e.post.0, "post", &e.title).await,
            OrgEvent::PersonRegistered(e) => {
                save_name(db, tables, e.person.0, "person", &e.name).await
            }
            OrgEvent::Appointed(e) => {
                bind_two(db, tables, SIT, (e.person.to_string(), stream.to_string())).await
            }
            // Who sits where on which day is the staffing view's.
            OrgEvent::StandInNamed(e) => {
                stand(db, tables, STAND_IN, (stream, e.person, e.until)).await
            }
            OrgEvent::AppointmentLapsed(e) => {
                stand(db, tables, STAND_OUT, (stream, e.person, e.until)).await
            }
            OrgEvent::AppointmentEnded(e) => {
                bind_two(db, tables, RISE, (stream.to_string(), e.person.to_string())).await
            }
            OrgEvent::HouseholdRegistered(e) => {
                bind_two(db, tables, HOME, (e.household.to_string(), e.unit.to_string())).await
            }
            OrgEvent::DeviceRegistered(e) => {
                sqlx::query(tables.sql(DEVICE)).bind(e.household.to_string()).execute(db).await?;
                Ok(())
            }
        }
    }
}

async fn change(
    db: &mut Db,
    tables: &Tables,
    unit: UnitId,
    change: impl FnOnce(&mut UnitRow) + Send,
) -> Result<(), ViewError> {
    let row: Option<UnitRow> = docs::load(db, tables, unit.0).await?;
    let mut row = row.ok_or_else(|| ViewError::Poison(format!("no unit {unit} to change")))?;
    change(&mut row);
    save_unit(db, tables, &row).await
}

/// Runs a statement on two ids.
async fn bind_two(
    db: &mut Db,
    tables: &Tables,
    sql: &str,
    ids: (String, String),
) -> Result<(), ViewError> {
    sqlx::query(tables.sql(sql)).bind(ids.0).bind(ids.1).execute(db).await?;
    Ok(())
}

/// One turn of a stand-in, beginning or over.
async fn stand(
    db: &mut Db,
    tables: &Tables,
    sql: &str,
    (post, person, until): (Uuid, PersonId, Moment),
) -> Result<(), ViewError> {
    let query = sqlx::query(tables.sql(sql)).bind(post.to_string()).bind(person.to_string());
    query.bind(until.0).execute(db).await?;
    Ok(())
}

/// The merged unit leaves the tree; its name stays, as older papers speak of it.
async fn merge(db: &mut Db, tables: &Tables, e: &UnitMerged) -> Result<(), ViewError> {
    for sql in [CLOSE, ADOPT, REHOME] {
        let query = sqlx::query(tables.sql(sql)).bind(e.unit.to_string()).bind(e.into.to_string());
        query.execute(&mut *db).await?;
    }
    Ok(())
}

async fn save_unit(db: &mut Db, tables: &Tables, row: &UnitRow) -> Result<(), ViewError> {
    let path = area::path_of(db, tables, row.id).await?;
    let query = sqlx::query(tables.sql(SAVE_UNIT))
        .bind(row.id.to_string())
        .bind(path)
        .bind(docs::text(row)?);
    query.execute(db).await?;
    Ok(())
}

async fn save_name(
    db: &mut Db,
    tables: &Tables,
    id: Uuid,
    kind: &str,
    name: &str,
) -> Result<(), ViewError> {
    let query =
        sqlx::query(tables.sql(SAVE_NAME)).bind(id.to_string()).bind(kind).bind(name).bind("");
    query.execute(db).await?;
    Ok(())
}

impl Views {
    /// The units the viewer may see, parents before children.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tree(&self, viewer: &Viewer) -> Result<Vec<UnitRow>, ViewError> {
        let tables = self.tables("org_tree").await?;
        let (low, high) = viewer.area_bounds();
        let rows = sqlx::query(tables.sql(UNITS))
            .bind(low)
            .bind(high)
            .fetch_all(&self.readers)
            .within()
            .await?;
        let mut units = rows.iter().map(docs::read).collect::<Result<Vec<UnitRow>, _>>()?;
        let homes = sqlx::query(tables.sql(HOMES)).fetch_all(&self.readers).within().await?;
        let mut counts: HashMap<String, (i64, i64)> = HashMap::new();
        for row in homes {
            counts.insert(
                row.try_get("unit")?,
                (row.try_get("households")?, row.try_get("devices")?),
            );
        }
        for unit in &mut units {
            let (households, devices) =
                counts.get(&unit.id.to_string()).copied().unwrap_or_default();
            unit.households = households.unsigned_abs();
            unit.devices = devices.unsigned_abs();
        }
        Ok(units)
    }

    /// The area path of a unit; `None` when there is no such unit, or it is out of the viewer's sight.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn area_path(
        &self,
        viewer: &Viewer,
        unit: UnitId,
    ) -> Result<Option<String>, ViewError> {
        let tables = self.tables("org_tree").await?;
        let (low, high) = viewer.area_bounds();
        let row = sqlx::query(tables.sql(PATH))
            .bind(unit.to_string())
            .bind(low)
            .bind(high)
            .fetch_optional(&self.readers)
            .within()
            .await?;
        Ok(row.map(|row| row.try_get("area_path")).transpose()?)
    }

    /// All names, for printing. Names of units and staff are office information: whoever has an area
    /// sees them, whoever has none sees nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn names(&self, viewer: &Viewer) -> Result<Arc<Names>, ViewError> {
        if viewer.area.is_none() {
            return Ok(Arc::default());
        }
        let tables = self.tables("org_tree").await?;
        let (generation, known) = self.names.known();
        if let Some(known) = known {
            return Ok(known);
        }
        let mut names = Names::default();
        for row in sqlx::query(tables.sql(NAMES)).fetch_all(&self.readers).within().await? {
            let Ok(id) = Uuid::parse_str(row.try_get("id")?) else {
                continue;
            };
            names.names.insert(id, row.try_get("name")?);
            if let Ok(person) = row.try_get::<&str, _>("person")?.parse() {
                names.sitting.insert(PostId(id), person);
            }
        }
        for row in sqlx::query(tables.sql(STANDING)).fetch_all(&self.readers).within().await? {
            let post = row.try_get::<&str, _>("post")?.parse();
            let person = row.try_get::<&str, _>("person")?.parse();
            names.standing.extend(post.ok().zip(person.ok()));
        }
        let names = Arc::new(names);
        self.names.keep(generation, &names);
        Ok(names)
    }
}

/// Names as read last: a county has tens of thousands, and every list prints some. Forgotten whenever
/// a record of the organisation is applied.
#[derive(Debug, Default)]
pub(crate) struct KnownNames(Mutex<(u64, Option<Arc<Names>>)>);

impl KnownNames {
    fn known(&self) -> (u64, Option<Arc<Names>>) {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (held.0, held.1.clone())
    }

    /// Keeps what was read, unless something was applied since `generation`.
    fn keep(&self, generation: u64, names: &Arc<Names>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.0 == generation {
            held.1 = Some(Arc::clone(names));
        }
    }

    pub(crate) fn forget(&self) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = (held.0 + 1, None);
    }
}
