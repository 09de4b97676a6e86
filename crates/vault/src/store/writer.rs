//! The connection that writes: bindings behind, keys ahead, tombstones at once.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, ConnectOptions, Connection, Row, Transaction};
use tokio::sync::MutexGuard;
use uuid::Uuid;

use super::{
    ADD_BINDING, ADD_KEY, ADD_PHONE, ADD_TOMBSTONE, CHECKPOINT, Change, DESTROY, FORGET_PHONES,
    FREEZE, Kind, PG_SESSION, POSITION, SET_META, Store, Sync, UNBIND, UNFREEZE, VACUUM, answered,
    ping,
};
use crate::error::unavailable;
use crate::memory::{Fresh, Held};
use crate::phone::PhoneRow;
use crate::seal::{self, WRAPPED};
use crate::{KeyFor, VaultError};

/// The one connection that writes. Every change first writes the bindings that wait, so that SQL
/// alone knows whose keys there are.
pub(crate) struct Writer<'a> {
    pub(super) store: &'a Store,
    pub(super) connection: MutexGuard<'a, Option<AnyConnection>>,
}

impl Writer<'_> {
    /// Writes bindings, and `count` new keys; returns the keys once they are durable.
    pub async fn write(
        &mut self,
        pending: &[(KeyFor, Held)],
        count: usize,
    ) -> Result<Vec<Fresh>, VaultError> {
        answered(self.write_now(pending, count)).await
    }

    async fn write_now(
        &mut self,
        pending: &[(KeyFor, Held)],
        count: usize,
    ) -> Result<Vec<Fresh>, VaultError> {
        let sync = if count > 0 { Sync::Durable } else { Sync::Behind };
        let kek = &self.store.kek;
        let mut tx = self.begin(sync).await?;
        bind(&mut tx, pending).await?;
        let mut fresh = Vec::with_capacity(count);
        for _ in 0..count {
            let made = Fresh::random();
            let wrapped = seal::wrap(kek.secret(), made.key_id, &made.secret)?;
            let add = sqlx::query(ADD_KEY).bind(made.key_id.as_bytes().to_vec()).bind(wrapped);
            add.execute(&mut *tx).await.map_err(unavailable)?;
            fresh.push(made);
        }
        tx.commit().await.map_err(unavailable)?;
        Ok(fresh)
    }

    /// Durable. Returns the keys that changed by it.
    pub async fn change(
        &mut self,
        pending: &[(KeyFor, Held)],
        key_ids: &[Uuid],
        change: Change,
    ) -> Result<Vec<Uuid>, VaultError> {
        answered(self.change_now(pending, key_ids, change)).await
    }

    async fn change_now(
        &mut self,
        pending: &[(KeyFor, Held)],
        key_ids: &[Uuid],
        change: Change,
    ) -> Result<Vec<Uuid>, VaultError> {
        let mut tx = self.begin(Sync::Durable).await?;
        bind(&mut tx, pending).await?;
        let mut changed = Vec::new();
        for key_id in key_ids {
            let hits = match change {
                Change::Destroy => destroy(&mut tx, *key_id).await?,
                Change::Freeze => run(&mut tx, by_id(FREEZE, *key_id)).await?,
                Change::Unfreeze => run(&mut tx, by_id(UNFREEZE, *key_id)).await?,
            };
            changed.extend((hits > 0).then_some(*key_id));
        }
        tx.commit().await.map_err(unavailable)?;
        Ok(changed)
    }

    /// Writes what the log has told up to `position`: rows of the blind index. Behind, as bindings are: after
    /// a power cut the log is read again from the position that was kept.
    pub async fn follow(
        &mut self,
        pending: &[(KeyFor, Held)],
        phones: &[PhoneRow],
        position: u64,
    ) -> Result<(), VaultError> {
        answered(self.follow_now(pending, phones, position)).await
    }

    async fn follow_now(
        &mut self,
        pending: &[(KeyFor, Held)],
        phones: &[PhoneRow],
        position: u64,
    ) -> Result<(), VaultError> {
        let mut tx = self.begin(Sync::Behind).await?;
        bind(&mut tx, pending).await?;
        for row in phones {
            let add = sqlx::query(ADD_PHONE)
                .bind(row.digest.to_vec())
                .bind(row.stream.clone())
                .bind(row.key_id.as_bytes().to_vec());
            run(&mut tx, add).await?;
        }
        let position = position.to_be_bytes().to_vec();
        run(&mut tx, sqlx::query(SET_META).bind(POSITION).bind(position)).await?;
        tx.commit().await.map_err(unavailable)
    }

    /// Removes what the pages were before a change: from SQLite's write-ahead log, from PostgreSQL's table.
    pub async fn checkpoint(&mut self) -> Result<(), VaultError> {
        let kind = self.store.kind;
        let connection = self.alive().await?;
        if kind == Kind::Postgres {
            let done = sqlx::raw_sql(VACUUM).execute(connection).await;
            return done.map(|_| ()).map_err(unavailable);
        }
        let row = sqlx::query(CHECKPOINT).fetch_one(connection).await.map_err(unavailable)?;
        match row.try_get::<i64, _>(0).map_err(unavailable)? {
            0 => Ok(()),
            _ => Err(unavailable(
                "the keys are destroyed, but a reader kept the write-ahead log; shred again",
            )),
        }
    }

    async fn begin(&mut self, sync: Sync) -> Result<Transaction<'_, Any>, VaultError> {
        let kind = self.store.kind;
        let connection = self.alive().await?;
        sqlx::raw_sql(kind.sync(sync)).execute(&mut *connection).await.map_err(unavailable)?;
        connection.begin_with(kind.begin()).await.map_err(unavailable)
    }

    /// The connection, made anew when a server took it away.
    async fn alive(&mut self) -> Result<&mut AnyConnection, VaultError> {
        let connection = connected(&mut self.connection)?;
        if self.store.kind == Kind::Postgres && ping(connection).await.is_err() {
            let mut fresh = self.store.options.connect().await.map_err(unavailable)?;
            sqlx::raw_sql(PG_SESSION).execute(&mut fresh).await.map_err(unavailable)?;
            *connection = fresh;
        }
        Ok(connection)
    }
}

