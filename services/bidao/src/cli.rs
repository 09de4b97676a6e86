//! The command line: what is served, what is asked, what is replayed.

use std::process::ExitCode;

use anyhow::Result;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};

use crate::{asyncapi, bench, bootstrap, client, demo, doctor, import, rebuild, serve, simulate};

/// Commands of our own; every RPC adds one of its own, made from the descriptors (ADR 6).
#[derive(Subcommand)]
enum Own {
    /// Serves the API and runs the roles behind it; `--roles` names those of api, projector, escalator,
    /// relay that this process does: all by default, fewer where several share PostgreSQL
    Serve(serve::Arguments),
    /// Prepares PostgreSQL for the processes that will serve on it; run as the owner of the databases
    Migrate(serve::MigrateArguments),
    /// Makes a security administrator, with an invitation to set a password: run by whoever owns the data
    Bootstrap(bootstrap::Arguments),
    /// Builds views anew beside the running ones and compares the two
    Rebuild(rebuild::Arguments),
    /// Checks a running server, or a policy, profile or configuration file
    Doctor(doctor::Arguments),
    /// Imports units, persons, posts, households or devices from CSV or XLSX
    Import(import::Arguments),
    /// Replays real letters through the real command path: a back-test of a policy
    Simulate(simulate::Arguments),
    /// A county of real size on one compressed day
    Demo(demo::Arguments),
    /// Prints the public events as an AsyncAPI document
    Asyncapi,
    /// How much one machine carries: commands, events, rebuilds, and how soon a press is seen
    Bench(bench::Arguments),
}

pub fn command() -> Command {
    let own = Own::augment_subcommands(
        Command::new("bidao")
            .version(env!("CARGO_PKG_VERSION"))
            .about("必到:群众呼叫,书记必到")
            .subcommand_required(true)
            .arg_required_else_help(true),
    );
    client::Connection::augment_args(own).subcommands(client::commands())
}

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match Own::from_arg_matches(matches) {
            Ok(Own::Serve(mut arguments)) => {
                arguments.roles = roles_of_process(matches);
                serve::run(arguments).await.map(|()| ExitCode::SUCCESS)
            }
            Ok(Own::Migrate(arguments)) => {
                serve::migrate(arguments).await.map(|()| ExitCode::SUCCESS)
            }
            Ok(Own::Bootstrap(arguments)) => {
                bootstrap::run(arguments).await.map(|()| ExitCode::SUCCESS)
            }
            Ok(Own::Rebuild(arguments)) => {
                rebuild::run(arguments, &client::Connection::from_arg_matches(matches)?).await
            }
            Ok(Own::Doctor(arguments)) => {
                doctor::run(arguments, &client::Connection::from_arg_matches(matches)?).await
            }
            Ok(Own::Import(arguments)) => {
                import::run(arguments, &client::Connection::from_arg_matches(matches)?).await
            }
            Ok(Own::Simulate(arguments)) => {
                simulate::run(arguments).await.map(|()| ExitCode::SUCCESS)
            }
            Ok(Own::Asyncapi) => asyncapi::run().map(|()| ExitCode::SUCCESS),
            Ok(Own::Bench(arguments)) => bench::run(arguments).await.map(|()| ExitCode::SUCCESS),
            Ok(Own::Demo(arguments)) => demo::run(arguments).await.map(|()| ExitCode::SUCCESS),
            Err(_) => client::run(matches).await,
        }
    })
}

/// `--roles` of `serve` is the process's; everywhere else it states the caller's.
fn roles_of_process(matches: &ArgMatches) -> Option<String> {
    let serve = matches.subcommand_matches("serve")?;
    let given = serve.value_source("roles") == Some(ValueSource::CommandLine);
    serve.get_one::<String>("roles").filter(|_| given).cloned()
}
