//! A tiny aggregate: a sum with a limit, and a door key that only one tally holds.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    pub sum: i64,
    /// When each addition was decided.
    pub times: Vec<i64>,
}

pub const LIMIT: i64 = 10;

#[derive(Clone, Debug)]
pub enum Order {
    /// Refused above the limit; nothing to do for 0.
    Add(i64, i64),
    /// Takes the key `device/<0>`, sending others here; `case_no/<0>`, refusing them; or lets go.
    Open(&'static str),
    Number(&'static str),
    LetGo,
    /// So many events of so many bytes each.
    Fill(usize, usize),
}

#[derive(Debug, Error, PartialEq, Eq)]
#[error("above the limit")]
pub struct AboveLimit;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Added {
    r#type: String,
    schema: u16,
    #[serde(default)]
    claims: Vec<Value>,
    data: Data,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Data {
    number: i64,
    at: i64,
    filling: String,
}

fn added(number: i64, at: i64) -> Added {
    let data = Data { number, at, filling: String::new() };
    Added { r#type: "tally.added".into(), schema: 1, claims: Vec::new(), data }
}

impl DomainEvent for Added {
    fn event_type(&self) -> String {
        self.r#type.clone()
    }

    fn event_version(&self) -> String {
        self.schema.to_string()
    }
}

impl Aggregate for Tally {
    const TYPE: &'static str = "tally";
    type Command = Order;
    type Event = Added;
    type Error = AboveLimit;
    type Services = ();

    async fn handle(
        &mut self,
        order: Order,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), AboveLimit> {
        let claim =
            |op: &str, body: Value| Added { claims: vec![json!({ op: body })], ..added(0, 0) };
        let take = |scope: &str, key: &str, reroute: bool| {
            claim("take", json!({ "scope": scope, "key": key, "reroute": reroute }))
        };
        let events = match order {
            Order::Add(number, _) if self.sum + number > LIMIT => return Err(AboveLimit),
            Order::Add(0, _) => Vec::new(),
            Order::Add(number, at) => vec![added(number, at)],
            Order::Open(key) => vec![take("device", key, true)],
            Order::Number(key) => vec![take("case_no", key, false)],
            Order::LetGo => vec![claim("release", json!({ "scope": "device" }))],
            Order::Fill(events, bytes) => {
                let empty = serde_json::to_string(&added(0, 0).data).map_or(0, |text| text.len());
                let mut full = added(0, 0);
                full.data.filling = "x".repeat(bytes.saturating_sub(empty));
                vec![full; events]
            }
        };
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Added) {
        self.sum += event.data.number;
        if event.data.number != 0 {
            self.times.push(event.data.at);
        }
    }
}
