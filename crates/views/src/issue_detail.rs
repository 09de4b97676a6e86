//! One issue in full, with the timeline of everything that happened to it.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::issue::IssueEvent;
use domain::privacy::event::File;
use domain::shared::clock::{ClockKind, ClockStarted};
use domain::shared::ids::{HouseholdId, IssueId, UnitId};
use domain::shared::matter::{Confidence, Track};
use domain::shared::moment::Moment;
use domain::shared::sealed::Sealed;
use domain::shared::stored::StoredEvent;
use event::Recorded;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use uuid::Uuid;

use crate::database::{Db, Within};
use crate::fact::Fact;
use crate::issue_row::IssueRow;
use crate::model::{Model, Tables, ViewError};
use crate::projection::signed;
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, docs, retention, seen};

pub struct IssueDetail;

const SAVE: &str = "INSERT INTO {t} VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET track = excluded.track, \
     recused = excluded.recused, keep_until = excluded.keep_until, doc = excluded.doc";
const ASIDE: &str = "SELECT id FROM {t} WHERE instr(recused, ?) > 0";
const FORGET_HOMES: &str = "DELETE FROM {t}_home WHERE id = ?";
const ADD_HOME: &str = "INSERT INTO {t}_home VALUES (?, ?) ON CONFLICT (household, id) DO NOTHING";
const ADD_ENTRY: &str =
    "INSERT INTO {t}_timeline VALUES (?, ?, ?) ON CONFLICT (position) DO NOTHING";
const TIMELINE: &str =
    "SELECT doc FROM {t}_timeline WHERE issue = ? AND position < ? ORDER BY position DESC LIMIT ?";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IssueFile {
    pub row: IssueRow,
    pub title: Option<Sealed>,
    pub narrative: Option<Sealed>,
    /// The promises that run, with their derivations.
    pub clocks: BTreeMap<String, ClockStarted>,
    /// Households whose matter it is, as long as it is open: somebody must find them.
    pub homes: BTreeSet<HouseholdId>,
    /// The whole file was forgotten after it had closed.
    pub erased: bool,
    /// Who reported was forgotten, if not more.
    pub reporter_forgotten: bool,
}

/// One event as the timeline keeps it: ciphertext stays ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub position: u64,
    pub event_id: Uuid,
    pub r#type: String,
    pub decided_at: Moment,
    pub actor_kind: String,
    pub actor_id: String,
    pub channel: String,
    pub data: String,
}

#[async_trait]
impl Model for IssueDetail {
    fn name(&self) -> &'static str {
        "issue_detail"
    }

    fn version(&self) -> u32 {
        9
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, track TEXT NOT NULL, recused TEXT NOT NULL, keep_until INTEGER NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_keep ON {t} (keep_until, id);
         CREATE TABLE {t}_home (household TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (household, id)) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_home_by_id ON {t}_home (id);
         CREATE TABLE {t}_seen (path TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (path, id)) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_seen_by_id ON {t}_seen (id);
         CREATE TABLE {t}_timeline (position INTEGER PRIMARY KEY, issue TEXT NOT NULL, doc TEXT NOT NULL) STRICT;
         CREATE INDEX {t}_timeline_by_issue ON {t}_timeline (issue, position);
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
        if let Some(File::Issue(id)) = retention::reporter_forgotten(fact)
            && let Some(file) = docs::load::<IssueFile>(db, tables, id.0).await?
        {
            let erased = file.erased || retention::erased(fact).is_some();
            let file = IssueFile { erased, reporter_forgotten: true, ..file };
            return save(db, tables, id.0, &file).await;
        }
        let Fact::Issue(fact) = fact else {
            return Ok(());
        };
        let id = recorded.envelope.stream.id;
        let mut file: IssueFile = match fact {
            IssueEvent::Registered(_) => IssueFile::default(),
            _ => docs::load(db, tables, id)
                .await?
                .ok_or_else(|| ViewError::Poison("an issue without its registration".into()))?,
        };
        file.evolve(recorded, fact);
        let homes = file.homes_now();
        if homes != file.homes {
            save_homes(db, tables, id, &homes).await?;
            file.homes = homes;
        }
        let paths = seen::paths(db, tables, &file.row.issue).await?;
        if paths != file.row.paths {
            seen::save(db, tables, &id.to_string(), &paths).await?;
            file.row.paths = paths;
        }
        save(db, tables, id, &file).await?;
        sqlx::query(tables.sql(ADD_ENTRY))
            .bind(signed(recorded.position))
            .bind(id.to_string())
            .bind(docs::text(&Entry::of(recorded))?)
            .execute(db)
            .await?;
        Ok(())
    }
}

async fn save(db: &mut Db, tables: &Tables, id: Uuid, file: &IssueFile) -> Result<(), ViewError> {
    let recused = seen::recused(db, tables, &file.row.issue).await?;
    sqlx::query(tables.sql(SAVE))
        .bind(id.to_string())
        .bind(file.row.issue.track.name())
        .bind(recused)
        .bind(file.keep_until().0)
        .bind(docs::text(file)?)
        .execute(db)
        .await?;
    Ok(())
}

