//! A PostgreSQL server in a folder of its own, reached by a socket there: it takes no port, and nobody else
//! on the machine can ask it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result};

use super::is_root;
use crate::process;

/// Below this the log's function does not load (`postgres/append.sql`).
const OLDEST: u32 = 14;
const INSTALL: &str = "PostgreSQL 14 or newer is needed; on Debian: apt-get install postgresql";
/// PostgreSQL refuses to run as root; Debian's package makes this account.
const ACCOUNT: &str = "postgres";

pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let programs = match programs() {
            Some(programs) => programs,
            None => install()?,
        };
        let folder = env::temp_dir().join(format!("bidao-services-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let server = Self { programs, folder };
        if is_root() {
            process::run(Command::new("chown").arg(ACCOUNT).arg(&server.folder))?;
        }
        fs::set_permissions(&server.folder, fs::Permissions::from_mode(0o700))?;
        let data = server.data();
        let mut init = server.command("initdb");
        init.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"]);
        process::run(init.arg("--pgdata").arg(&data).stdout(Stdio::null()))?;
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=400",
            server.folder.display()
        );
        let mut start = server.command("pg_ctl");
        start.arg("start").arg("--wait").arg("--silent").arg("--pgdata").arg(&data);
        start.arg("--options").arg(options).arg("--log").arg(server.folder.join("log"));
        process::run(start.stdout(Stdio::null()))
            .with_context(|| format!("see {}", server.folder.join("log").display()))?;
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    /// Where its programs are: one test runs a server of its own.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// One of PostgreSQL's programs, as an account that may run it.
    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", ACCOUNT, "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(self.data());
        if let Err(error) = process::run(&mut stop) {
            eprintln!("services: PostgreSQL: {error:#}");
        }
        if fs::remove_dir_all(&self.folder).is_err() {
            eprintln!("services: {} stays", self.folder.display());
        }
    }
}

/// Where the newest installed server's programs are.
fn programs() -> Option<PathBuf> {
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = packaged
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(version, bin)| *version >= OLDEST && bin.join("initdb").is_file())
        .collect();
    versions.sort();
    let on_path = || {
        let path = env::var_os("PATH")?;
        env::split_paths(&path).find(|folder| is_server(folder))
    };
    versions.pop().map(|(_, bin)| bin).or_else(on_path)
}

fn is_server(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
}

fn install() -> Result<PathBuf> {
    super::install_package("postgresql").context(INSTALL)?;
    programs().context(INSTALL)
}
