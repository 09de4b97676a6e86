//! Envelope v1 is frozen: this very envelope has this very hash, and every field counts in it.

#![expect(clippy::unwrap_used, reason = "what a test calls may stop it")]

use std::collections::BTreeSet;

use event::{Actor, Disclosure, Envelope, KeyUse, Payload, StreamId};
use serde::Deserialize;
use uuid::Uuid;

/// The file as it was first written, its hash worked out by another program.
const FROZEN: &str = include_str!("golden/envelope_v1.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frozen {
    log_id: Uuid,
    event_id: Uuid,
    stream: StreamId,
    version: u64,
    r#type: String,
    schema_ver: u16,
    county6: String,
    actor: Actor,
    on_behalf_of: Option<String>,
    channel: String,
    occurred_at: i64,
    decided_at: i64,
    request_id: Option<String>,
    correlation_id: Uuid,
    causation_id: Option<Uuid>,
    disclosure: Disclosure,
    keys: Vec<KeyUse>,
    /// JSON as text: its white space counts.
    payload: String,
    content_hash: String,
}

fn frozen() -> (Envelope, String) {
    let frozen: Frozen = serde_json::from_str(FROZEN).unwrap();
    let envelope = Envelope {
        log_id: frozen.log_id,
        event_id: frozen.event_id,
        stream: frozen.stream,
        version: frozen.version,
        r#type: frozen.r#type,
        schema_ver: frozen.schema_ver,
        county6: frozen.county6,
        actor: frozen.actor,
        on_behalf_of: frozen.on_behalf_of,
        channel: frozen.channel,
        occurred_at: frozen.occurred_at,
        decided_at: frozen.decided_at,
        request_id: frozen.request_id,
        correlation_id: frozen.correlation_id,
        causation_id: frozen.causation_id,
        disclosure: frozen.disclosure,
        keys: frozen.keys,
        payload: Payload::parse(frozen.payload).unwrap(),
    };
    (envelope, frozen.content_hash)
}

fn hash(envelope: &Envelope) -> String {
    envelope.content_hash().to_string()
}

fn changed(change: impl FnOnce(&mut Envelope)) -> String {
    let (mut envelope, _) = frozen();
    change(&mut envelope);
    hash(&envelope)
}

fn payload(text: &str) -> Payload {
    Payload::parse(text.into()).unwrap()
}

#[test]
fn the_frozen_envelope_has_the_frozen_hash() {
    let (envelope, content_hash) = frozen();
    assert_eq!(hash(&envelope), content_hash);
}

#[test]
fn every_single_field_counts() {
    let other = || Uuid::from_u128(1);
    let hashes = [
        changed(|_| {}),
        changed(|e| e.log_id = other()),
        changed(|e| e.event_id = other()),
        changed(|e| e.stream.kind = "call".into()),
        changed(|e| e.stream.id = other()),
        changed(|e| e.version += 1),
        changed(|e| e.r#type = "issue.closed".into()),
        changed(|e| e.schema_ver += 1),
        changed(|e| e.county6 = "341505".into()),
        changed(|e| e.actor.kind = "agent".into()),
        changed(|e| e.actor.id = "staff/18".into()),
        changed(|e| e.actor.post = Some(other())),
        changed(|e| e.actor.post = None),
        changed(|e| e.actor.unit = Some(other())),
        changed(|e| e.actor.unit = None),
        changed(|e| e.on_behalf_of = Some("household/8".into())),
        changed(|e| e.on_behalf_of = Some(String::new())),
        changed(|e| e.on_behalf_of = None),
        changed(|e| e.channel = "worker".into()),
        changed(|e| e.occurred_at += 1),
        changed(|e| e.decided_at += 1),
        changed(|e| e.request_id = Some("r-2".into())),
        changed(|e| e.request_id = None),
        changed(|e| e.correlation_id = other()),
        changed(|e| e.causation_id = Some(other())),
        changed(|e| e.causation_id = None),
        changed(|e| e.disclosure = Disclosure::Public),
        changed(|e| e.keys.swap(0, 1)),
        changed(|e| e.keys[1].key_id = other()),
        changed(|e| e.keys[1].commitment = "x".into()),
        changed(|e| e.keys.truncate(1)),
        changed(|e| e.keys.clear()),
        changed(|e| e.payload = payload(&e.payload.text().replace("township", "county"))),
        changed(|e| e.payload = payload(&e.payload.text().replacen(' ', "", 1))),
        changed(|e| e.payload = payload(&e.payload.text().replace("\\u5fc5", "必"))),
    ];
    let different: BTreeSet<_> = hashes.iter().collect();
    assert_eq!(different.len(), hashes.len());
}

/// Lengths are written before texts, so a character that moves to the neighbour is noticed.
#[test]
fn no_character_moves_between_neighbours_unnoticed() {
    let pairs = [
        (
            changed(|e| (e.county6, e.actor.kind) = ("34150".into(), "4staff".into())),
            changed(|e| (e.county6, e.actor.kind) = ("341504".into(), "staff".into())),
        ),
        (
            changed(|e| (e.actor.kind, e.actor.id) = ("staf".into(), "fstaff".into())),
            changed(|e| (e.actor.kind, e.actor.id) = ("staff".into(), "staff".into())),
        ),
        (
            changed(|e| (e.on_behalf_of, e.channel) = (Some("a".into()), "bc".into())),
            changed(|e| (e.on_behalf_of, e.channel) = (Some("ab".into()), "c".into())),
        ),
        (
            changed(|e| (e.keys[1].commitment, e.payload) = ("a1".into(), payload("23"))),
            changed(|e| (e.keys[1].commitment, e.payload) = ("a".into(), payload("123"))),
        ),
    ];
    for (moved, whole) in pairs {
        assert_ne!(moved, whole);
    }
}

/// A key more is not a longer list of bytes with the same reading.
#[test]
fn a_list_is_counted() {
    let key = |number: u128| KeyUse { key_id: Uuid::from_u128(number), commitment: "c".into() };
    let one = changed(|e| e.keys = vec![key(1)]);
    let two = changed(|e| e.keys = vec![key(1), key(1)]);
    assert_ne!(one, two);
}

#[test]
fn a_stream_is_written_as_kind_and_id() {
    let (envelope, _) = frozen();
    let text = "issue/01928a7b-0000-7000-8000-000000000003";
    assert_eq!(envelope.stream.to_string(), text);
    assert_eq!(text.parse(), Ok(envelope.stream));
    for wrong in ["issue", "issue/", "issue/7", ""] {
        assert!(wrong.parse::<StreamId>().is_err(), "{wrong}");
    }
}