async fn save_homes(
    db: &mut Db,
    tables: &Tables,
    id: Uuid,
    homes: &BTreeSet<HouseholdId>,
) -> Result<(), ViewError> {
    sqlx::query(tables.sql(FORGET_HOMES)).bind(id.to_string()).execute(&mut *db).await?;
    for home in homes {
        let query = sqlx::query(tables.sql(ADD_HOME)).bind(home.to_string()).bind(id.to_string());
        query.execute(&mut *db).await?;
    }
    Ok(())
}

impl Entry {
    fn of(recorded: &Recorded) -> Self {
        let envelope = &recorded.envelope;
        Self {
            position: recorded.position,
            event_id: envelope.event_id,
            r#type: envelope.r#type.clone(),
            decided_at: Moment(envelope.decided_at),
            actor_kind: envelope.actor.kind.clone(),
            actor_id: envelope.actor.id.clone(),
            channel: envelope.channel.clone(),
            data: envelope.payload.text().into(),
        }
    }
}

impl IssueFile {
    /// Whether nobody is led from the file to whoever brought it: they spoke in confidence, also when they take no
    /// part any more (LOOP V3), or were forgotten.
    #[must_use]
    pub fn leads_to_nobody(&self) -> bool {
        let mut known = self.row.issue.reporters.iter();
        self.reporter_forgotten || known.any(|one| one.confidence == Confidence::Confidential)
    }

    /// When its words may be erased for no other reason than time; never, while it is open or once they are.
    fn keep_until(&self) -> Moment {
        let issue = &self.row.issue;
        let kept = issue.retention.as_ref().filter(|_| issue.stage.is_final() && !self.erased);
        kept.map_or(Moment::MAX, |kept| kept.until)
    }

    /// Of those who gave their names: where a confidential reporter lives nobody looks for (LOOP V3).
    fn homes_now(&self) -> BTreeSet<HouseholdId> {
        let issue = &self.row.issue;
        let sought = !issue.stage.is_final() && issue.track != Track::Supervision;
        let reporters = issue.active_reporters().filter(|_| sought);
        let named = reporters.filter(|(_, known)| known.confidence == Confidence::Named);
        named.filter_map(|(_, known)| known.household).collect()
    }

    fn evolve(&mut self, recorded: &Recorded, fact: &IssueEvent) {
        self.row.evolve(recorded, fact);
        // Words may have come since.
        self.erased &= fact.sealed().is_empty();
        match fact {
            IssueEvent::Closed(_) => self.erased = false,
            IssueEvent::Registered(e) => {
                self.title.clone_from(&e.matter.title);
                self.narrative.clone_from(&e.matter.narrative);
            }
            IssueEvent::ClockStarted(e) => {
                self.clocks.insert(key(e.clock, e.generation), e.clone());
            }
            IssueEvent::ClockRecounted(e) => {
                if let Some(known) = self.clocks.get_mut(&key(e.clock, e.generation)) {
                    known.due_at = e.due_at;
                    known.derivation = e.derivation.clone();
                }
            }
            _ => {}
        }
        let running = self.row.issue.clocks.all_running();
        let alive = |known: &ClockStarted| {
            running.iter().any(|(clock, running)| {
                *clock == known.clock && running.generation == known.generation
            })
        };
        self.clocks.retain(|_, known| alive(known));
    }
}

fn key(clock: ClockKind, generation: u32) -> String {
    format!("{}/{generation}", clock.name())
}

impl Views {
    /// Every file, closed ones too, from which this unit stands aside, by itself or with one above it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unit_stands_aside_from(&self, unit: UnitId) -> Result<Vec<IssueId>, ViewError> {
        let tables = self.tables("issue_detail").await?;
        let query = sqlx::query(tables.sql(ASIDE)).bind(unit.to_string());
        let rows = query.fetch_all(&self.readers).within().await?;
        let ids = rows.iter().map(|row| {
            let id = row.try_get::<&str, _>("id")?.parse();
            id.map_err(|_| ViewError::Poison("an issue without an id".into()))
        });
        ids.collect()
    }

    /// One issue, if the viewer may see it, with at most `max` entries of its timeline before a position
    /// (0: the latest), the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issue(
        &self,
        viewer: &Viewer,
        id: IssueId,
        before: u64,
        max: u32,
    ) -> Result<Option<(IssueFile, Vec<Entry>)>, ViewError> {
        let tables = self.tables("issue_detail").await?;
        let template = format!("SELECT doc FROM {{t}} WHERE {} AND id = ?", seen::SEES);
        let mut query = sqlx::query(tables.sql(&template));
        for text in viewer.sight() {
            query = query.bind(text);
        }
        let query = query.bind(id.to_string());
        let Some(row) = query.fetch_optional(&self.readers).within().await? else {
            return Ok(None);
        };
        let before = if before == 0 { i64::MAX } else { signed(before) };
        let query = sqlx::query(tables.sql(TIMELINE))
            .bind(id.to_string())
            .bind(before)
            .bind(i64::from(max));
        let timeline = query.fetch_all(&self.readers).within().await?;
        Ok(Some((docs::read(&row)?, timeline.iter().map(docs::read).collect::<Result<_, _>>()?)))
    }
}
