//! `bidao rebuild`: asks the server to build views anew, shows how far it is, says whether they were equal.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use contract::bidao::admin::v1 as pb;
use contract::bidao::admin::v1::admin_service_client::AdminServiceClient;
use indicatif::{ProgressBar, ProgressStyle};
use tonic::Request;

use crate::client::{self, Connection};
use crate::out::say;

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// Name of the view; without one: all of them
    view: Option<String>,
    /// Compare only; keep the running tables
    #[arg(long)]
    check: bool,
}

pub async fn run(arguments: Arguments, connection: &Connection) -> Result<ExitCode> {
    let channel = match client::open(connection).await {
        Ok(channel) => channel,
        Err(status) => return Ok(client::refuse(&status)),
    };
    let message = pb::RebuildViewRequest {
        view: arguments.view.unwrap_or_default(),
        check_only: arguments.check,
    };
    let mut request = Request::new(message);
    connection.state(request.metadata_mut())?;
    let mut answers = match AdminServiceClient::new(channel).rebuild_view(request).await {
        Ok(answers) => answers.into_inner(),
        Err(status) => return Ok(client::refuse(&status)),
    };
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template("{msg:14} {wide_bar} {pos}/{len}")?);
    let mut all_equal = true;
    let mut results = Vec::new();
    loop {
        match answers.message().await {
            Ok(Some(answer)) if answer.done => {
                all_equal &= answer.equal;
                results.push(answer);
            }
            Ok(Some(answer)) => {
                bar.set_message(answer.view);
                bar.set_length(answer.head_position);
                bar.set_position(answer.position);
            }
            Ok(None) => break,
            Err(status) => return Ok(client::refuse(&status)),
        }
    }
    bar.finish_and_clear();
    print(&results, connection.is_json());
    Ok(if all_equal { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(results: &[pb::RebuildViewResponse], json: bool) {
    for result in results {
        if json {
            let line = serde_json::json!({
                "view": result.view, "position": result.position, "equal": result.equal, "digest": result.digest,
            });
            say!("{line}");
        } else {
            let verdict = if result.equal { "一致 equal" } else { "不一致 DIFFERENT" };
            say!("{:<14} {verdict}  position {}  {}", result.view, result.position, result.digest);
        }
    }
}
