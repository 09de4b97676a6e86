//! What `serve --dev` says once it is ready.

use std::net::SocketAddr;

use runtime::config::Config;

use crate::county::County;

/// The code of the fictional county: 34 is Anhui, 99 no city of it.
pub const COUNTY6: &str = "349901";

pub fn welcome(config: &Config, address: SocketAddr, county: &County) {
    let device = county.device();
    let secretary = county.secretary();
    println!(
        "必到 bidao {} · 试用县 {} · 数据目录 {}",
        env!("CARGO_PKG_VERSION"),
        config.county6,
        config.data_dir.display()
    );
    println!("http://{address}\n");
    println!(
        "按绿键呼叫:    bidao --server http://{address} --roles hotline --area '*' call press --device-id {device}"
    );
    println!(
        "看书记的待办:  bidao --server http://{address} --roles handler --post {secretary} issue list-work"
    );
    println!(
        "看全县数字:    bidao --server http://{address} --roles leader --area '*' dashboard get-dashboard"
    );
}
