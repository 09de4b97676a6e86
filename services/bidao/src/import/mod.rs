//! `bidao import`: an organisation from CSV or XLSX, through the public batches, a result per row.

mod columns;
mod items;
mod results;
mod sheet;

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Args;
use contract::bidao::org::v1 as pb;
use contract::bidao::org::v1::org_service_client::OrgServiceClient;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tonic::transport::Channel;

use crate::client::{self, Connection};
use columns::Header;
use items::{Item, Records};
use results::{Outcome, Results};
use sheet::Row;

/// Rows sent at once; the server takes up to 1000, and answers within its deadline.
const BATCH: usize = 500;
/// Rows read ahead of what is sent.
const AHEAD: usize = 2 * BATCH;

#[derive(Args)]
#[command(after_help = "表头(列的顺序不限,[ ] 为选填):
  units       编码, 上级编码, 名称, 类型, [层级]
  persons     人员编号, 姓名
  posts       单位编码, 岗位, [序号], [人员编号], [任职开始], [任职结束], [值班]
  households  户编码, 网格编码, [地址]
  devices     设备编号, 户编码
CSV 用 UTF-8 或 GBK 编码;XLSX 读第一张工作表。请按 units, persons, posts, households, devices 的次序导入。
同一文件可以重复导入:已有的行显示“重复”。有一行失败,退出码不为 0。")]
pub struct Arguments {
    /// What the file holds
    #[arg(value_enum)]
    records: Records,
    /// A .csv or .xlsx file with a header
    file: PathBuf,
    /// Checks every row and writes nothing
    #[arg(long)]
    dry_run: bool,
    /// Writes the result of every row to this CSV file
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
}

pub async fn run(arguments: Arguments, connection: &Connection) -> Result<ExitCode> {
    let mut rows = read_ahead(arguments.file.clone());
    let header = rows.recv().await.ok_or_else(|| anyhow!("the file is empty (文件为空)"))??;
    let header = Header::of(arguments.records.columns(), &header.fields)?;
    let results = Results::open(connection.is_json(), arguments.results.as_deref())?;
    let channel =
        client::open(connection).await.map_err(|refused| anyhow!("{}", refused.message()))?;
    let mut import = Import {
        records: arguments.records,
        header,
        dry_run: arguments.dry_run,
        client: OrgServiceClient::new(channel),
        connection,
        seen: HashMap::new(),
        assumed: Vec::new(),
        waiting: Vec::new(),
        results,
    };
    while let Some(row) = rows.recv().await {
        import.take(row?)?;
        if import.waiting.len() >= BATCH {
            import.flush().await?;
        }
    }
    import.flush().await?;
    import.results.finish(arguments.dry_run)
}

/// A thread that reads, a few batches ahead at most: the file is never in memory as a whole.
fn read_ahead(path: PathBuf) -> mpsc::Receiver<Result<Row>> {
    let (give, rows) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let read = sheet::read(&path, |row| give.blocking_send(Ok(row)).is_ok());
        if let Err(error) = read
            && give.blocking_send(Err(error)).is_err()
        {
            tracing::debug!("the import ended before its file did");
        }
    });
    rows
}

struct Import<'a> {
    records: Records,
    header: Header,
    dry_run: bool,
    client: OrgServiceClient<Channel>,
    connection: &'a Connection,
    /// Rows seen, by what tells them apart: the first row, and its contents.
    seen: HashMap<[u8; 16], (usize, [u8; 16])>,
    /// In a dry run of units: those of the batches before.
    assumed: Vec<pb::UnitItem>,
    waiting: Vec<(usize, Item)>,
    results: Results,
}

impl Import<'_> {
    fn take(&mut self, row: Row) -> Result<()> {
        if row.fields.iter().all(String::is_empty) {
            return Ok(());
        }
        let item = match self.records.item(&self.header, &row.fields) {
            Ok(item) => item,
            Err(reason) => return self.results.row(row.number, &Outcome::failed(reason)),
        };
        let (key, contents) = item.identity();
        let (key, contents) = (short_hash(key.as_bytes()), short_hash(&contents));
        match self.seen.get(&key) {
            Some((first, known)) if *known == contents => {
                let outcome = Outcome::repeated(format!("与第 {first} 行相同"));
                self.results.row(row.number, &outcome)
            }
            Some((first, _)) => {
                let reason = format!("与第 {first} 行编码相同,内容不同");
                self.results.row(row.number, &Outcome::failed(reason))
            }
            None => {
                self.seen.insert(key, (row.number, contents));
                self.waiting.push((row.number, item));
                Ok(())
            }
        }
    }

    async fn flush(&mut self) -> Result<()> {
        let (numbers, items): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().unzip();
        let units: Vec<_> = items
            .iter()
            .filter_map(|item| if let Item::Unit(unit) = item { Some(unit.clone()) } else { None })
            .filter(|_| self.dry_run)
            .collect();
        let state = |metadata: &mut _| self.connection.state(metadata);
        let sent = items::send(&mut self.client, items, (self.dry_run, &self.assumed), state).await;
        let answers = sent.map_err(|status| {
            let rows = numbers.first().copied().unwrap_or(0);
            anyhow!(
                "row {rows} and later were not answered: {:?} {}; the same command may be given again",
                status.code(),
                status.message()
            )
        })?;
        self.assumed.extend(units);
        for (number, answer) in numbers.into_iter().zip(answers) {
            self.results.row(number, &Outcome::of(&answer))?;
        }
        Ok(())
    }
}

/// Enough to tell a million rows apart, and a fraction of their size.
fn short_hash(bytes: &[u8]) -> [u8; 16] {
    let hash = Sha256::digest(bytes);
    let mut short = [0; 16];
    short.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    short
}
