//! A public event as a CloudEvent in binary mode: attributes in `ce-*` headers, the data as the body.

use bus::Message;
use domain::shared::moment::Moment;
use event::{Disclosure, Recorded};
use views::fact::Fact;

use super::{Untranslated, translate};

/// For integrators that share the work by partition; never changed, or one issue would have two.
const PARTITIONS: u32 = 16;

/// What others are told of this event; `None` when it stays inside.
///
/// # Errors
/// Never for the contract this program was built with.
pub fn message(recorded: &Recorded) -> Result<Option<Message>, Untranslated> {
    let envelope = &recorded.envelope;
    if envelope.disclosure == Disclosure::Withheld {
        return Ok(None);
    }
    // An event that does not decode parks its stream in the views, which alarm.
    let Ok(fact) = Fact::of(recorded) else {
        return Ok(None);
    };
    let id = envelope.stream.id.to_string();
    let Some(data) = translate(&fact, &id)? else {
        return Ok(None);
    };
    let kind = &envelope.r#type;
    let partition = fnv1a(envelope.stream.id.as_bytes()) % PARTITIONS;
    let at = Moment(envelope.decided_at);
    let headers = [
        ("ce-specversion", "1.0".to_owned()),
        ("ce-id", envelope.event_id.to_string()),
        ("ce-source", format!("/counties/{}", envelope.county6)),
        ("ce-type", format!("bidao.{kind}.v1")),
        ("ce-subject", id),
        ("ce-time", at.local().timestamp().to_string()),
        ("ce-sequence", recorded.position.to_string()),
        ("ce-dataschema", format!("bidao:{}", data.message)),
        ("ce-datacontenttype", "application/json".to_owned()),
        ("ce-correlationid", envelope.correlation_id.to_string()),
    ];
    Ok(Some(Message {
        subject: format!("bidao.{}.{kind}.p{partition:02}", envelope.county6),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: data.json,
    }))
}

/// 32 bits; the function nats-server itself partitions by.
fn fnv1a(bytes: &[u8]) -> u32 {
    let fold = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(0x811c_9dc5, fold)
}
