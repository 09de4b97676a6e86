//! `bidao demo`: a small county on one compressed day, through the public API, ending in the dashboard.

mod day;
mod plot;

use std::io::IsTerminal;

use anyhow::{Result, anyhow};
use clap::Args;
use contract::bidao::dashboard::v1::GetDashboardRequest;
use contract::bidao::dashboard::v1::dashboard_service_client::DashboardServiceClient;
use domain::shared::moment::Moment;
use prost::Message;
use prost_reflect::{DynamicMessage, SerializeOptions};
use runtime::config::{Auth, ClockKind, Config};

use crate::out::say;
use crate::{client, county, dev, serve};

/// A Monday in spring: a working day with working days around it.
const DAY: &str = "2026-03-16T07:00:00+08:00";

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// End after the dashboard; otherwise, at a terminal, the server stays up
    #[arg(long)]
    once: bool,
    /// Print the dashboard's figures as JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let config = Config {
        data_dir: directory.path().join("data"),
        listen: ([127, 0, 0, 1], 0).into(),
        county6: dev::COUNTY6.into(),
        auth: Auth::TrustedHeader,
        clock: ClockKind::Manual,
        clock_start: DAY.into(),
        ..Config::default()
    };
    runtime::telemetry::start("warn").map_err(|error| anyhow!(error))?;
    let served = serve::start(&config).await?;
    let county = county::ensure_small(served.address, &served.running).await?;
    let channel = county::connect(served.address).await?;
    day::live(&county, &channel, Moment::parse(DAY).ok_or_else(|| anyhow!("the day"))?).await?;
    let request = county::asked_by(GetDashboardRequest::default(), "leader", None)?;
    let answer =
        DashboardServiceClient::new(channel.clone()).get_dashboard(request).await?.into_inner();
    if arguments.json {
        print_figures(&answer.dashboard.unwrap_or_default().encode_to_vec())?;
    } else {
        let message = client::pool().get_message_by_name("bidao.dashboard.v1.GetDashboardResponse");
        let message = message.ok_or_else(|| anyhow!("no descriptor of the dashboard"))?;
        client::show(&DynamicMessage::decode(message, answer.encode_to_vec().as_slice())?)?;
    }
    if !arguments.once && !arguments.json && std::io::stdout().is_terminal() {
        dev::welcome(&config, served.address, &county);
        say!("\n这一天留在这里,按 Ctrl-C 结束。");
        tokio::signal::ctrl_c().await?;
    }
    drop(channel);
    served.stop().await
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
