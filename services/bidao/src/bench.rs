//! `bidao bench`: how much one machine carries, with its spread. Durable commits, real files, one process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use clap::Args;
use comfy_table::{Table, presets};
use commands::Commands;
use contract::bidao::call::v1 as call;
use contract::bidao::call::v1::call_service_client::CallServiceClient;
use domain::call::command::Press;
use domain::call::{CallCommand, CallVerb};
use domain::shared::actor::Actor;
use domain::shared::ids::{CallId, UnitId};
use eventlog::{LogTail, Origin, Request};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use runtime::config::{Auth, ClockKind, Config};
use serde_json::json;
use tonic::transport::Channel;

use crate::county::{self, asked_by};
use crate::out::say;
use crate::parts::Running;
use crate::{dev, serve};

/// What is measured in a round, one after the other.
const STEPS: usize = 4;
/// Clients that ask at the same time.
const TOGETHER: usize = 64;

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// Rounds; the table shows median, lowest and highest
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Commands in one round
    #[arg(long, default_value_t = 1_000)]
    commands: usize,
    /// Presses measured one by one in each round, from the key to the screen
    #[arg(long, default_value_t = 300)]
    presses: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One figure over all rounds.
struct Series {
    name: &'static str,
    unit: &'static str,
    values: Vec<f64>,
}

pub async fn run(arguments: Arguments) -> Result<()> {
    ensure!(arguments.rounds > 0 && arguments.commands > 0, "rounds and commands are at least 1");
    let directory = tempfile::tempdir()?;
    let config = Config {
        data_dir: directory.path().join("data"),
        listen: ([127, 0, 0, 1], 0).into(),
        county6: dev::COUNTY6.into(),
        auth: Auth::TrustedHeader,
        // Thousands of calls that nobody answers would ring on and on beside what is measured.
        clock: ClockKind::Manual,
        ..Config::default()
    };
    runtime::telemetry::start("warn").map_err(|error| anyhow!(error))?;
    let served = serve::start(&config).await?;
    let small = county::ensure_small(served.address, &served.running).await?;
    let unit = small.units.get("桥头一网格").context("no grid")?.clone();
    let channel = county::connect(served.address).await?;
    let mut series = [
        Series::new("gRPC 写命令 commands", "次/秒 /s"),
        Series::new("事件追加 appended events", "件/秒 /s"),
        Series::new("视图重建 rebuilt events", "件/秒 /s"),
        Series::new("按键到可见 press → visible p50", "毫秒 ms"),
        Series::new("按键到可见 press → visible p99", "毫秒 ms"),
    ];
    let bar = ProgressBar::new((arguments.rounds * STEPS) as u64)
        .with_style(ProgressStyle::with_template("{msg:30} {wide_bar} {pos}/{len} {elapsed}")?);
    for _ in 0..arguments.rounds {
        let step = |what: &'static str| {
            bar.set_message(what);
            bar.inc(1);
        };
        step("gRPC 写命令 commands");
        let commands = commands_per_second(&channel, &unit, arguments.commands).await?;
        step("事件追加 append");
        let events = events_per_second(&served.running.commands, &unit, arguments.commands).await?;
        step("视图重建 rebuild");
        let rebuilt = rebuilt_per_second(&served.running).await?;
        step("按键到可见 press → visible");
        let visible = visible_ms(&channel, &unit, arguments.presses.max(1)).await?;
        let all = [commands, events, rebuilt, rank(&visible, 50), rank(&visible, 99)];
        series.iter_mut().zip(all).for_each(|(series, figure)| series.values.push(figure));
    }
    bar.finish_and_clear();
    print(&arguments, &series);
    drop(channel);
    served.stop().await
}

async fn press(channel: &Channel, unit: &str) -> Result<u64> {
    let press = call::PressRequest { unit_id: unit.into(), ..call::PressRequest::default() };
    let answer =
        CallServiceClient::new(channel.clone()).press(asked_by(press, "hotline", None)?).await?;
    Ok(answer.into_inner().receipt.context("no receipt")?.position)
}

