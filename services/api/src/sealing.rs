//! Words of residents: sealed before they reach the domain, opened at query time for those who may.

use domain::shared::sealed::Sealed;
use serde_json::Value;
use uuid::Uuid;
use vault::{Aad, Class, KeyFor, Scope, VaultError, class_of, subject_of};

use crate::{Api, ApiError, wire};

/// Whose words: what is deleted together, and the stream they are bound to.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    scope: Scope,
    stream: String,
}

impl Owner {
    pub(crate) fn issue(id: Uuid) -> Self {
        Self { scope: Scope::issue(id), stream: format!("issue/{id}") }
    }

    pub(crate) fn call(id: Uuid) -> Self {
        Self { scope: Scope::call(id), stream: format!("call/{id}") }
    }

    pub(crate) fn principal(id: Uuid) -> Self {
        Self { scope: Scope::principal(id), stream: format!("access/{id}") }
    }

    pub(crate) fn household(id: Uuid) -> Self {
        Self { scope: Scope::household(id), stream: format!("org/{id}") }
    }

    pub(crate) fn privacy(id: Uuid) -> Self {
        Self { scope: Scope::privacy(id), stream: format!("privacy/{id}") }
    }

    pub(crate) const fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// What of an event is not shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hides {
    /// Whatever leads to somebody who is to be found by nobody.
    pub leads: bool,
    /// What was said.
    pub words: bool,
}

impl Api {
    /// Seals a field; nothing for empty text.
    pub(crate) async fn seal(
        &self,
        owner: &Owner,
        field: &str,
        text: &str,
    ) -> Result<Option<Sealed>, ApiError> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let class =
            class_of(field).ok_or_else(|| ApiError::Internal(format!("{field} has no class")))?;
        let key = KeyFor { scope: owner.scope.clone(), subject: subject_of(field).into(), class };
        let sealed = self.vault.seal(&key, field, &self.bound_to(owner), text).await?;
        Ok(Some(Sealed { key_id: sealed.key_id, commitment: sealed.commitment, text: sealed.text }))
    }

    /// Seals required text of 1 to 10,000 characters that came in as `name`.
    pub(crate) async fn sealed(
        &self,
        owner: &Owner,
        field: &str,
        name: &str,
        text: &str,
    ) -> Result<Sealed, ApiError> {
        wire::text(name, text, wire::TEXT_CHARS_MAX)?;
        wire::given(name, self.seal(owner, field, text).await?)
    }

    /// As [`Api::sealed`], for text that may be empty.
    pub(crate) async fn sealed_if_any(
        &self,
        owner: &Owner,
        field: &str,
        name: &str,
        text: &str,
    ) -> Result<Option<Sealed>, ApiError> {
        wire::optional_text(name, text, wire::TEXT_CHARS_MAX)?;
        self.seal(owner, field, text).await
    }

    /// Opens a field; what cannot be opened says why in its place (“已删除”).
    pub(crate) async fn open(&self, owner: &Owner, field: &str, sealed: Option<&Sealed>) -> String {
        let Some(sealed) = sealed else { return String::new() };
        let opened = self.open_whole(owner, field, sealed).await;
        opened.unwrap_or_else(|error| error.zh().into())
    }

    /// Opens a field that is of no use to anybody but as a whole.
    pub(crate) async fn open_whole(
        &self,
        owner: &Owner,
        field: &str,
        sealed: &Sealed,
    ) -> Result<String, VaultError> {
        let Some(class) = class_of(field) else { return Ok(String::new()) };
        self.vault.open_sealed(&as_stored(sealed), class, field, &self.bound_to(owner)).await
    }

    /// Opens a field to seal it for another owner; of a frozen file too.
    pub(crate) async fn open_to_seal_again(
        &self,
        owner: &Owner,
        field: &str,
        sealed: &Sealed,
    ) -> Result<String, VaultError> {
        let Some(class) = class_of(field) else { return Ok(String::new()) };
        self.vault.open_to_seal_again(&as_stored(sealed), class, field, &self.bound_to(owner)).await
    }

    /// As [`Api::open`], with every number in it masked that leads to a person.
    pub(crate) async fn open_masked(
        &self,
        owner: &Owner,
        field: &str,
        sealed: Option<&Sealed>,
    ) -> String {
        vault::numbers::masked(&self.open(owner, field, sealed).await)
    }

    /// An event's data with its narrative fields opened; identity and contact stay masked, and nothing leads to
    /// whoever is to be found by nobody.
    pub(crate) async fn open_data(&self, owner: &Owner, data: &str, hides: Hides) -> String {
        let Ok(mut value) = serde_json::from_str::<Value>(data) else {
            return String::new();
        };
        if hides.leads {
            cut_leads(&mut value);
        }
        let mut found = Vec::new();
        collect(&mut value, "", &mut found);
        for (field, place) in found {
            let sealed = serde_json::from_value::<Sealed>(place.take()).ok();
            let readable = !hides.words && matches!(class_of(&field), Some(Class::Narrative));
            let text = if readable {
                self.open_masked(owner, &field, sealed.as_ref()).await
            } else {
                "***".into()
            };
            *place = Value::String(text);
        }
        value.to_string()
    }

    fn bound_to(&self, owner: &Owner) -> Aad {
        Aad { log_id: self.commands.log.log_id(), stream: owner.stream.clone() }
    }
}

/// Where somebody lives, and which call they came by: a look like any other (LOOP V3).
fn cut_leads(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|field, _| {
                !["household", "device", "call", "repeat_of", "split_from"].contains(&&**field)
            });
            fields.values_mut().for_each(cut_leads);
        }
        Value::Array(items) => items.iter_mut().for_each(cut_leads),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn as_stored(sealed: &Sealed) -> vault::Sealed {
    vault::Sealed {
        key_id: sealed.key_id,
        commitment: sealed.commitment.clone(),
        text: sealed.text.clone(),
    }
}

/// Every sealed field in `value`, with its name.
pub(crate) fn collect<'a>(
    value: &'a mut Value,
    name: &str,
    found: &mut Vec<(String, &'a mut Value)>,
) {
    let is_sealed = value.get("key_id").is_some() && value.get("commitment").is_some();
    if is_sealed {
        found.push((name.into(), value));
        return;
    }
    match value {
        Value::Object(fields) => {
            fields.iter_mut().for_each(|(key, value)| collect(value, key, found))
        }
        Value::Array(items) => items.iter_mut().for_each(|item| collect(item, name, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
