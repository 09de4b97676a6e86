//! Rows whose details are one JSON document beside the columns that are searched by.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use uuid::Uuid;

use crate::database::{Db, DbRow};
use crate::model::{Tables, ViewError};

/// The document of the row with this id.
///
/// # Errors
/// When the database or the document cannot be read.
pub async fn load<T: DeserializeOwned>(
    db: &mut Db,
    tables: &Tables,
    id: Uuid,
) -> Result<Option<T>, ViewError> {
    let query = sqlx::query(tables.sql("SELECT doc FROM {t} WHERE id = ?")).bind(id.to_string());
    query.fetch_optional(db).await?.as_ref().map(read).transpose()
}

/// The row's `doc` column.
///
/// # Errors
/// When it is not what this program writes.
pub fn read<T: DeserializeOwned>(row: &DbRow) -> Result<T, ViewError> {
    Ok(serde_json::from_str(row.try_get::<&str, _>("doc")?)?)
}

/// # Errors
/// Never for the types of this crate.
pub fn text(doc: &impl Serialize) -> Result<String, ViewError> {
    Ok(serde_json::to_string(doc)?)
}
