//! The county dashboard: one fact row per issue and per call; every figure is a sum of rows the
//! viewer may see, and stands here beside its definition (LOOP M1–M6).

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::call::CallEvent;
use domain::issue::IssueEvent;
use domain::issue::event::{PartyNamed, Registered};
use domain::org::OrgEvent;
use domain::shared::ids::{IssueId, UnitId};
use domain::shared::matter::Track;
use domain::shared::moment::Moment;
use event::Recorded;
use sqlx::Row;
use uuid::Uuid;

use crate::database::Db;
use crate::docs;
use crate::fact::Fact;
use crate::measure::IssueFacts;
use crate::measure_calls::CallFacts;
use crate::model::{Model, Tables, ViewError};
use crate::{area, seen};

pub struct Dashboard;

/// The columns are the document's own fields, written once and kept, so that sums read no JSON.
const SCHEMA: &str = "CREATE TABLE {t} (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, recused TEXT NOT NULL,
            doc TEXT NOT NULL,
            {text:track}, {number:received_at},
            {number:started_at}, {number:due_at},
            {flag:big}, {flag:proactive},
            {flag:anonymous},
            {flag:must_visit}, {number:reached_rung},
            {number:worked_rung}, {flag:accepted},
            {number:contact_due_at}, {flag:contacted},
            {flag:met}, {flag:arrival_confirmed},
            {number:done_at}, {flag:completed},
            {text:outcome}, {flag:closed},
            {number:closed_at}, {flag:rated}, {text:effect},
            {flag:verdict_due}, {flag:in_presence},
            {number:reopens}, {flag:repeated},
            {number:total_expired_at}, {flag:holder_late},
            {number:pauses}, {number:extensions},
            {number:reclassified}, {flag:deferred}, {number:deferrals},
            {flag:excluded}, {flag:merged}, {flag:lead_unconfirmed}, {text:lead_ending}) STRICT;
         CREATE INDEX {t}_by_received ON {t} (received_at);
         CREATE TABLE {t}_subject (key TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_call (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, doc TEXT NOT NULL,
            {number:pressed_at}, {flag:talked},
            {flag:by_desk}, {flag:by_stand_in}, {flag:by_return_call},
            {text:disposition}, {flag:alerted}, {flag:visit_ordered},
            {flag:roster_gap}, {flag:thumb_up},
            {flag:thumb_down}, {flag:in_presence}, {flag:unbound}) STRICT;
         CREATE INDEX {t}_call_by_press ON {t}_call (pressed_at);
         CREATE TABLE {t}_about (issue TEXT NOT NULL, call TEXT NOT NULL, PRIMARY KEY (issue, call)) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_aside (issue TEXT PRIMARY KEY, recused TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_home (household TEXT PRIMARY KEY, unit TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_device (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, heard_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_area (unit TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;";
const SAVE: &str = "INSERT INTO {t} (id, area_path, recused, doc) VALUES (?, ?, ?, ?) \
     ON CONFLICT (id) DO UPDATE SET doc = excluded.doc";
const SAVE_CALL: &str = "INSERT INTO {t}_call (id, area_path, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc";
const LOAD_CALL: &str = "SELECT doc FROM {t}_call WHERE id = ?";
const RECUSE: &str = "UPDATE {t} SET recused = recused || ? WHERE id = ?";
const ADD_SUBJECT: &str = "INSERT INTO {t}_subject VALUES (?, ?) ON CONFLICT DO NOTHING";
/// Where a unit was merged, what happened there happened in the unit it went into.
const JOIN_SUBJECTS: &str = "INSERT INTO {t}_subject SELECT replace(key, ?1, ?2), id FROM {t}_subject \
     WHERE instr(key, ?1) > 0 ON CONFLICT DO NOTHING";
/// County and township: the upper steps of a path, each too wide to be one place.
const WIDE_STEPS: usize = 2;
const EARLIER: &str = "SELECT id FROM {t}_subject WHERE key = ? AND id <> ?";
const ADD_HOME: &str =
    "INSERT INTO {t}_home VALUES (?, ?) ON CONFLICT (household) DO UPDATE SET unit = excluded.unit";
const HOME: &str = "SELECT unit FROM {t}_home WHERE household = ?";
const ADD_DEVICE: &str = "INSERT INTO {t}_device VALUES (?, ?, 0) ON CONFLICT (id) DO NOTHING";
const HEARD: &str = "UPDATE {t}_device SET heard_at = ? WHERE id = ?";

#[async_trait]
impl Model for Dashboard {
    fn name(&self) -> &'static str {
        "dashboard"
    }

    fn version(&self) -> u32 {
        12
    }

    fn schema(&self) -> &'static str {
        SCHEMA
    }

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError> {
        area::learn(db, tables, fact).await?;
        seen::learn_of_calls(db, tables, recorded, fact).await?;
        let id = recorded.envelope.stream.id;
        let mut rows = Rows { db, tables };
        match fact {
            Fact::Call(fact) => rows.call(id, fact).await,
            Fact::Issue(IssueEvent::Registered(e)) => rows.register(id, e).await,
            Fact::Issue(IssueEvent::PartyNamed(e)) => rows.recuse(id, e).await,
            Fact::Issue(fact) => rows.issue(id, fact).await,
            Fact::Org(fact) => rows.org(fact).await,
            Fact::Access(_) | Fact::Policy(_) | Fact::Privacy(_) | Fact::Report(_) => Ok(()),
        }
    }
}

struct Rows<'a> {
    db: &'a mut Db,
    tables: &'a Tables,
}

impl Rows<'_> {
    async fn register(&mut self, id: Uuid, e: &Registered) -> Result<(), ViewError> {
        let sealed = e.matter.track == Track::Supervision;
        let shown = e.competent.filter(|_| sealed).unwrap_or(e.matter.place);
        let path = area::path_of(self.db, self.tables, shown).await?;
        let facts = IssueFacts::new(e);
        sqlx::query(self.tables.sql(SAVE))
            .bind(id.to_string())
            .bind(path)
            .bind("")
            .bind(docs::text(&facts)?)
            .execute(&mut *self.db)
            .await?;
        if let Some(IssueId(earlier)) = e.matter.repeat_of {
            self.change(earlier, |earlier| earlier.repeated |= earlier.stood_at(e.started_at))
                .await?;
        }
        self.repeats(id, &facts, e.started_at).await
    }

    /// Files the same person brought before, of the same place and category, were not settled.
    async fn repeats(&mut self, id: Uuid, facts: &IssueFacts, at: Moment) -> Result<(), ViewError> {
        let place = facts.subject.place();
        let path = area::path_of(self.db, self.tables, place).await?;
        let place = place.to_string();
        let steps: Vec<_> = path.split('/').filter(|unit| !unit.is_empty()).collect();
        // The last step of the path: the unit itself, or the one it was merged into.
        let here = steps.last().copied().unwrap_or(&place);
        for key in facts.subject.keys(here) {
            self.repeated_at(&key, id, at).await?;
            // Earlier at a grid below, now by the name of the village.
            self.repeated_at(&format!("in {key}"), id, at).await?;
            self.add_subject(key, id).await?;
        }
        // Whoever names the grid or its village means one place; a whole township is none (LOOP M4).
        let above = steps.iter().rev().skip(1).rev().skip(WIDE_STEPS);
        for unit in above {
            for key in facts.subject.keys(unit) {
                self.repeated_at(&key, id, at).await?;
                self.add_subject(format!("in {key}"), id).await?;
            }
        }
        Ok(())
    }

    /// Earlier files under this key are not settled, when they stood just before.
    async fn repeated_at(&mut self, key: &str, id: Uuid, at: Moment) -> Result<(), ViewError> {
        let query = sqlx::query(self.tables.sql(EARLIER)).bind(key).bind(id.to_string());
        for row in query.fetch_all(&mut *self.db).await? {
            if let Ok(earlier) = row.try_get::<&str, _>("id")?.parse() {
                self.change(earlier, |found| found.repeated |= found.stood_at(at)).await?;
            }
        }
        Ok(())
    }

    async fn add_subject(&mut self, key: String, id: Uuid) -> Result<(), ViewError> {
        let query = sqlx::query(self.tables.sql(ADD_SUBJECT)).bind(key).bind(id.to_string());
        query.execute(&mut *self.db).await?;
        Ok(())
    }

    async fn issue(&mut self, id: Uuid, fact: &IssueEvent) -> Result<(), ViewError> {
        let followers = self.change(id, |facts| {
            facts.evolve(fact);
            // Whoever brought the file that was merged came first of it.
            let mut merged = BTreeMap::new();
            for (number, from) in facts.reporters.iter().enumerate() {
                if let Some(from) = from {
                    merged.entry(*from).or_insert(number);
                }
            }
            let wider = match fact {
                // What others brought long ago is brought now, by whoever is attached now.
                IssueEvent::ReporterAttached(e) => Some((facts.clone(), e.at)),
                IssueEvent::Reclassified(_) => Some((facts.clone(), Moment(facts.started_at))),
                _ => None,
            };
            // What staff had found is nobody's row: the one household that brought it has theirs.
            let stands_for = (facts.proactive && merged.len() == 1).then(|| facts.clone());
            (merged, wider, stands_for)
        });
        let (followers, wider, stands_for) = followers.await?.unwrap_or_default();
        for (IssueId(follower), reporter) in followers {
            self.change(follower, |facts| {
                facts.follow_lead(reporter, fact);
                stands_for.iter().for_each(|lead| facts.stand_for(lead, fact));
            })
            .await?;
        }
        match wider {
            Some((facts, at)) => self.repeats(id, &facts, at).await,
            None => Ok(()),
        }
    }

    /// Changes one row; nothing when it is not there.
    async fn change<R>(
        &mut self,
        id: Uuid,
        change: impl FnOnce(&mut IssueFacts) -> R,
    ) -> Result<Option<R>, ViewError> {
        let Some(mut facts) = docs::load::<IssueFacts>(self.db, self.tables, id).await? else {
            return Ok(None);
        };
        let before = facts.clone();
        let result = change(&mut facts);
        if facts != before {
            let sql = self.tables.sql("UPDATE {t} SET doc = ? WHERE id = ?");
            let query = sqlx::query(sql).bind(docs::text(&facts)?).bind(id.to_string());
            query.execute(&mut *self.db).await?;
        }
        Ok(Some(result))
    }

    async fn recuse(&mut self, id: Uuid, e: &PartyNamed) -> Result<(), ViewError> {
        let named = seen::named(self.db, self.tables, e).await?;
        let query = sqlx::query(self.tables.sql(RECUSE)).bind(named).bind(id.to_string());
        query.execute(&mut *self.db).await?;
        Ok(())
    }

    async fn call(&mut self, id: Uuid, fact: &CallEvent) -> Result<(), ViewError> {
        let query = sqlx::query(self.tables.sql(LOAD_CALL)).bind(id.to_string());
        let known = query.fetch_optional(&mut *self.db).await?;
        let mut facts: CallFacts = known.as_ref().map(docs::read).transpose()?.unwrap_or_default();
        let unit = match fact {
            CallEvent::Pressed(e) => Some(e.unit),
            CallEvent::ThumbUnbound(e) => Some(e.unit),
            _ => None,
        };
        let path = match unit {
            Some(unit) => area::path_of(self.db, self.tables, unit).await?,
            None => String::new(),
        };
        if let CallEvent::Pressed(e) = fact
            && let Some(device) = e.device
        {
            let query = sqlx::query(self.tables.sql(HEARD));
            query.bind(e.pressed_at.0).bind(device.to_string()).execute(&mut *self.db).await?;
        }
        facts.evolve(fact);
        sqlx::query(self.tables.sql(SAVE_CALL))
            .bind(id.to_string())
            .bind(path)
            .bind(docs::text(&facts)?)
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }

    /// Devices, so that calls stand beside those who could have called (LOOP M6).
    async fn org(&mut self, fact: &OrgEvent) -> Result<(), ViewError> {
        match fact {
            OrgEvent::UnitMerged(e) => {
                let query = sqlx::query(self.tables.sql(JOIN_SUBJECTS));
                let (from, into) = (format!("/{}/", e.unit), format!("/{}/", e.into));
                query.bind(from).bind(into).execute(&mut *self.db).await?;
            }
            OrgEvent::HouseholdRegistered(e) => {
                let query = sqlx::query(self.tables.sql(ADD_HOME))
                    .bind(e.household.to_string())
                    .bind(e.unit.to_string());
                query.execute(&mut *self.db).await?;
            }
            OrgEvent::DeviceRegistered(e) => {
                let query = sqlx::query(self.tables.sql(HOME)).bind(e.household.to_string());
                let row = query.fetch_optional(&mut *self.db).await?;
                let unit: Option<UnitId> =
                    row.and_then(|row| row.try_get::<String, _>("unit").ok()?.parse().ok());
                let path = match unit {
                    Some(unit) => area::path_of(self.db, self.tables, unit).await?,
                    None => String::new(),
                };
                let query =
                    sqlx::query(self.tables.sql(ADD_DEVICE)).bind(e.device.to_string()).bind(path);
                query.execute(&mut *self.db).await?;
            }
            _ => {}
        }
        Ok(())
    }
}
