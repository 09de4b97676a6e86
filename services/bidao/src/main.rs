//! `bidao`: configuration → parts → roles, and the command line that is a client of them.

mod asyncapi;
mod bench;
mod bootstrap;
mod cli;
mod client;
mod county;
mod demo;
mod dev;
mod digests;
mod doctor;
mod fetch;
mod follower;
mod import;
mod out;
mod parts;
mod probe;
mod provider;
mod rebuild;
mod serve;
mod simulate;
mod stores;

use std::process::ExitCode;

fn main() -> ExitCode {
    let matches = cli::command().get_matches();
    match cli::run(&matches) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bidao: {error:#}");
            ExitCode::FAILURE
        }
    }
}
