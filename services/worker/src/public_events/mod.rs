//! What the county tells others: each stored event becomes a public one, or stays inside. A new event does
//! not compile here until somebody has decided which (ADR 6).

mod envelope;
mod of_call;
mod of_issue;
mod of_others;
mod words;

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use thiserror::Error;
use views::fact::Fact;

pub use envelope::message;

/// A public event's data, and the message it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// As `bidao.issue.v1.ClosedEvent`.
    pub message: String,
    /// JSON with the fields' names as in the proto file.
    pub json: Vec<u8>,
}

#[derive(Debug, Error)]
#[error("a public event does not translate: {0}")]
pub struct Untranslated(String);

type Translated = Result<Option<Data>, Untranslated>;

static CONTRACT: LazyLock<Result<DescriptorPool, String>> = LazyLock::new(|| {
    DescriptorPool::decode(contract::DESCRIPTORS).map_err(|error| error.to_string())
});

/// What of this fact others are told; `None` for what stays inside. `id` is its stream's.
///
/// # Errors
/// Never for the contract this program was built with.
pub fn translate(fact: &Fact, id: &str) -> Translated {
    let id = id.to_owned();
    match fact {
        // Who may get in, and who looked at whom, is told to nobody.
        Fact::Access(_) | Fact::Privacy(_) => Ok(None),
        Fact::Call(fact) => of_call::translate(fact, id),
        Fact::Issue(fact) => of_issue::translate(fact, id),
        Fact::Org(fact) => of_others::org(fact),
        Fact::Policy(fact) => of_others::policy(fact),
        Fact::Report(fact) => of_others::report(fact),
    }
}

fn told<M: Message + Name>(message: &M) -> Translated {
    let pool = CONTRACT.as_ref().map_err(|error| Untranslated(error.clone()))?;
    let name = M::full_name();
    let wrong = |error: String| Untranslated(format!("{name}: {error}"));
    let descriptor = pool.get_message_by_name(&name);
    let descriptor = descriptor.ok_or_else(|| wrong("not in the contract".into()))?;
    let dynamic = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())
        .map_err(|error| wrong(error.to_string()))?;
    let options = SerializeOptions::new().use_proto_field_name(true).skip_default_fields(false);
    let mut json = Vec::new();
    let mut writer = serde_json::Serializer::new(&mut json);
    dynamic
        .serialize_with_options(&mut writer, &options)
        .map_err(|error| wrong(error.to_string()))?;
    Ok(Some(Data { message: name, json }))
}
