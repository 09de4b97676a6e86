//! Principals with what they have, and every change of access with who made it: the audit of administration.

use async_trait::async_trait;
use domain::access::AccessEvent;
use domain::access::Grant;
use domain::access::event::PrincipalKind;
use domain::shared::ids::{PersonId, UnitId};
use domain::shared::moment::Moment;
use domain::shared::role::Role;
use event::Recorded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::database::{Db, Within};
use crate::docs;
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::projection::signed;
use crate::store::Views;

pub struct Principals;

const SAVE: &str =
    "INSERT INTO {t} VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc";
const LIST: &str = "SELECT doc FROM {t} WHERE name >= ? AND name < ? AND (position, id) > (?, ?) \
     ORDER BY position, id LIMIT ?";
const CHANGE: &str = "INSERT INTO {t}_change VALUES (?, ?, ?) ON CONFLICT (position) DO NOTHING";
const CHANGES: &str = "SELECT doc FROM {t}_change WHERE position < ? AND (? = '' OR name = ?) \
     ORDER BY position DESC LIMIT ?";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrincipalRow {
    pub id: Uuid,
    /// Of its registration.
    pub position: i64,
    pub name: String,
    pub kind: PrincipalKind,
    pub person: Option<PersonId>,
    pub grants: BTreeMap<u32, Grant>,
    pub keys: BTreeMap<u32, KeyRow>,
    pub has_password: bool,
    pub locked_until: Option<Moment>,
    pub retired: bool,
    pub last_login: Option<Moment>,
}

/// A key without its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyRow {
    pub label: String,
    pub roles: Vec<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<UnitId>,
    pub until: Moment,
}

/// One change of access.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeRow {
    pub position: u64,
    pub at: Moment,
    pub r#type: String,
    pub name: String,
    pub by: String,
    /// The event's data without secrets, JSON.
    pub data: String,
}

#[async_trait]
impl Model for Principals {
    fn name(&self) -> &'static str {
        "principals"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, name TEXT NOT NULL, position INTEGER NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_position ON {t} (position, id);
         CREATE TABLE {t}_change (position INTEGER PRIMARY KEY, name TEXT NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_change_by_name ON {t}_change (name, position);"
    }

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError> {
        let Fact::Access(fact) = fact else {
            return Ok(());
        };
        let id = recorded.envelope.stream.id;
        let mut row = match (fact, docs::load(db, tables, id).await?) {
            (AccessEvent::PrincipalRegistered(e), _) => PrincipalRow {
                id,
                position: signed(recorded.position),
                name: e.name.clone(),
                kind: e.kind,
                person: e.person,
                grants: BTreeMap::new(),
                keys: BTreeMap::new(),
                has_password: false,
                locked_until: None,
                retired: false,
                last_login: None,
            },
            (_, Some(row)) => row,
            (_, None) => return Err(ViewError::Poison("a principal nobody registered".into())),
        };
        row.evolve(fact);
        sqlx::query(tables.sql(SAVE))
            .bind(id.to_string())
            .bind(&row.name)
            .bind(row.position)
            .bind(docs::text(&row)?)
            .execute(&mut *db)
            .await?;
        let change = ChangeRow::of(recorded, &row.name)?;
        sqlx::query(tables.sql(CHANGE))
            .bind(signed(change.position))
            .bind(&change.name)
            .bind(docs::text(&change)?)
            .execute(db)
            .await?;
        Ok(())
    }
}

impl PrincipalRow {
    fn evolve(&mut self, fact: &AccessEvent) {
        match fact {
            AccessEvent::PrincipalRetired(_) => {
                self.retired = true;
                self.has_password = false;
                self.grants.clear();
                self.keys.clear();
            }
            AccessEvent::RoleGranted(e) => {
                let grant = Grant { role: e.role, area: e.area, until: e.until };
                self.grants.insert(e.number, grant);
            }
            AccessEvent::RoleRevoked(e) => {
                self.grants.remove(&e.number);
            }
            AccessEvent::KeyIssued(e) => {
                let key = KeyRow {
                    label: e.label.clone(),
                    roles: e.roles.clone(),
                    within: e.within,
                    until: e.secret.until,
                };
                self.keys.insert(e.number, key);
            }
            AccessEvent::KeyRevoked(e) => {
                self.keys.remove(&e.number);
            }
            AccessEvent::PasswordSet(_) => {
                self.has_password = true;
                self.locked_until = None;
            }
            AccessEvent::LoggedIn(e) => {
                self.last_login = Some(e.at);
                self.locked_until = None;
            }
            AccessEvent::TokensRevoked(_) => self.keys.clear(),
            AccessEvent::LoginFailed(e) => self.locked_until = e.locked_until,
            _ => {}
        }
    }
}

impl ChangeRow {
    fn of(recorded: &Recorded, name: &str) -> Result<Self, ViewError> {
        let envelope = &recorded.envelope;
        let mut data: serde_json::Value = serde_json::from_str(envelope.payload.text())?;
        if let Some(fields) = data.as_object_mut() {
            // Digests and hashes prove what is known; nobody needs them to read what was done.
            for secret in ["secret", "password"] {
                fields.remove(secret);
            }
        }
        Ok(Self {
            position: recorded.position,
            at: Moment(envelope.decided_at),
            r#type: envelope.r#type.to_string(),
            name: name.into(),
            by: envelope.actor.id.clone(),
            data: data.to_string(),
        })
    }
}

impl Views {
    /// Principals whose name begins with `prefix`, in the order of their registration.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn principals(
        &self,
        prefix: &str,
        after: Option<(i64, Uuid)>,
        max: u32,
    ) -> Result<Vec<PrincipalRow>, ViewError> {
        let tables = self.tables("principals").await?;
        let (position, id) = after.unwrap_or((-1, Uuid::nil()));
        let rows = sqlx::query(tables.sql(LIST))
            .bind(prefix)
            // Names are ASCII below it.
            .bind(format!("{prefix}~"))
            .bind(position)
            .bind(id.to_string())
            .bind(i64::from(max))
            .fetch_all(&self.readers)
            .within()
            .await?;
        rows.iter().map(docs::read).collect()
    }

    /// Changes of access before a position, the latest first; of one principal when it is named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_changes(
        &self,
        name: &str,
        before: u64,
        max: u32,
    ) -> Result<Vec<ChangeRow>, ViewError> {
        let tables = self.tables("principals").await?;
        let before = if before == 0 { i64::MAX } else { signed(before) };
        let rows = sqlx::query(tables.sql(CHANGES))
            .bind(before)
            .bind(name)
            .bind(name)
            .bind(i64::from(max))
            .fetch_all(&self.readers)
            .within()
            .await?;
        rows.iter().map(docs::read).collect()
    }
}