async fn commands_per_second(channel: &Channel, unit: &str, count: usize) -> Result<f64> {
    let started = Instant::now();
    let presses = (0..count).map(|_| press(channel, unit));
    stream::iter(presses).buffer_unordered(TOGETHER).try_collect::<Vec<_>>().await?;
    Ok(per_second(count, started.elapsed()))
}

/// The same without the network: executor, decision, group commit, fsync.
async fn events_per_second(commands: &Arc<Commands>, unit: &str, count: usize) -> Result<f64> {
    let unit: UnitId = unit.parse()?;
    let facts = commands.facts(Actor::system(), Some(unit)).await?;
    let started = Instant::now();
    let presses = (0..count).map(|_| {
        let facts = facts.clone();
        async move {
            let call = CallId(commands.ids.uuid7());
            let press = Press { call, device: None, household: None, unit, caller: None };
            let command =
                |now| CallCommand { given: facts.at(now), verb: CallVerb::Press(press.clone()) };
            let origin = Origin { county6: commands.county6.clone(), ..Origin::default() };
            let request = Request { origin, ..Request::default() };
            let done = commands.calls.execute(call.0, &request, command).await?;
            Ok::<_, anyhow::Error>(done.receipt.event_ids.len())
        }
    });
    let events: Vec<usize> = stream::iter(presses).buffer_unordered(TOGETHER).try_collect().await?;
    Ok(per_second(events.iter().sum(), started.elapsed()))
}

/// Every event through every view, beside the running ones.
async fn rebuilt_per_second(running: &Running) -> Result<f64> {
    let head = running.commands.appender.head().clone();
    running.projected.wait_for(head.position()).await;
    let views: Vec<_> =
        running.views.positions().await.into_iter().map(|(name, ..)| name.to_owned()).collect();
    let started = Instant::now();
    for view in &views {
        let mut feed = LogTail::new(Arc::clone(&running.commands.log), head.clone(), 0);
        let rebuilt = running.views.rebuild(view, &mut feed, true, |_| {}).await?;
        ensure!(rebuilt.equal, "{view} is unlike its rebuild");
    }
    Ok(per_second(usize::try_from(head.position())?, started.elapsed()))
}

/// From the key until a screen that asks for it shows it, one after the other.
async fn visible_ms(channel: &Channel, unit: &str, count: usize) -> Result<Vec<f64>> {
    let mut calls = CallServiceClient::new(channel.clone());
    let mut seen = Vec::with_capacity(count);
    for _ in 0..count {
        let started = Instant::now();
        let min_position = press(channel, unit).await?;
        let list = call::ListCallsRequest {
            page_size: 1,
            min_position,
            ..call::ListCallsRequest::default()
        };
        calls.list_calls(asked_by(list, "hotline", None)?).await?;
        seen.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    seen.sort_by(f64::total_cmp);
    Ok(seen)
}

fn per_second(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

/// Nearest rank, of sorted values.
fn rank(sorted: &[f64], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(place - 1).copied().unwrap_or(f64::NAN)
}

impl Series {
    fn new(name: &'static str, unit: &'static str) -> Self {
        Self { name, unit, values: Vec::new() }
    }

    /// Median, lowest, highest.
    fn spread(&self) -> [f64; 3] {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        [rank(&sorted, 50), rank(&sorted, 0), rank(&sorted, 100)]
    }
}

fn print(arguments: &Arguments, series: &[Series]) {
    if arguments.json {
        let figures = series.iter().map(|series| {
            let [median, lowest, highest] = series.spread();
            json!({
                "name": series.name, "unit": series.unit, "median": median, "lowest": lowest,
                "highest": highest, "rounds": series.values,
            })
        });
        say!("{}", json!({ "figures": figures.collect::<Vec<_>>() }));
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["", "中位 median", "最低 lowest", "最高 highest", ""]);
    for series in series {
        let figures = series.spread().map(|figure| format!("{figure:.1}"));
        let row = std::iter::once(series.name.to_owned()).chain(figures);
        table.add_row(row.chain([series.unit.to_owned()]));
    }
    say!("{table}");
    say!(
        "{} 轮,每轮 {} 条命令、{} 个并发客户端;SQLite,WAL,synchronous=FULL,单进程,手动时钟(不触发时限)",
        arguments.rounds,
        arguments.commands,
        TOGETHER
    );
}
