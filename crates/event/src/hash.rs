//! The content hash: SHA-256 over a length-prefixed form, so that no two envelopes share one.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::envelope::Envelope;

/// Separates this hash from every other use of SHA-256, and this version from later ones.
const DOMAIN: &str = "bidao/envelope/v1";

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Bytes are prefixed with their length (u64, big-endian); options with 0 or 1; lists with a count.
struct Canonical(Sha256);

impl Canonical {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: i128) {
        self.0.update(number.to_be_bytes());
    }

    fn option<T: ?Sized>(&mut self, value: Option<&T>, write: impl FnOnce(&mut Self, &T)) {
        self.0.update([u8::from(value.is_some())]);
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn uuid(&mut self, id: &Uuid) {
        self.0.update(id.as_bytes());
    }
}

pub(crate) fn of(envelope: &Envelope) -> ContentHash {
    let mut form = Canonical(Sha256::new());
    form.text(DOMAIN);
    form.uuid(&envelope.log_id);
    form.uuid(&envelope.event_id);
    form.text(&envelope.stream.kind);
    form.uuid(&envelope.stream.id);
    form.number(envelope.version.into());
    form.text(&envelope.r#type);
    form.number(envelope.schema_ver.into());
    form.text(&envelope.county6);
    form.text(&envelope.actor.kind);
    form.text(&envelope.actor.id);
    form.option(envelope.actor.post.as_ref(), Canonical::uuid);
    form.option(envelope.actor.unit.as_ref(), Canonical::uuid);
    form.option(envelope.on_behalf_of.as_deref(), Canonical::text);
    form.text(&envelope.channel);
    form.number(envelope.occurred_at.into());
    form.number(envelope.decided_at.into());
    form.option(envelope.request_id.as_deref(), Canonical::text);
    form.uuid(&envelope.correlation_id);
    form.option(envelope.causation_id.as_ref(), Canonical::uuid);
    form.text(envelope.disclosure.name());
    form.number(envelope.keys.len() as i128);
    for key in &envelope.keys {
        form.uuid(&key.key_id);
        form.text(&key.commitment);
    }
    form.text(envelope.payload.text());
    ContentHash(form.0.finalize().into())
}
