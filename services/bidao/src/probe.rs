//! What `GetStatus` and `bidao doctor` say of databases and NATS.

use std::sync::Arc;

use api::Probe;
use async_trait::async_trait;
use bus::Bus;
use contract::bidao::admin::v1::Check;
use eventlog::EventLog;
use runtime::Clock;
use worker::relay::{self, lane::Lane};

use crate::stores::Server;

/// Events a stream may lag behind the log before somebody should look.
const LAG: u64 = 10_000;
/// Clocks further apart than this confuse deadlines of minutes.
const APART_US: u64 = 2_000_000;

/// The servers this process works with.
pub struct Databases {
    pub log: Arc<dyn EventLog>,
    pub bus: Option<Bus>,
    pub servers: Vec<Server>,
}

#[async_trait]
impl Probe for Databases {
    async fn look(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        for server in &self.servers {
            checks.extend(of_server(server).await);
        }
        if let Some(bus) = &self.bus {
            checks.push(of_nats(bus));
            for lane in Lane::ALL {
                checks.push(of_stream(bus, self.log.as_ref(), lane).await);
            }
        }
        checks
    }
}

fn check(level: &str, what: &str, text: impl Into<String>) -> Check {
    Check { level: level.into(), what: what.into(), text: text.into() }
}

async fn of_server(server: &Server) -> Vec<Check> {
    let found = match server.durability().await {
        Ok(found) => found,
        Err(error) => return vec![check("fail", server.key, format!("{error:#}"))],
    };
    let settled = format!(
        "PostgreSQL {}: fsync={}, full_page_writes={}, synchronous_commit={}",
        found.version, found.fsync, found.full_page_writes, found.synchronous_commit
    );
    let durable = match found.weakness() {
        None => check("ok", server.key, settled),
        Some(weakness) => {
            let text = format!("acknowledged commands may be lost: {weakness} ({settled})");
            check("fail", server.key, text)
        }
    };
    let apart = found.now_us.abs_diff(Clock::system().now_us());
    let level = if apart > APART_US { "fail" } else { "ok" };
    let text = format!("{}'s clock is {} ms apart from this process's", server.key, apart / 1_000);
    vec![durable, check(level, "clock", text)]
}

fn of_nats(bus: &Bus) -> Check {
    match bus.version() {
        Ok(version) => check("ok", "nats", format!("nats-server {version}")),
        // Events wait in the database; nothing is lost meanwhile.
        Err(error) => check("warn", "nats", error.to_string()),
    }
}

async fn of_stream(bus: &Bus, log: &dyn EventLog, lane: Lane) -> Check {
    let name = lane.stream().name;
    let tail = match bus.tail(lane.stream()).await {
        Ok(Some(tail)) => tail,
        Ok(None) => return check("warn", name, "there is no such stream yet; does a relay run?"),
        Err(error) => return check("warn", name, error.to_string()),
    };
    let standing = match relay::look(lane, log, bus, tail).await {
        Ok(standing) => standing,
        Err(trouble @ relay::Trouble::Refused(_)) => {
            return check("fail", name, trouble.to_string());
        }
        Err(trouble) => return check("warn", name, trouble.to_string()),
    };
    let head = match log.head().await {
        Ok(head) => head.position,
        Err(error) => return check("fail", name, error.to_string()),
    };
    // What PUB does not tell of lies between its last message and the head, so only LOG can lag.
    let lags = lane == Lane::Log && head.saturating_sub(standing.position) > LAG;
    let copies = match bus.replicas(lane.stream()).await {
        Ok(Some(copies)) => copies.to_string(),
        Ok(None) | Err(_) => "?".into(),
    };
    let position = standing.position;
    let text = format!("agrees with the log up to {position} of {head}; copies: {copies}");
    check(if lags { "warn" } else { "ok" }, name, text)
}
