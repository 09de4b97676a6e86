//! Who looked at whose identity, what was held, frozen and erased, and what waits for a second person: the
//! audit of privacy. Of residents it knows files, never names.

use async_trait::async_trait;
use domain::privacy::event::{Ask, Extent, Field, File, GlassBroken, Purpose};
use domain::privacy::{Asker, PrivacyEvent};
use domain::shared::moment::Moment;
use domain::shared::sealed::Sealed;
use domain::shared::stored::StoredEvent;
use event::Recorded;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::database::{Db, Within};
use crate::docs;
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::projection::signed;
use crate::store::Views;

pub struct Looks;

const ADD: &str = "INSERT INTO {t} VALUES (?, ?, ?, ?) ON CONFLICT (position) DO NOTHING";
const BEFORE: &str = "SELECT doc FROM {t} WHERE position < ? AND (? = '' OR file = ?) AND (? = '' OR principal = ?) \
     ORDER BY position DESC LIMIT ?";
const ASKED: &str =
    "INSERT INTO {t}_request VALUES (?, ?, ?, ?, ?) ON CONFLICT (position) DO NOTHING";
const DECIDED: &str = "DELETE FROM {t}_request WHERE file = ? AND number = ?";
const OPEN: &str =
    "SELECT doc FROM {t}_request WHERE position > ? AND until > ? ORDER BY position LIMIT ?";

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LookRow {
    pub position: u64,
    pub at: Moment,
    /// As `privacy.identity_viewed`.
    pub r#type: String,
    /// Nothing for a search, which is about a number.
    pub file: Option<File>,
    pub by: String,
    /// The person who granted what `asked_by` asked for.
    pub asked_by: Option<Asker>,
    pub number: Option<u32>,
    pub ask: Option<Ask>,
    pub fields: Vec<Field>,
    pub purpose: Option<Purpose>,
    pub until: Option<Moment>,
    pub extent: Option<Extent>,
    /// How many keys it was about.
    pub keys: u32,
}

/// What waits for a second person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestRow {
    pub position: u64,
    pub file: File,
    pub number: u32,
    pub ask: Ask,
    pub by: Asker,
    pub reason: Sealed,
    pub at: Moment,
    pub until: Moment,
}

