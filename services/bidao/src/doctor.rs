//! `bidao doctor`: each line ok, warn or fail, with what to do.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use contract::bidao::admin::v1 as admin;
use contract::bidao::admin::v1::admin_service_client::AdminServiceClient;
use contract::bidao::policy::v1 as policy;
use contract::bidao::policy::v1::policy_service_client::PolicyServiceClient;
use domain::policy::{publish, validation};
use domain::shared::moment::Moment;
use domain::shared::terms::Usage;
use runtime::Clock;
use runtime::config::Config;
use tonic::Request;
use tonic::transport::{Channel, Endpoint};

use crate::client::Connection;
use crate::out::say;

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// Checks a policy document: may it be published for live use?
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Checks a profile of an organisation: may it be published?
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Checks a configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ok,
    Warn,
    Fail,
}

struct Finding {
    level: Level,
    what: String,
    text: String,
}

fn finding(level: Level, what: &str, text: impl Into<String>) -> Finding {
    Finding { level, what: what.into(), text: text.into() }
}

pub async fn run(arguments: Arguments, connection: &Connection) -> Result<ExitCode> {
    let mut findings = Vec::new();
    if let Some(path) = &arguments.policy {
        findings.extend(policy_document(&read(path)?));
    }
    if let Some(path) = &arguments.profile {
        findings.extend(profile_document(&read(path)?));
    }
    if let Some(path) = &arguments.config {
        findings.push(match Config::load(Some(path)) {
            Ok(_) => finding(Level::Ok, "config", path.display().to_string()),
            Err(error) => finding(Level::Fail, "config", error.to_string()),
        });
    }
    if arguments.policy.is_none() && arguments.profile.is_none() && arguments.config.is_none() {
        findings.extend(server(connection).await);
    }
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    print(&findings, connection.is_json());
    Ok(if worst == Level::Fail { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
}

fn profile_document(text: &str) -> Vec<Finding> {
    let document = match domain::org::profile::parse(text) {
        Ok(document) => document,
        Err(error) => return vec![finding(Level::Fail, "profile", error.zh())],
    };
    let problems = domain::org::validation::problems(&document);
    if problems.is_empty() {
        let text = format!("{} 第 {} 版可以发布", document.id, document.version);
        return vec![finding(Level::Ok, "profile", text)];
    }
    let problems = problems.into_iter();
    problems.map(|p| finding(Level::Fail, "profile", format!("{} / {}", p.zh, p.text))).collect()
}

fn policy_document(text: &str) -> Vec<Finding> {
    let document = match publish::parse(text) {
        Ok(document) => document,
        Err(error) => return vec![finding(Level::Fail, "policy", error.zh())],
    };
    let mut findings = Vec::new();
    if document.usage == Usage::Backtest {
        let text = format!(
            "{} 是回测规则(use = \"backtest\"),不能用于实际运行 / a back-test policy is refused for live use",
            document.id
        );
        findings.push(finding(Level::Fail, "policy", text));
    }
    let problems = validation::problems(&document);
    findings.extend(problems.into_iter().map(|problem| {
        finding(Level::Fail, "policy", format!("{} / {}", problem.zh, problem.text))
    }));
    if findings.is_empty() {
        findings.push(finding(
            Level::Ok,
            "policy",
            format!("{} 第 {} 版可以发布", document.id, document.version),
        ));
    }
    findings
}

async fn server(connection: &Connection) -> Vec<Finding> {
    let endpoint = match Endpoint::from_shared(connection.server.clone()) {
        Ok(endpoint) => endpoint,
        Err(error) => return vec![finding(Level::Fail, "server", error.to_string())],
    };
    let Ok(channel) = endpoint.connect().await else {
        let text =
            format!("no server answers at {}; start one with 'bidao serve'", connection.server);
        return vec![finding(Level::Fail, "server", text)];
    };
    let mut findings = status(channel.clone(), connection).await;
    findings.extend(calendars(channel, connection).await);
    findings
}

fn asked<T>(connection: &Connection, message: T) -> Result<Request<T>> {
    let mut request = Request::new(message);
    connection.state(request.metadata_mut())?;
    Ok(request)
}

async fn status(channel: Channel, connection: &Connection) -> Vec<Finding> {
    let answer = match asked(connection, admin::GetStatusRequest {}) {
        Ok(request) => AdminServiceClient::new(channel).get_status(request).await,
        Err(error) => return vec![finding(Level::Fail, "server", error.to_string())],
    };
    let status = match answer {
        Ok(status) => status.into_inner(),
        Err(status) => return vec![finding(Level::Fail, "server", status.message())],
    };
    let mut findings = vec![
        finding(
            Level::Ok,
            "server",
            format!("bidao {} county {} log {}", status.version, status.county6, status.log_id),
        ),
        finding(Level::Ok, "durability", status.durability.clone()),
    ];
    if status.manual_clock {
        findings.push(finding(Level::Warn, "clock", "manual: for exercises only"));
    } else {
        let here = Clock::system().now_us();
        let there = status.time.map_or(0, |time| time.seconds * 1_000_000);
        let skew = (here - there).abs() / 1_000_000;
        let level = if skew > 60 { Level::Fail } else { Level::Ok };
        findings.push(finding(level, "clock", format!("{skew} s apart from this machine")));
    }
    findings.extend(status.checks.iter().map(|check| {
        let level = match check.level.as_str() {
            "ok" => Level::Ok,
            "warn" => Level::Warn,
            _other => Level::Fail,
        };
        finding(level, &check.what, &check.text)
    }));
    for view in &status.views {
        let level = if view.lag > 10_000 { Level::Warn } else { Level::Ok };
        findings.push(finding(
            level,
            "view",
            format!("{} v{} at {} (lag {})", view.name, view.version, view.position, view.lag),
        ));
    }
    for parked in &status.parked_streams {
        let text = format!(
            "{} parked in {} at {}: {}; fix, then 'bidao rebuild {}'",
            parked.stream, parked.view, parked.position, parked.error, parked.view
        );
        findings.push(finding(Level::Fail, "parked", text));
    }
    for timer in &status.parked_timers {
        let text = format!(
            "{} {} failed {} times: {}",
            timer.stream, timer.clock, timer.attempts, timer.error
        );
        findings.push(finding(Level::Fail, "timer", text));
    }
    findings
}

async fn calendars(channel: Channel, connection: &Connection) -> Vec<Finding> {
    let Ok(request) = asked(connection, policy::ListPoliciesRequest {}) else {
        return Vec::new();
    };
    let Ok(answer) = PolicyServiceClient::new(channel).list_policies(request).await else {
        return Vec::new();
    };
    let answer = answer.into_inner();
    let today = Moment(Clock::system().now_us()).local_date();
    let mut findings = Vec::new();
    match answer.policies.iter().find(|policy| policy.in_force) {
        Some(policy) => findings.push(finding(
            Level::Ok,
            "policy",
            format!("{} v{} in force", policy.id, policy.version),
        )),
        None => findings.push(finding(
            Level::Fail,
            "policy",
            "none is published; publish one with 'bidao policy publish-policy'",
        )),
    }
    let covers = |year: i16| {
        answer.calendars.iter().any(|calendar| calendar.years.contains(&year.to_string()))
    };
    // The State Council publishes next year's arrangement in November.
    let wanted = [
        (today.year(), Level::Fail),
        (today.year() + 1, if today.month() >= 11 { Level::Warn } else { Level::Ok }),
    ];
    for (year, level) in wanted {
        let missing = !covers(year) && level != Level::Ok;
        findings.push(if missing {
            finding(level, "calendar", format!("{year} is not covered; deadlines there are 暂定; publish the notice of that year"))
        } else {
            finding(Level::Ok, "calendar", format!("{year}{}", if covers(year) { " covered" } else { " not due yet" }))
        });
    }
    findings
}

fn print(findings: &[Finding], json: bool) {
    for finding in findings {
        let level = match finding.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        if json {
            say!(
                "{}",
                serde_json::json!({ "level": level.to_lowercase(), "what": finding.what, "text": finding.text })
            );
        } else {
            say!("{level:<5} {:<11} {}", finding.what, finding.text);
        }
    }
}
