//! What `GetStatus` and `bidao doctor` say of databases and NATS.

use std::sync::Arc;

use api::Probe;
use async_trait::async_trait;
use bus::{Bus, BusError};
use contract::bidao::admin::v1::Check;
use event::Recorded;
use eventlog::EventLog;
use runtime::Clock;
use views::Views;
use worker::relay::{self, lane::Lane};

use crate::stores::Server;

/// An event that a stream has not told of for so long waits for a relay that is not there, or is stuck.
const WAITS_US: u64 = 60_000_000;
/// Among so many events the first that waits is looked for; PUB tells of most.
const LOOK_AHEAD: u64 = 10_000;
/// Clocks further apart than this confuse deadlines of minutes.
const APART_US: u64 = 2_000_000;

/// The servers this process works with.
pub struct Databases {
    pub log: Arc<dyn EventLog>,
    pub views: Arc<Views>,
    pub bus: Option<Bus>,
    pub servers: Vec<Server>,
    /// The one that events are recorded by.
    pub clock: Clock,
}

#[async_trait]
impl Probe for Databases {
    async fn look(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        for server in &self.servers {
            checks.extend(of_server(server).await);
        }
        checks.extend(self.of_views().await);
        if let Some(bus) = &self.bus {
            checks.push(of_nats(bus));
            for lane in Lane::ALL {
                checks.push(self.of_stream(bus, lane).await);
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

impl Databases {
    /// Views that nobody goes on with: the timers are read from them, too.
    async fn of_views(&self) -> Option<Check> {
        let position = match self.views.refresh().await {
            Ok(position) => position,
            Err(error) => return Some(check("fail", "views", error.to_string())),
        };
        let waiting = match self.log.read_log(position, 1).await {
            Ok(events) => events.into_iter().next()?,
            Err(error) => return Some(check("fail", "log", error.to_string())),
        };
        let waits_us = self.waits_us(&waiting);
        (waits_us >= WAITS_US).then(|| {
            let (event, seconds) = (waiting.position, waits_us / 1_000_000);
            let text = format!(
                "event {event} has waited {seconds} s: does a projector run, and what does it say?"
            );
            check("warn", "views", text)
        })
    }

    fn waits_us(&self, waiting: &Recorded) -> u64 {
        self.clock.now_us().saturating_sub(waiting.recorded_at).unsigned_abs()
    }

    async fn of_stream(&self, bus: &Bus, lane: Lane) -> Check {
        let name = lane.stream().name;
        match self.look_at(bus, lane).await {
            Ok((waits, text)) => check(if waits { "warn" } else { "ok" }, name, text),
            Err(
                trouble
                @ (relay::Trouble::Refused(_) | relay::Trouble::Bus(BusError::Unfit { .. })),
            ) => check("fail", name, trouble.to_string()),
            Err(trouble) => check("warn", name, trouble.to_string()),
        }
    }

    /// Whether somebody should look, and what there is to say.
    async fn look_at(&self, bus: &Bus, lane: Lane) -> Result<(bool, String), relay::Trouble> {
        let log = self.log.as_ref();
        let Some(tail) = bus.fit(lane.stream(), log.log_id()).await? else {
            return Ok((
                true,
                "there is no such stream yet; does a relay run, and what does it say?".into(),
            ));
        };
        let standing = relay::look(lane, log, bus, tail).await?;
        let head = log.head().await.map_err(|error| relay::Trouble::Log(error.to_string()))?;
        let waiting = relay::first_waiting(lane, log, standing, LOOK_AHEAD).await?;
        let copies = bus.replicas(lane.stream()).await?.unwrap_or_default();
        let (position, head) = (standing.position, head.position);
        let agrees = format!("agrees with the log up to {position} of {head}; copies: {copies}");
        let Some(waiting) = waiting else {
            return Ok((false, agrees));
        };
        let waits_us = self.waits_us(&waiting);
        if waits_us < WAITS_US {
            return Ok((false, agrees));
        }
        let (event, seconds) = (waiting.position, waits_us / 1_000_000);
        Ok((
            true,
            format!(
                "event {event} has waited {seconds} s: does a relay run, and what does it say? It {agrees}"
            ),
        ))
    }
}
