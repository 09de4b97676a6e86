//! What of a file is sealed: found by walking its events, so that a lost binding hides no key.

use domain::privacy::event::{Extent, File};
use domain::shared::ids::CallId;
use domain::shared::sealed::Sealed;
use event::StreamId;
use serde_json::Value;
use uuid::Uuid;
use vault::{KEYS_OF_A_FILE, KeyFor, REPORTER, Scope, VaultError, subject_of};

use super::record;
use crate::sealing::{Owner, collect};
use crate::{Api, ApiError};

/// A sealed text of a file.
pub(super) struct SealedWords {
    pub event_id: Uuid,
    pub field: String,
    pub sealed: Sealed,
}

/// Whose words a file's are.
pub(super) fn owner(file: File) -> Owner {
    match file {
        File::Issue(id) => Owner::issue(id.0),
        File::Call(id) => Owner::call(id.0),
        File::Household(id) => Owner::household(id.0),
    }
}

impl Api {
    /// Every sealed text in the events of a file, in their order.
    pub(super) async fn words_of(&self, file: File) -> Result<Vec<SealedWords>, ApiError> {
        let stream = match file {
            File::Issue(id) => StreamId::new("issue", id.0),
            File::Call(id) => StreamId::new("call", id.0),
            File::Household(id) => StreamId::new("org", id.0),
        };
        // A call carries the words of the files it registered, which are theirs.
        let deep = matches!(file, File::Issue(_));
        self.words_in(&stream, deep).await
    }

    async fn words_in(&self, stream: &StreamId, deep: bool) -> Result<Vec<SealedWords>, ApiError> {
        let mut words = Vec::new();
        let events = self.commands.log.read_stream(stream, 0, usize::MAX >> 1).await?;
        for recorded in events {
            let text = recorded.envelope.payload.text();
            let mut data: Value = serde_json::from_str(text)
                .map_err(|error| ApiError::Internal(format!("an event is no JSON: {error}")))?;
            if !deep && let Some(fields) = data.as_object_mut() {
                fields.retain(|_, value| is_sealed(value));
            }
            let mut found = Vec::new();
            collect(&mut data, "", &mut found);
            for (field, place) in found {
                let sealed = serde_json::from_value(place.take())
                    .map_err(|error| ApiError::Internal(format!("no sealed text: {error}")))?;
                words.push(SealedWords { event_id: recorded.envelope.event_id, field, sealed });
            }
        }
        Ok(words)
    }

    /// The number a call came from, for the file of an accusation told in it; empty when none is known, or is no
    /// more. Whoever froze the call keeps it from no other file.
    pub(crate) async fn number_of_call(&self, id: CallId) -> Result<String, ApiError> {
        let words = self.words_of(File::Call(id)).await?;
        let Some(caller) = words.iter().find(|words| words.field == "caller") else {
            return Ok(String::new());
        };
        match self.open_to_seal_again(&Owner::call(id.0), "caller", &caller.sealed).await {
            Err(error @ VaultError::Unavailable(_)) => Err(error.into()),
            number => Ok(number.unwrap_or_default()),
        }
    }

    /// Every key that must go for this much of the file to be forgotten, each once.
    pub(super) async fn keys_to_destroy(
        &self,
        file: File,
        extent: Extent,
    ) -> Result<Vec<Uuid>, ApiError> {
        let mut keys = self.keys_of(file, extent).await?;
        if extent == Extent::WholeFile {
            // Why somebody wanted to look may name the one who is forgotten.
            let mut files = vec![file];
            if let File::Issue(id) = file {
                files.extend(self.calls_of(id).await?.into_iter().map(File::Call));
            }
            for record in files.into_iter().map(record::stream) {
                let words = self.words_in(&StreamId::new("privacy", record), true).await?;
                keys.extend(words.into_iter().map(|words| words.sealed.key_id));
                keys.extend(self.vault.keys_of(&Scope::privacy(record)).await?);
            }
        }
        Ok(keys)
    }

    /// Every key that sealed this much of the file, and of the calls that are a part of it; each once.
    pub(super) async fn keys_of(&self, file: File, extent: Extent) -> Result<Vec<Uuid>, ApiError> {
        let mut keys = self.keys_of_one(file, extent).await?;
        if let File::Issue(id) = file {
            for call in self.calls_of(id).await? {
                keys.extend(self.keys_of_one(File::Call(call), extent).await?);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    /// So that a freeze covers what will be sealed first after it, too.
    pub(super) async fn make_keys(&self, file: File) -> Result<(), ApiError> {
        let mut files = vec![file];
        if let File::Issue(id) = file {
            files.extend(self.calls_of(id).await?.into_iter().map(File::Call));
        }
        for file in files {
            let owner = owner(file);
            for (subject, class) in KEYS_OF_A_FILE {
                let key = KeyFor { scope: owner.scope().clone(), subject: subject.into(), class };
                match self.vault.key(&key).await {
                    Ok(_) | Err(VaultError::Frozen) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    async fn keys_of_one(&self, file: File, extent: Extent) -> Result<Vec<Uuid>, ApiError> {
        let goes = |subject: &str| extent == Extent::WholeFile || subject == REPORTER;
        let bound = self.vault.keys_by_subject(owner(file).scope()).await?;
        let bound = bound.into_iter().filter(|(subject, _)| goes(subject)).map(|(_, key)| key);
        let words = self.words_of(file).await?.into_iter();
        let named = words.filter(|words| goes(subject_of(&words.field)));
        Ok(bound.chain(named.map(|words| words.sealed.key_id)).collect())
    }
}

fn is_sealed(value: &Value) -> bool {
    value.get("key_id").is_some() && value.get("commitment").is_some()
}
