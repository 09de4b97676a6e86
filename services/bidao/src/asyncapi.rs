//! `bidao asyncapi`: the public events as an AsyncAPI document, made from the contract's descriptors.

use anyhow::{Context, Result};
use prost_reflect::{DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use crate::client::help;

/// Public events are the messages of this name.
const SUFFIX: &str = "Event";
/// A message's fields in the paths of its source information (descriptor.proto).
const FIELD: i32 = 2;

/// Prints the document.
pub fn run() -> Result<()> {
    crate::out::say!("{}", serde_json::to_string_pretty(&document()?)?);
    Ok(())
}

fn document() -> Result<Value> {
    let pool = DescriptorPool::decode(contract::DESCRIPTORS).context("descriptors")?;
    let mut events: Vec<_> = pool.all_messages().filter(is_event).collect();
    events.sort_by_key(|event| event.full_name().to_owned());
    let (mut listed, mut messages) = (Map::new(), Map::new());
    for event in &events {
        let name = event.full_name().to_owned();
        listed.insert(name.clone(), json!({ "$ref": format!("#/components/messages/{name}") }));
        messages.insert(name, message(event)?);
    }
    Ok(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "必到 public events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "CloudEvents 1.0 in binary mode on the JetStream stream PUB. At least once and in order: \
                remember ce-id; ce-sequence is the event's position in the county's log and has gaps. \
                No person, post, household, device or free text; what is withheld is absent.",
        },
        "channels": { "publicEvents": {
            "address": "bidao.{county6}.{context}.{event}.p{partition}",
            "description": "Stream PUB. All events of one call or issue have one partition.",
            "parameters": {
                "county6": { "description": "Six digits of the county (GB/T 2260)." },
                "context": { "enum": ["call", "issue", "org", "policy", "report"] },
                "event": { "description": "As registered, clock_expired." },
                "partition": { "description": "00 to 15." },
            },
            "messages": listed,
        } },
        "operations": { "follow": {
            "action": "receive",
            "channel": { "$ref": "#/channels/publicEvents" },
            "x-nats": { "stream": "PUB", "consumer": "durable pull, ack explicit" },
        } },
        "components": { "messages": messages, "schemas": { "headers": headers() } },
    }))
}

fn is_event(message: &MessageDescriptor) -> bool {
    message.package_name().starts_with("bidao.") && message.name().ends_with(SUFFIX)
}

fn headers() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    json!({
        "type": "object",
        "required": ["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-subject", "ce-time", "ce-sequence",
            "ce-dataschema", "ce-datacontenttype", "ce-correlationid"],
        "properties": {
            "ce-specversion": { "const": "1.0" },
            "ce-id": { "type": "string", "format": "uuid", "description": "The event's, for ever." },
            "ce-source": { "type": "string", "pattern": "^/counties/[0-9]{6}$" },
            "ce-type": { "type": "string", "pattern": "^bidao\\.[a-z]+\\.[a-z_]+\\.v1$" },
            "ce-subject": { "type": "string", "format": "uuid", "description": "The call, issue or record." },
            "ce-time": { "type": "string", "format": "date-time", "description": "When it was decided, UTC." },
            "ce-sequence": { "type": "string", "pattern": "^[1-9][0-9]*$" },
            "ce-dataschema": text,
            "ce-datacontenttype": { "const": "application/json" },
            "ce-correlationid": { "type": "string", "format": "uuid" },
        },
    })
}

fn message(event: &MessageDescriptor) -> Result<Value> {
    let file = event.parent_file();
    let context = file.package_name().split('.').nth(1).context("a package without a context")?;
    let kind = snake(event.name().trim_end_matches(SUFFIX));
    Ok(json!({
        "name": format!("bidao.{context}.{kind}.v1"),
        "summary": help::of(&file, event.path()),
        "contentType": "application/json",
        "headers": { "$ref": "#/components/schemas/headers" },
        "payload": object(event)?,
    }))
}

fn object(message: &MessageDescriptor) -> Result<Value> {
    let mut properties = Map::new();
    for field in message.fields() {
        let mut schema = of_field(&field)?;
        let path = [message.path(), &[FIELD, index_of(message, &field)]].concat();
        let comment = help::of(&message.parent_file(), &path);
        if let (false, Some(schema)) = (comment.is_empty(), schema.as_object_mut()) {
            schema.insert("description".into(), comment.into());
        }
        properties.insert(field.name().to_owned(), schema);
    }
    let always: Vec<_> = message.fields().filter(|field| !field.supports_presence()).collect();
    let required: Vec<_> = always.iter().map(FieldDescriptor::name).collect();
    Ok(json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    }))
}

fn index_of(message: &MessageDescriptor, field: &FieldDescriptor) -> i32 {
    let known = message.descriptor_proto().field.iter();
    let index = known.take_while(|known| known.name() != field.name()).count();
    i32::try_from(index).unwrap_or(i32::MAX)
}

fn of_field(field: &FieldDescriptor) -> Result<Value> {
    let kind = field.kind();
    if let (Some(entry), true) = (kind.as_message(), field.is_map()) {
        let values = of_kind(&entry.map_entry_value_field().kind())?;
        return Ok(json!({ "type": "object", "additionalProperties": values }));
    }
    let one = of_kind(&kind)?;
    Ok(if field.is_list() { json!({ "type": "array", "items": one }) } else { one })
}

/// By protobuf's JSON mapping.
fn of_kind(kind: &Kind) -> Result<Value> {
    Ok(match kind {
        Kind::String => json!({ "type": "string" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Uint32 => json!({ "type": "integer", "minimum": 0 }),
        Kind::Uint64 => json!({ "type": "string", "pattern": "^[0-9]+$" }),
        Kind::Enum(values) => one_of(values),
        Kind::Message(of) if of.full_name() == "google.protobuf.Timestamp" => {
            json!({ "type": "string", "format": "date-time" })
        }
        Kind::Message(of) => object(of)?,
        Kind::Double
        | Kind::Float
        | Kind::Int32
        | Kind::Int64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Fixed32
        | Kind::Fixed64
        | Kind::Sfixed32
        | Kind::Sfixed64
        | Kind::Bytes => anyhow::bail!("no public event has a field of {kind:?}; add it here"),
    })
}

fn one_of(values: &EnumDescriptor) -> Value {
    let names: Vec<_> = values.values().map(|value| value.name().to_owned()).collect();
    json!({ "type": "string", "enum": names })
}

/// `ClockExpired` as `clock_expired`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written down is what the program says; `bidao asyncapi > docs/asyncapi.json` renews it.
    #[test]
    fn the_document_is_that_of_the_contract() {
        let written = include_str!("../../../docs/asyncapi.json");
        let written: Value = serde_json::from_str(written).unwrap();
        assert_eq!(written, document().unwrap());
    }

    /// Every event has a comment, which is what an integrator reads of it.
    #[test]
    fn every_public_event_says_what_it_means() {
        let document = document().unwrap();
        let messages = document["components"]["messages"].as_object().unwrap();
        assert!(messages.len() > 60, "{}", messages.len());
        for (name, message) in messages {
            assert!(message["summary"].as_str().is_some_and(|said| said.len() > 5), "{name}");
        }
    }
}
