//! What every Watch shares: it follows the views, says so when nothing happens, can be taken up again,
//! and is cut when its reader is too slow (ecosystem §1.2).

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc::{self, OwnedPermit};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use uuid::Uuid;

use crate::decide::Action;
use crate::limits::Following;
use crate::{Api, ApiError, Caller};

/// A sign of life, so that proxies keep the stream open and clients know how fresh they are.
const BOOKMARK: Duration = Duration::from_secs(15);
/// Streams end with OK after this and are taken up again: no connection lasts for ever.
const ROTATE: Duration = Duration::from_secs(30 * 60);
/// A reader that takes nothing for this long is cut.
const SLOW: Duration = Duration::from_secs(10);
/// Messages on the way to one reader.
const BUFFER: usize = 256;

pub(crate) type Messages<M> = ReceiverStream<Result<M, Status>>;

/// Where one Watch is.
pub(crate) struct Watch<M> {
    api: Api,
    action: Action,
    caller: Caller,
    messages: mpsc::Sender<Result<M, Status>>,
    /// Room for the last word, whatever the reader has not taken.
    last: OwnedPermit<Result<M, Status>>,
    _following: Following,
}

/// Why a Watch ends.
pub(crate) enum End {
    /// The reader went away.
    Gone,
    TooSlow,
    Failed(ApiError),
}

impl From<ApiError> for End {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

impl From<views::ViewError> for End {
    fn from(error: views::ViewError) -> Self {
        Self::Failed(error.into())
    }
}

impl<M: Send + 'static> Watch<M> {
    /// Sends one message; a reader that takes none in time ends the stream.
    pub(crate) async fn send(&self, message: M) -> Result<(), End> {
        match tokio::time::timeout(SLOW, self.messages.send(Ok(message))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::TooSlow),
        }
    }
}

impl Api {
    /// Follows the views from `position`: `round` sends what is new since then and says how far it got;
    /// `bookmark` is sent whenever nothing is.
    pub(crate) async fn watch<M, F, R>(
        &self,
        (caller, action): (Caller, Action),
        position: u64,
        mut round: F,
        bookmark: impl Fn(&Api, u64) -> M + Send + Sync + 'static,
    ) -> Result<Messages<M>, ApiError>
    where
        M: Send + 'static,
        F: FnMut(std::sync::Arc<Watch<M>>, u64) -> R + Send + 'static,
        R: Future<Output = Result<u64, End>> + Send,
    {
        let _following = self.limits().watch(&caller.actor.id)?;
        let (messages, stream) = mpsc::channel(BUFFER);
        let last = messages.clone().reserve_owned().await;
        let last = last.map_err(|_| ApiError::Internal("a stream without a reader".into()))?;
        let watch = Watch { api: self.clone(), action, caller, messages, last, _following };
        let watch = std::sync::Arc::new(watch);
        tokio::spawn(async move {
            let ended = follow(&watch, position, &mut round, &bookmark).await;
            drop(round);
            if let (Err(end), Some(watch)) = (ended, std::sync::Arc::into_inner(watch)) {
                watch.say(end);
            }
        });
        Ok(ReceiverStream::new(stream))
    }

    /// Binds a position to a query; opaque to clients.
    pub(crate) fn resume_token(&self, filter: &str, position: u64) -> String {
        self.page_token(filter, (i64::try_from(position).unwrap_or(i64::MAX), Uuid::nil()))
    }

    /// The position to go on from; 0 is the beginning: everything there is, then what follows.
    pub(crate) fn resumed(&self, filter: &str, token: &str) -> Result<u64, ApiError> {
        match self.after_token(filter, token) {
            Ok(after) => Ok(after.map_or(0, |(position, _)| position.unsigned_abs())),
            Err(_) => Err(ApiError::ResumeTokenExpired),
        }
    }
}

impl<M> Watch<M> {
    fn say(self, end: End) {
        let status = match end {
            End::Gone => return,
            End::TooSlow => ApiError::SlowReader.into_status(self.action),
            End::Failed(error) => error.into_status(self.action),
        };
        self.last.send(Err(status));
    }
}

async fn follow<M, F, R>(
    watch: &std::sync::Arc<Watch<M>>,
    mut position: u64,
    round: &mut F,
    bookmark: &(impl Fn(&Api, u64) -> M + Send + Sync),
) -> Result<(), End>
where
    M: Send + 'static,
    F: FnMut(std::sync::Arc<Watch<M>>, u64) -> R + Send,
    R: Future<Output = Result<u64, End>> + Send,
{
    let rotate = tokio::time::Instant::now() + ROTATE;
    loop {
        let seen = watch.api.projected.position();
        watch.api.still(&watch.caller).await?;
        position = round(std::sync::Arc::clone(watch), position).await?.max(position);
        if tokio::time::Instant::now() >= rotate {
            return Ok(());
        }
        tokio::select! {
            () = watch.api.shutdown.requested() => return Ok(()),
            () = watch.messages.closed() => return Err(End::Gone),
            moved = tokio::time::timeout(BOOKMARK, watch.api.projected.moved_past(seen)) => {
                if moved.is_err() {
                    watch.send(bookmark(&watch.api, position.max(seen))).await?;
                }
            }
        }
    }
}
