//! The project's own tasks, run as `cargo xtask <task>`: one entry point for people and for the build machine.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

mod bench;
mod ci;
mod contract;
mod demo;
mod deny;
mod process;
mod services;
mod suite;
mod tidy;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tasks")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Check the house rules over the whole tree and print every violation
    Tidy,
    /// Run every check in order and stop at the first failure
    Ci,
    /// Lint the contract, compare it with the last release, and drive a server by two foreign clients
    Contract,
    /// Start what tests need, build the program and run every test; arguments go to the test runner, as `-p eventlog`
    #[command(disable_help_flag = true)]
    Test {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Build the program optimised and measure it; arguments go to `bidao bench`
    #[command(disable_help_flag = true)]
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Build the program and run its demo; arguments go to `bidao demo`
    #[command(disable_help_flag = true)]
    Demo {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().verb) {
        Ok(code) => code,
        Err(cause) => {
            eprintln!("xtask: {cause:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<ExitCode> {
    let root = process::root()?;
    match verb {
        Verb::Tidy => tidy::run(&root)?,
        Verb::Ci => ci::run(&root)?,
        Verb::Contract => contract::check(&root)?,
        Verb::Test { args } => suite::run(&root, &args)?,
        Verb::Bench { args } => return bench::run(&root, &args),
        Verb::Demo { args } => return demo::run(&root, &args),
    }
    Ok(ExitCode::SUCCESS)
}
