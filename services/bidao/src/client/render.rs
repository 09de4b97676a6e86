//! Answers for people: tables, local times with their zone, names before ids. For programs: JSON.

use std::collections::HashMap;

use anyhow::Result;
use comfy_table::{Table, presets};
use domain::shared::moment::Moment;
use prost_reflect::{
    Cardinality, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage,
    SerializeOptions, Value,
};

use crate::out::say;

pub fn print(answer: &DynamicMessage, json: bool) -> Result<()> {
    if json {
        let mut bytes = Vec::new();
        let mut serializer = serde_json::Serializer::pretty(&mut bytes);
        let options = SerializeOptions::new().skip_default_fields(false).use_proto_field_name(true);
        answer.serialize_with_options(&mut serializer, &options)?;
        say!("{}", String::from_utf8(bytes)?);
        return Ok(());
    }
    let definitions = definitions(answer);
    let message = answer.descriptor();
    let fields = message.fields().filter(|field| answer.has_field(field));
    for field in fields.filter(|field| field.name() != DEFINITIONS) {
        show(&field, &answer.get_field(&field), &definitions);
    }
    Ok(())
}

/// One message of a stream: a line for programs.
pub fn print_one(message: &DynamicMessage, json: bool) -> Result<()> {
    if !json {
        return print(message, json);
    }
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::new(&mut bytes);
    let options = SerializeOptions::new().skip_default_fields(false).use_proto_field_name(true);
    message.serialize_with_options(&mut serializer, &options)?;
    say!("{}", String::from_utf8(bytes)?);
    Ok(())
}

const DEFINITIONS: &str = "definitions";

/// What each figure counts, by its name: printed beside it (LOOP, Measures).
fn definitions(answer: &DynamicMessage) -> HashMap<String, String> {
    let Some(value) = answer.get_field_by_name(DEFINITIONS) else {
        return HashMap::new();
    };
    let word = |message: &DynamicMessage, name: &str| {
        message
            .get_field_by_name(name)
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    let items = value.as_list().unwrap_or_default().iter().filter_map(Value::as_message);
    items.map(|item| (word(item, "field"), word(item, "zh"))).collect()
}

fn show(field: &FieldDescriptor, value: &Value, definitions: &HashMap<String, String>) {
    if let Value::List(items) = value
        && items.iter().all(|item| matches!(item, Value::Message(_)))
    {
        list(items);
    } else if let Value::Message(message) = value
        && !is_leaf(message)
    {
        one(message, definitions);
    } else {
        say!("{}: {}", field.name(), text(field, value));
    }
}

/// A table with one row per message; columns that are empty everywhere are left out.
fn list(items: &[Value]) {
    let rows: Vec<_> = items.iter().filter_map(Value::as_message).collect();
    match rows.first() {
        Some(first) => say!("{}", table(first, &rows)),
        None => say!("(无)"),
    }
}

fn table(first: &DynamicMessage, rows: &[&DynamicMessage]) -> Table {
    let fields: Vec<_> = first
        .descriptor()
        .fields()
        .filter(|field| {
            rows.iter().any(|row| row.has_field(field)) && is_for_people(field, &first.descriptor())
        })
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(fields.iter().map(FieldDescriptor::name));
    for row in rows {
        table.add_row(fields.iter().map(|field| cell(row, field)));
    }
    table
}

/// What is absent is nothing: no time is the first of 1970.
fn cell(row: &DynamicMessage, field: &FieldDescriptor) -> String {
    let absent = field.supports_presence() && !row.has_field(field);
    if absent { String::new() } else { text(field, &row.get_field(field)) }
}

/// Ids whose name stands in a column beside them, and what only programs read, are left to JSON.
fn is_for_people(field: &FieldDescriptor, row: &MessageDescriptor) -> bool {
    let named = field.name().strip_suffix("_id").map(|stem| format!("{stem}_name"));
    let has_name = named.is_some_and(|name| row.get_field_by_name(&name).is_some());
    let has_chinese = row.get_field_by_name(&format!("{}_zh", field.name())).is_some();
    !has_name
        && !has_chinese
        && !matches!(field.name(), "data_json" | "event_id" | "household_id" | "etag")
}

/// A table of names and values; lists of messages below it.
fn one(message: &DynamicMessage, definitions: &HashMap<String, String>) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let mut lists = Vec::new();
    for field in
        message.descriptor().fields().filter(|field| message.has_field(field) || is_number(field))
    {
        let value = message.get_field(&field).into_owned();
        if let Value::List(items) = &value
            && matches!(items.first(), Some(Value::Message(_)))
        {
            lists.push((field, items.clone()));
        } else if let Value::Message(inner) = &value
            && !is_leaf(inner)
        {
            for below in inner.descriptor().fields().filter(|below| inner.has_field(below)) {
                table.add_row([below.name().into(), text(&below, &inner.get_field(&below))]);
            }
        } else {
            let definition = definitions.get(field.name()).cloned();
            table.add_row(
                [field.name().to_owned(), text(&field, &value)].into_iter().chain(definition),
            );
        }
    }
    say!("{table}");
    for (field, items) in lists {
        say!("\n{}:", field.name());
        list(&items);
    }
}

