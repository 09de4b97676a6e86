//! `bidao demo`: a county of real size on one compressed day, through the public API, ending in the
//! dashboard; then the day goes on.

mod land;
mod play;
mod plot;

use std::io::IsTerminal;
use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::Args;
use contract::bidao::dashboard::v1::GetDashboardRequest;
use contract::bidao::dashboard::v1::dashboard_service_client::DashboardServiceClient;
use domain::shared::moment::Moment;
use prost::Message;
use prost_reflect::{DynamicMessage, SerializeOptions};
use runtime::config::{Auth, ClockKind, Config};

use self::land::Size;
use self::play::{Scene, Stage, Story};
use self::plot::Plot;
use crate::out::say;
use crate::{client, county, dev, serve};

/// A Monday in spring: a working day with working days around it.
const DAY: &str = "2026-03-16T07:00:00+08:00";
/// Matters that take longer than a day began so long before it.
const DAYS_BEFORE: i64 = 9;
/// Presses are spread over this part of the day; the rest is for what follows from them.
const PRESS_MINUTES: i64 = 8 * 60;
const DAY_MINUTES: i64 = 13 * 60;

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// End after the dashboard; otherwise the server stays up and the day goes on
    #[arg(long)]
    once: bool,
    /// Print the dashboard's figures as JSON
    #[arg(long)]
    json: bool,
    /// A small county and a few matters, for a first look
    #[arg(long)]
    small: bool,
    /// How many matters the day has
    #[arg(long, value_name = "N")]
    matters: Option<usize>,
}

pub async fn run(arguments: Arguments) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let day = Moment::parse(DAY).ok_or_else(|| anyhow!("the day"))?;
    let begins = day.plus_seconds(-DAYS_BEFORE * 86_400);
    let config = Config {
        data_dir: directory.path().join("data"),
        listen: ([127, 0, 0, 1], 0).into(),
        county6: dev::COUNTY6.into(),
        auth: Auth::TrustedHeader,
        clock: ClockKind::Manual,
        clock_start: play::rfc3339(begins),
        ..Config::default()
    };
    runtime::telemetry::start("warn").map_err(|error| anyhow!(error))?;
    let served = serve::start(&config).await?;
    let channel = county::connect(served.address).await?;
    let stage = Stage { channel: channel.clone(), start: day };
    let size = if arguments.small { Size::SMALL } else { Size::COUNTY };
    let matters = arguments.matters.unwrap_or(if arguments.small { 200 } else { 4_000 });
    let scenes = land::settle(&stage, dev::COUNTY6, size).await?;
    let round = plot::round()?;
    let mut stories = deal(&round, &scenes, 0, matters, PRESS_MINUTES);
    stage.play(&mut stories, DAY_MINUTES, true).await?;
    print_dashboard(&channel, arguments.json).await?;
    if !arguments.once && !arguments.json && std::io::stdout().is_terminal() {
        say!("\nhttp://{}  这一天继续:一秒钟过一分钟,按 Ctrl-C 结束。", served.address);
        say!(
            "看数字:{} --server http://{} --roles leader --area '*' dashboard get-dashboard",
            dev::program(),
            served.address
        );
        go_on(&stage, &round, &scenes, matters).await?;
    }
    drop((stage, channel));
    served.stop().await
}

/// Plots dealt out in turn, one device each, spread evenly over `minutes`.
fn deal(round: &[Plot], scenes: &[Scene], first: usize, count: usize, minutes: i64) -> Vec<Story> {
    let dealt = (0..count).filter_map(|number| {
        let plot = round.get((first + number) % round.len().max(1))?;
        let scene = scenes.get((first + number) % scenes.len().max(1))?;
        let begins = i64::try_from(number).ok()? * minutes / i64::try_from(count).ok()?.max(1);
        Some(Story::new(first + number, plot.clone(), begins, scene))
    });
    dealt.collect()
}

/// A minute each second, a new matter each minute, until Ctrl-C.
async fn go_on(stage: &Stage, round: &[Plot], scenes: &[Scene], first: usize) -> Result<()> {
    let today: Vec<_> = round.iter().filter(|plot| plot.days_before == 0).cloned().collect();
    let mut stories: Vec<Story> = Vec::new();
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    for minute in (DAY_MINUTES + 1).. {
        let number = first + stories.len();
        for mut story in deal(&today, scenes, number, 1, 1) {
            story.begins = minute;
            stories.push(story);
        }
        tokio::select! {
            stopped = tokio::signal::ctrl_c() => return Ok(stopped?),
            _ = seconds.tick() => {}
        }
        stage.minute_of_all(&mut stories, minute).await?;
    }
    Ok(())
}

async fn print_dashboard(channel: &tonic::transport::Channel, json: bool) -> Result<()> {
    let request = county::asked_by(GetDashboardRequest::default(), "leader", None)?;
    let answer =
        DashboardServiceClient::new(channel.clone()).get_dashboard(request).await?.into_inner();
    if json {
        return print_figures(&answer.dashboard.unwrap_or_default().encode_to_vec());
    }
    let message = client::pool().get_message_by_name("bidao.dashboard.v1.GetDashboardResponse");
    let message = message.ok_or_else(|| anyhow!("no descriptor of the dashboard"))?;
    client::show(&DynamicMessage::decode(message, answer.encode_to_vec().as_slice())?)
}

/// The figures in the order of the contract, numbers as numbers.
fn print_figures(dashboard: &[u8]) -> Result<()> {
    let message = client::pool().get_message_by_name("bidao.dashboard.v1.Dashboard");
    let message = message.ok_or_else(|| anyhow!("no descriptor of the dashboard"))?;
    let figures = DynamicMessage::decode(message, dashboard)?;
    let options = SerializeOptions::new()
        .skip_default_fields(false)
        .use_proto_field_name(true)
        .stringify_64_bit_integers(false);
    let mut bytes = Vec::new();
    figures.serialize_with_options(&mut serde_json::Serializer::pretty(&mut bytes), &options)?;
    say!("{}", String::from_utf8(bytes)?);
    Ok(())
}
