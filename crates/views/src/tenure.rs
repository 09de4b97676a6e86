//! Whose time in a post is over by its own date and not yet recorded so: timers of the organisation,
//! read from the coverage view's tables.

use domain::shared::ids::{PersonId, PostId};
use domain::shared::moment::Moment;
use sqlx::Row;

use crate::database::Within;
use crate::model::ViewError;
use crate::store::Views;

const OVER: &str = "SELECT post, person, until FROM {t}_sit WHERE open = 1 AND until <= ? ORDER BY until, position LIMIT ?";
const NEXT: &str = "SELECT MIN(until) AS until FROM {t}_sit WHERE open = 1 AND until > ?";

/// An appointment or a stand-in's turn that has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenure {
    pub post: PostId,
    pub person: PersonId,
    pub until: Moment,
}

impl Views {
    /// Those over at `now`, the longest over first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tenures_over(&self, now: Moment, max: u32) -> Result<Vec<Tenure>, ViewError> {
        let tables = self.tables("coverage").await?;
        let query = sqlx::query(tables.sql(OVER)).bind(now.0).bind(i64::from(max));
        let rows = query.fetch_all(&self.readers).within().await?;
        let tenures = rows.iter().map(|row| {
            let poison = |error: uuid::Error| ViewError::Poison(error.to_string());
            Ok(Tenure {
                post: row.try_get::<&str, _>("post")?.parse().map_err(poison)?,
                person: row.try_get::<&str, _>("person")?.parse().map_err(poison)?,
                until: Moment(row.try_get("until")?),
            })
        });
        tenures.collect()
    }

    /// When the next one ends after `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_tenure_end(&self, now: Moment) -> Result<Option<Moment>, ViewError> {
        let tables = self.tables("coverage").await?;
        let row =
            sqlx::query(tables.sql(NEXT)).bind(now.0).fetch_one(&self.readers).within().await?;
        let until: Option<i64> = row.try_get("until")?;
        Ok(until.map(Moment).filter(|until| *until < Moment::MAX))
    }
}