/// A number says something even when it is 0.
fn is_number(field: &FieldDescriptor) -> bool {
    field.cardinality() != Cardinality::Repeated
        && matches!(field.kind(), Kind::Uint64 | Kind::Uint32)
}

/// Messages that read best as one word.
fn is_leaf(message: &DynamicMessage) -> bool {
    matches!(
        message.descriptor().name(),
        "Timestamp" | "Holder" | "Ratio" | "Verdict" | "AsOf" | "Receipt" | "Clock"
    )
}

fn text(field: &FieldDescriptor, value: &Value) -> String {
    match value {
        Value::Message(message) => leaf(message),
        Value::List(items) => {
            items.iter().map(|item| text(field, item)).collect::<Vec<_>>().join(", ")
        }
        Value::EnumNumber(number) => enum_name(field, *number),
        Value::String(text) => text.clone(),
        Value::Bool(value) => (if *value { "是" } else { "否" }).into(),
        Value::I32(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::U32(number) => number.to_string(),
        Value::U64(number) => number.to_string(),
        Value::F32(number) => number.to_string(),
        Value::F64(number) => number.to_string(),
        Value::Bytes(bytes) => format!("{} 字节", bytes.len()),
        Value::Map(_) => String::new(),
    }
}

fn leaf(message: &DynamicMessage) -> String {
    let word = |name: &str| {
        let field = message.descriptor().get_field_by_name(name);
        field.map(|field| text(&field, &message.get_field(&field))).unwrap_or_default()
    };
    let number = |name: &str| word(name).parse::<i64>().unwrap_or_default();
    match message.descriptor().name() {
        "Timestamp" => Moment(number("seconds") * 1_000_000 + number("nanos") / 1_000).to_string(),
        "Ratio" => ratio(number("count"), number("of")),
        "Holder" => {
            let names = [word("unit_name"), word("post_title"), word("person_name")];
            names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
        }
        "AsOf" => format!("{} @ {}", word("time"), word("position")),
        "Receipt" => format!(
            "etag {} position {}{}",
            word("etag"),
            word("position"),
            if word("repeated") == "是" { "(已办过)" } else { "" }
        ),
        "Clock" => format!("{} {}", word("kind"), word("due_at")),
        _other => message
            .descriptor()
            .fields()
            .filter(|field| {
                message.has_field(field) && field.cardinality() != Cardinality::Repeated
            })
            .map(|field| text(&field, &message.get_field(&field)))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// No percentage under 10 cases (LOOP M6).
fn ratio(count: i64, of: i64) -> String {
    if of < 10 {
        return format!("{count}/{of}");
    }
    let permille = count * 1_000 / of;
    format!("{count}/{of} = {}.{}%", permille / 10, permille % 10)
}

fn enum_name(field: &FieldDescriptor, number: i32) -> String {
    let Kind::Enum(kind) = field.kind() else {
        return number.to_string();
    };
    let Some(value) = kind.get_value(number) else {
        return number.to_string();
    };
    // Nothing was said.
    if number == 0 {
        return String::new();
    }
    let prefix = super::ask::kebab(kind.name()).replace('-', "_").to_uppercase() + "_";
    value.name().strip_prefix(&prefix).unwrap_or(value.name()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::pool;

    #[test]
    fn a_call_nobody_answered_was_answered_at_no_time() {
        let call = pool().get_message_by_name("bidao.call.v1.Call").unwrap();
        let read = |text: &str| {
            let mut json = serde_json::Deserializer::from_str(text);
            DynamicMessage::deserialize(call.clone(), &mut json).unwrap()
        };
        let answered = read(r#"{"id":"a","presses":1,"answered_at":"2026-03-16T00:00:00Z"}"#);
        let rings = read(r#"{"id":"b","presses":0}"#);
        let shown = table(&answered, &[&answered, &rings]).to_string();
        assert!(shown.contains("2026-03-16 08:00:00") && !shown.contains("1970"), "{shown}");
        // A number that is 0 is a number.
        assert!(shown.lines().any(|line| line.contains(" b ") && line.contains(" 0 ")), "{shown}");
    }
}