#[async_trait]
impl Model for Looks {
    fn name(&self) -> &'static str {
        "privacy"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (position INTEGER PRIMARY KEY, file TEXT NOT NULL, principal TEXT NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_file ON {t} (file, position);
         CREATE INDEX {t}_by_principal ON {t} (principal, position);
         CREATE TABLE {t}_request (position INTEGER PRIMARY KEY, file TEXT NOT NULL, number INTEGER NOT NULL, until INTEGER NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_request_by_file ON {t}_request (file, number);"
    }

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError> {
        let Fact::Privacy(fact) = fact else {
            return Ok(());
        };
        let row = LookRow::of(recorded, fact);
        sqlx::query(tables.sql(ADD))
            .bind(signed(row.position))
            .bind(row.file.map(|file| file.to_string()).unwrap_or_default())
            .bind(&row.by)
            .bind(docs::text(&row)?)
            .execute(&mut *db)
            .await?;
        if let PrivacyEvent::RequestMade(e) = fact {
            let open = RequestRow {
                position: recorded.position,
                file: e.file,
                number: e.number,
                ask: e.ask,
                by: e.by.clone(),
                reason: e.reason.clone(),
                at: e.at,
                until: e.until,
            };
            sqlx::query(tables.sql(ASKED))
                .bind(signed(open.position))
                .bind(open.file.to_string())
                .bind(i64::from(open.number))
                .bind(open.until.0)
                .bind(docs::text(&open)?)
                .execute(db)
                .await?;
        } else if let (Some(file), Some(number)) = (row.file, row.number) {
            let query = sqlx::query(tables.sql(DECIDED)).bind(file.to_string());
            query.bind(i64::from(number)).execute(db).await?;
        }
        Ok(())
    }
}

impl LookRow {
    fn of(recorded: &Recorded, fact: &PrivacyEvent) -> Self {
        let envelope = &recorded.envelope;
        let (file, number) = about(fact);
        let row = Self {
            position: recorded.position,
            at: Moment(envelope.decided_at),
            r#type: fact.type_name().into(),
            file,
            by: envelope.actor.id.clone(),
            asked_by: None,
            number,
            ask: None,
            fields: Vec::new(),
            purpose: None,
            until: None,
            extent: None,
            keys: 0,
        };
        let keys = |key_ids: &[Uuid]| u32::try_from(key_ids.len()).unwrap_or(u32::MAX);
        match fact.clone() {
            PrivacyEvent::IdentityViewed(e) => {
                Self { fields: e.fields, purpose: Some(e.purpose), ..row }
            }
            PrivacyEvent::IdentitySearched(e) => Self { purpose: Some(e.purpose), ..row },
            PrivacyEvent::RequestMade(e) => Self { ask: Some(e.ask), until: Some(e.until), ..row },
            PrivacyEvent::PassGranted(e) | PrivacyEvent::GlassBroken(GlassBroken(e)) => {
                let ask = if e.pass.breaks_glass { Ask::BreakGlass } else { Ask::Unmask };
                let (asked_by, until) = (Some(e.pass.to), Some(e.pass.until));
                Self { asked_by, ask: Some(ask), until, ..row }
            }
            PrivacyEvent::KeysDestroyed(e) => {
                let (asked_by, extent) = (Some(e.by), Some(e.extent));
                Self { asked_by, extent, keys: keys(&e.key_ids), ..row }
            }
            PrivacyEvent::KeysFrozen(e) => Self { keys: keys(&e.key_ids), ..row },
            PrivacyEvent::KeysUnfrozen(e) => {
                Self { asked_by: Some(e.by), keys: keys(&e.key_ids), ..row }
            }
            PrivacyEvent::HoldLifted(e) => {
                let ask = Some(Ask::LiftHold { hold: e.hold });
                Self { asked_by: Some(e.by), ask, ..row }
            }
            PrivacyEvent::RequestRejected(_) | PrivacyEvent::HoldPlaced(_) => row,
        }
    }
}

/// The file, and the number of the request or the hold in it.
const fn about(fact: &PrivacyEvent) -> (Option<File>, Option<u32>) {
    match fact {
        PrivacyEvent::IdentitySearched(_) => (None, None),
        PrivacyEvent::IdentityViewed(e) => (Some(e.file), None),
        PrivacyEvent::KeysFrozen(e) => (Some(e.file), None),
        PrivacyEvent::RequestMade(e) => (Some(e.file), Some(e.number)),
        PrivacyEvent::RequestRejected(e) => (Some(e.file), Some(e.number)),
        PrivacyEvent::PassGranted(e) | PrivacyEvent::GlassBroken(GlassBroken(e)) => {
            (Some(e.file), Some(e.number))
        }
        PrivacyEvent::KeysDestroyed(e) => (Some(e.file), Some(e.number)),
        PrivacyEvent::KeysUnfrozen(e) => (Some(e.file), Some(e.number)),
        PrivacyEvent::HoldPlaced(e) => (Some(e.file), Some(e.number)),
        PrivacyEvent::HoldLifted(e) => (Some(e.file), Some(e.number)),
    }
}

impl Views {
    /// The audit before a position, the latest first; of one file or one principal when they are named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn looks(
        &self,
        file: &str,
        principal: &str,
        before: u64,
        max: u32,
    ) -> Result<Vec<LookRow>, ViewError> {
        let tables = self.tables("privacy").await?;
        let before = if before == 0 { i64::MAX } else { signed(before) };
        let rows = sqlx::query(tables.sql(BEFORE))
            .bind(before)
            .bind(file)
            .bind(file)
            .bind(principal)
            .bind(principal)
            .bind(i64::from(max))
            .fetch_all(&self.readers)
            .within()
            .await?;
        rows.iter().map(docs::read).collect()
    }

    /// What waits for a second person at `now`, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn privacy_requests(
        &self,
        after: u64,
        now: Moment,
        max: u32,
    ) -> Result<Vec<RequestRow>, ViewError> {
        let tables = self.tables("privacy").await?;
        let rows = sqlx::query(tables.sql(OPEN))
            .bind(signed(after))
            .bind(now.0)
            .bind(i64::from(max))
            .fetch_all(&self.readers)
            .within()
            .await?;
        rows.iter().map(docs::read).collect()
    }
}