async fn bind(tx: &mut Transaction<'_, Any>, pending: &[(KeyFor, Held)]) -> Result<(), VaultError> {
    for (owner, held) in pending {
        let add = sqlx::query(ADD_BINDING)
            .bind(owner.scope.as_str().to_owned())
            .bind(owner.subject.clone())
            .bind(owner.class.name())
            .bind(held.key_id.as_bytes().to_vec());
        run(tx, add).await?;
    }
    Ok(())
}

async fn destroy(tx: &mut Transaction<'_, Any>, key_id: Uuid) -> Result<u64, VaultError> {
    let (id, zeros) = (key_id.as_bytes().to_vec(), vec![0; WRAPPED]);
    let known = run(tx, sqlx::query(DESTROY).bind(zeros.clone()).bind(id.clone())).await?;
    let unknown = run(tx, sqlx::query(ADD_TOMBSTONE).bind(id).bind(zeros)).await?;
    run(tx, by_id(UNBIND, key_id)).await?;
    run(tx, by_id(FORGET_PHONES, key_id)).await?;
    Ok(known + unknown)
}

fn by_id(sql: &'static str, key_id: Uuid) -> Query<'static, Any, AnyArguments> {
    sqlx::query(sql).bind(key_id.as_bytes().to_vec())
}

async fn run(
    tx: &mut Transaction<'_, Any>,
    query: Query<'_, Any, AnyArguments>,
) -> Result<u64, VaultError> {
    query.execute(&mut **tx).await.map(|done| done.rows_affected()).map_err(unavailable)
}

pub(super) fn connected(
    writer: &mut Option<AnyConnection>,
) -> Result<&mut AnyConnection, VaultError> {
    writer.as_mut().ok_or_else(|| unavailable("closed"))
}
