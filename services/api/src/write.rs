//! What all writes share: request id, etag, claimed time; and the receipt they answer with.

use contract::bidao::common::v1 as pb;
use domain::shared::ids::PostId;
use domain::shared::moment::Moment;
use eventlog::{Done, ExecuteError, Origin, Request};
use prost::Message;
use uuid::Uuid;

use crate::decide::Action;
use crate::{Api, ApiError, Caller, wire};

/// A write before it is authorised.
#[derive(Clone, Debug, Default)]
pub(crate) struct Write {
    request_id: String,
    expected_version: Option<u64>,
    pub(crate) occurred_at: Option<Moment>,
    pub(crate) on_behalf_of: Option<PostId>,
    body: Vec<u8>,
}

impl Write {
    /// Checks what every write carries. The whole request is what its id stands for.
    pub(crate) fn of(
        message: &impl Message,
        request_id: &str,
        etag: &str,
    ) -> Result<Self, ApiError> {
        // One spelling per id: the same UUID in capitals or braces is the same command.
        let request_id = wire::optional_id::<Uuid>("request_id", request_id)?;
        Ok(Self {
            request_id: request_id.map(|id| id.to_string()).unwrap_or_default(),
            expected_version: version_of(etag)?,
            occurred_at: None,
            on_behalf_of: None,
            body: message.encode_to_vec(),
        })
    }

    /// The post a clerk records for.
    pub(crate) fn on_behalf_of(self, post: &str) -> Result<Self, ApiError> {
        Ok(Self { on_behalf_of: wire::optional_id("on_behalf_of_post_id", post)?, ..self })
    }

    /// When it happened, as the caller claims: never later than now.
    pub(crate) fn occurred_at(
        self,
        time: Option<&prost_types::Timestamp>,
        now: Moment,
    ) -> Result<Self, ApiError> {
        let occurred_at = wire::optional_time("occurred_at", time)?;
        if occurred_at.is_some_and(|claimed| claimed > now) {
            return Err(ApiError::shape(
                "occurred_at",
                "must not lie in the future",
                "发生时间不能晚于现在",
            ));
        }
        Ok(Self { occurred_at, ..self })
    }

    /// As [`Write::occurred_at`], of a device whose own clock may be wrong: a claim that lies in the future
    /// is no claim, and refuses no key (LOOP C4).
    pub(crate) fn pressed_at(
        self,
        time: Option<&prost_types::Timestamp>,
        now: Moment,
    ) -> Result<Self, ApiError> {
        let claimed = wire::optional_time("occurred_at", time)?;
        Ok(Self { occurred_at: claimed.filter(|claimed| *claimed <= now), ..self })
    }
}

/// Opaque to clients: the stream's version.
pub(crate) fn etag(version: u64) -> String {
    format!("v{version}")
}

pub(crate) fn version_of(etag: &str) -> Result<Option<u64>, ApiError> {
    if etag.is_empty() {
        return Ok(None);
    }
    let version = etag.strip_prefix('v').and_then(|number| number.parse().ok());
    version.map(Some).ok_or_else(|| {
        ApiError::shape(
            "etag",
            "must be an etag of an answer, or empty",
            "应为应答中的 etag,或不填",
        )
    })
}

pub(crate) fn receipt(done: &Done) -> pb::Receipt {
    pb::Receipt {
        etag: etag(done.receipt.version),
        position: done.receipt.position,
        event_ids: done.receipt.event_ids.iter().map(ToString::to_string).collect(),
        repeated: done.repeated,
    }
}

/// What a request came to whose file was frozen after it, as nothing can be sealed there now; else why it cannot
/// be done. `earlier` is what the log knows of it.
pub(crate) async fn done_before_freeze<E: std::error::Error>(
    error: ApiError,
    earlier: impl Future<Output = Result<Option<Done>, ExecuteError<E>>>,
) -> Result<Done, ApiError>
where
    ApiError: From<ExecuteError<E>>,
{
    if matches!(error, ApiError::Rule { reason: "FROZEN", .. }) {
        earlier.await?.ok_or(error)
    } else {
        Err(error)
    }
}

impl Api {
    /// For what the server itself adds to a caller's command.
    pub(crate) fn system_origin(&self, id: &str) -> Origin {
        Origin {
            county6: self.commands.county6.clone(),
            actor: event::Actor { kind: "system".into(), id: id.into(), post: None, unit: None },
            channel: "grpc".into(),
            correlation_id: self.commands.ids.uuid7(),
            ..Origin::default()
        }
    }

    /// The id of what a request makes: the same one when it is repeated, and nobody's to guess. It tells no time
    /// (DESIGN §3).
    pub(crate) fn id_by(
        &self,
        caller: &Caller,
        action: Action,
        write: &Write,
    ) -> Result<Uuid, ApiError> {
        if write.request_id.is_empty() {
            return Ok(self.commands.ids.uuid4());
        }
        let text = format!("{action:?}\n{}\n{}", write.request_id, caller.actor.id);
        let bytes = self.vault.following("id", &text)?;
        let half = *bytes.first_chunk().unwrap_or(&[0; 16]);
        Ok(uuid::Builder::from_custom_bytes(half).into_uuid())
    }

    /// The request as the log knows it: an id is not good for two RPCs.
    pub(crate) fn request(&self, caller: &Caller, action: Action, write: Write) -> Request {
        let actor = &caller.actor;
        let kind =
            serde_json::to_value(actor.kind).ok().and_then(|kind| kind.as_str().map(Into::into));
        Request {
            origin: Origin {
                county6: self.commands.county6.clone(),
                actor: event::Actor {
                    kind: kind.unwrap_or_default(),
                    id: actor.id.clone(),
                    post: actor.post.map(|post| post.0),
                    unit: actor.unit.map(|unit| unit.0),
                },
                on_behalf_of: write.on_behalf_of.map(|post| format!("post/{post}")),
                channel: caller.channel.clone(),
                occurred_at: write.occurred_at.map(|moment| moment.0),
                correlation_id: self.commands.ids.uuid7(),
                causation_id: None,
            },
            request_id: write.request_id,
            principal: actor.id.clone(),
            kind: format!("{action:?}"),
            body: write.body,
            expected_version: write.expected_version,
            authority: caller.authority.clone(),
            authority_until: caller.valid_until.map(|until| until.0),
            beside: Vec::new(),
        }
    }
}
