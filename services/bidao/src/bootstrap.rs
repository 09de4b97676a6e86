//! `bidao bootstrap`: the first security administrator, who lets everybody else in. Whoever owns the data is
//! who may do this, and it leaves its events like everything else.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use runtime::config::Config;

use crate::out::say;
use crate::{dev, parts};

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// Name of the administrator's account: a-z, 0-9, `.`, `-`, `@`, beginning with a letter
    #[arg(long, value_name = "NAME", default_value = "security")]
    name: String,
    /// Configuration file, TOML
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where everything is kept
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Six digits of the county
    #[arg(long, value_name = "CODE")]
    county6: Option<String>,
}

pub async fn run(arguments: Arguments) -> Result<()> {
    let mut config = Config::load(arguments.config.as_deref())?;
    config.data_dir = arguments.data_dir.unwrap_or(config.data_dir);
    config.county6 = arguments.county6.unwrap_or(config.county6);
    let config = config.checked()?;
    let running = parts::open(&config).await?;
    let api = running.api(&config, &runtime::shutdown::Shutdown::default());
    let made = api.bootstrap(&arguments.name).await;
    let invitation = made.map_err(|error| anyhow::anyhow!("{}", error.text())).context("--name")?;
    running.vault.close().await?;
    running.views.close().await;
    let program = dev::program();
    say!("安全管理员账号 {} 已就绪。邀请码只显示一次,72 小时内有效:\n", arguments.name);
    say!("{invitation}\n");
    say!("启动服务后设置密码: {program} access set-password --invitation … --new-password …");
    Ok(())
}
