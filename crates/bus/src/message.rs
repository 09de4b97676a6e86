//! A message as we write and read it.

use async_nats::HeaderMap;
use async_nats::jetstream::message::StreamMessage;

/// One message to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub subject: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Message {
    pub(crate) fn header_map(&self) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            map.insert(name.as_str(), value.as_str());
        }
        map
    }
}

/// A message as a stream holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub sequence: u64,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Stored {
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn of(message: &StreamMessage) -> Self {
        let all = message.headers.iter();
        let headers = all.flat_map(|(name, values)| {
            values.iter().map(|value| (name.to_string(), value.as_str().to_owned()))
        });
        Self {
            sequence: message.sequence,
            headers: headers.collect(),
            body: message.payload.to_vec(),
        }
    }
}
