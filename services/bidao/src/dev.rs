//! What `serve --dev` says once it is ready.

use std::net::SocketAddr;

use anyhow::{Result, anyhow};
use api::{Api, ApiError, INVITATION};
use runtime::config::{Auth, Config};

use crate::county::County;
use crate::out::say;

/// The code of the fictional county: 34 is Anhui, 99 no city of it.
pub const COUNTY6: &str = "349901";

/// How this program was called, so that the commands can be copied as they stand.
pub fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "bidao".into())
}

/// The account that lets everybody else in.
const ADMINISTRATOR: &str = "security";

/// A one-time invitation for the administrator of the county that is tried out; none once there is one.
pub async fn invite(api: &Api) -> Result<Option<String>> {
    let failed = |error: ApiError| anyhow!(error.text());
    if api.knows(ADMINISTRATOR).await.map_err(failed)? {
        return Ok(None);
    }
    Ok(Some(api.bootstrap(ADMINISTRATOR).await.map_err(failed)?))
}

pub fn welcome(config: &Config, address: SocketAddr, county: &County, invitation: Option<&str>) {
    let device = county.device();
    let secretary = county.secretary();
    let program = program();
    say!(
        "必到 bidao {} · 试用县 {} · 数据目录 {}",
        env!("CARGO_PKG_VERSION"),
        config.county6,
        config.data_dir.display()
    );
    let scheme = if config.has_tls() { "https" } else { "http" };
    say!("{scheme}://{address}\n");
    if config.auth == Auth::Credentials {
        match invitation {
            Some(invitation) => {
                let set = "access set-password --invitation";
                say!("安全管理员 {ADMINISTRATOR} 的一次性链接(72 小时内有效,设置密码后失效):");
                say!("  {scheme}://{address}{INVITATION}?code={invitation}");
                say!("或用命令行:");
                say!(
                    "  {program} --server {scheme}://{address} {set} {invitation} --new-password @密码文件"
                );
            }
            None => say!("请以已有账号登录;邀请遗失时停止服务,运行 {program} bootstrap"),
        }
        return;
    }
    say!(
        "按绿键呼叫:    {program} --server {scheme}://{address} --roles hotline --area '*' call press --device-id {device}"
    );
    say!(
        "看书记的待办:  {program} --server {scheme}://{address} --roles handler --post {secretary} issue list-work"
    );
    say!(
        "看全县数字:    {program} --server {scheme}://{address} --roles leader --area '*' dashboard get-dashboard"
    );
    say!("凭账号试用:    加 --auth credentials 启动,打印安全管理员的一次性链接");
}
