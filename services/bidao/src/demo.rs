//! demo

#[derive(clap::Args)]
pub struct Arguments {}
pub async fn run(_: Arguments) -> anyhow::Result<()> { Ok(()) }
