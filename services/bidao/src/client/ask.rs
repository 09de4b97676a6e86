//! Flags to requests: one flag per field, nested fields joined by dashes, lists and oneofs as JSON.

use anyhow::{Context, Result, anyhow};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use prost_reflect::{
    Cardinality, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    MethodDescriptor,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::help;

/// Others of the machine read its command lines: `@FILE` stands for what is in the file.
const SECRETS: [&str; 4] = ["password", "new_password", "invitation", "phone"];

/// How deep fields of fields become flags of their own.
const DEPTH_MAX: usize = 2;

/// `RecordDisposition` → `record-disposition`.
pub fn kebab(name: &str) -> String {
    let mut text = String::new();
    for (place, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && place > 0 {
            text.push('-');
        }
        text.push(if letter == '_' { '-' } else { letter.to_ascii_lowercase() });
    }
    text
}

pub fn command(method: &MethodDescriptor) -> Command {
    let about = help::of(&method.parent_file(), method.path());
    let json = Arg::new("json")
        .long("json")
        .value_name("JSON")
        .help("The whole request as JSON; flags are laid over it");
    let mut command = Command::new(kebab(method.name())).about(about).arg(json);
    for flag in flags(&method.input(), "", 0) {
        command = command.arg(flag);
    }
    command
}

fn flags(message: &MessageDescriptor, prefix: &str, depth: usize) -> Vec<Arg> {
    message.fields().flat_map(|field| flag(&field, prefix, depth)).collect()
}

fn flag(field: &FieldDescriptor, prefix: &str, depth: usize) -> Vec<Arg> {
    let name = format!("{prefix}{}", kebab(field.name()));
    let base = || {
        let mut help = help::of(&field.parent_file(), field.path());
        if SECRETS.contains(&field.name()) {
            help.push_str(" (@FILE reads it from a file)");
        }
        Arg::new(name.clone()).long(name.clone()).value_name("VALUE").help(help)
    };
    if field.cardinality() == Cardinality::Repeated && !matches!(field.kind(), Kind::Message(_)) {
        let several = base().action(ArgAction::Append).value_delimiter(',');
        return vec![match field.kind().as_enum() {
            Some(kind) => several.value_parser(shorts(kind)),
            None => base().action(ArgAction::Append),
        }];
    }
    match field.kind() {
        Kind::Bool => vec![base().action(ArgAction::SetTrue).value_name(None::<&str>)],
        Kind::Enum(kind) => {
            vec![base().value_parser(shorts(&kind))]
        }
        Kind::Message(message) if is_flat(field, &message, depth) => {
            flags(&message, &format!("{name}-"), depth + 1)
        }
        Kind::Message(message) if message.full_name() == "google.protobuf.Timestamp" => {
            vec![base().value_name("RFC3339")]
        }
        Kind::Message(_) => vec![base().value_name("JSON")],
        Kind::Double
        | Kind::Float
        | Kind::Int32
        | Kind::Int64
        | Kind::Uint32
        | Kind::Uint64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Fixed32
        | Kind::Fixed64
        | Kind::Sfixed32
        | Kind::Sfixed64
        | Kind::String
        | Kind::Bytes => vec![base()],
    }
}

/// Whether a message's fields become flags; else the message is one JSON flag.
fn is_flat(field: &FieldDescriptor, message: &MessageDescriptor, depth: usize) -> bool {
    field.cardinality() != Cardinality::Repeated
        && depth < DEPTH_MAX
        && !message.full_name().starts_with("google.protobuf.")
        && field.containing_oneof().is_none_or(|_| message.name() == "Verdict")
}

fn shorts(kind: &EnumDescriptor) -> PossibleValuesParser {
    let names = kind.values().filter(|value| value.number() != 0);
    PossibleValuesParser::new(
        names.map(|value| short(kind.name(), value.name())).collect::<Vec<_>>(),
    )
}

/// `help` of `Nature` → `NATURE_HELP`.
fn full(kind: &EnumDescriptor, text: &str) -> Value {
    let found = kind.values().find(|value| short(kind.name(), value.name()) == text);
    Value::String(found.map_or_else(|| text.into(), |value| value.name().into()))
}

/// `NATURE_HELP` of `Nature` → `help`.
fn short(kind: &str, value: &str) -> String {
    let prefix = kebab(kind).replace('-', "_").to_uppercase() + "_";
    value.strip_prefix(&prefix).unwrap_or(value).to_lowercase()
}

/// The request that the flags describe.
pub fn request(method: &MethodDescriptor, asked: &ArgMatches) -> Result<DynamicMessage> {
    let mut body = match asked.get_one::<String>("json") {
        Some(text) => serde_json::from_str(text).context("--json is not JSON")?,
        None => Map::new(),
    };
    fill(&mut body, &method.input(), "", 0, asked)?;
    // A write without an id would not be safe to repeat.
    if method.input().get_field_by_name("request_id").is_some() && !body.contains_key("request_id")
    {
        body.insert("request_id".into(), fresh_id().into());
    }
    let text = Value::Object(body).to_string();
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    DynamicMessage::deserialize(method.input(), &mut deserializer)
        .map_err(|error| anyhow!("request: {error}"))
}

fn fresh_id() -> String {
    let mut bytes = [0; 16];
    runtime::ids::fill_random(&mut bytes);
    Uuid::from_bytes(uuid::Builder::from_random_bytes(bytes).into_uuid().into_bytes()).to_string()
}

fn fill(
    body: &mut Map<String, Value>,
    message: &MessageDescriptor,
    prefix: &str,
    depth: usize,
    asked: &ArgMatches,
) -> Result<()> {
    for field in message.fields() {
        let name = format!("{prefix}{}", kebab(field.name()));
        if let Kind::Message(inner) = field.kind()
            && is_flat(&field, &inner, depth)
        {
            let mut below = Map::new();
            fill(&mut below, &inner, &format!("{name}-"), depth + 1, asked)?;
            if !below.is_empty() {
                body.insert(field.name().into(), Value::Object(below));
            }
            continue;
        }
        if let Some(value) = value(&field, &name, asked)? {
            body.insert(field.name().into(), value);
        }
    }
    Ok(())
}

fn value(field: &FieldDescriptor, name: &str, asked: &ArgMatches) -> Result<Option<Value>> {
    if matches!(field.kind(), Kind::Bool) {
        return Ok(asked.get_flag(name).then_some(Value::Bool(true)));
    }
    if field.cardinality() == Cardinality::Repeated && !matches!(field.kind(), Kind::Message(_)) {
        let one = |text: &String| match field.kind().as_enum() {
            Some(kind) => full(kind, text),
            None => Value::String(text.clone()),
        };
        return Ok(asked.get_many::<String>(name).map(|values| values.map(one).collect()));
    }
    let Some(text) = asked.get_one::<String>(name) else {
        return Ok(None);
    };
    if SECRETS.contains(&field.name())
        && let Some(file) = text.strip_prefix('@')
    {
        let secret = std::fs::read_to_string(file);
        let secret = secret.with_context(|| format!("--{name} {text}: the file cannot be read"))?;
        return Ok(Some(Value::String(secret.trim_end_matches(['\r', '\n']).into())));
    }
    Ok(Some(match field.kind() {
        Kind::Enum(kind) => full(&kind, text),
        Kind::Message(message) if message.full_name() == "google.protobuf.Timestamp" => {
            Value::String(text.clone())
        }
        Kind::Message(_) => {
            serde_json::from_str(text).with_context(|| format!("--{name} is not JSON"))?
        }
        Kind::Bool
        | Kind::Double
        | Kind::Float
        | Kind::Int32
        | Kind::Int64
        | Kind::Uint32
        | Kind::Uint64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Fixed32
        | Kind::Fixed64
        | Kind::Sfixed32
        | Kind::Sfixed64
        | Kind::String
        | Kind::Bytes => Value::String(text.clone()),
    }))
}
