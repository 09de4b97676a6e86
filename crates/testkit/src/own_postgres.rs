//! A PostgreSQL server of one test's own, to be killed without mercy and started again.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

const VARIABLE: &str = "TESTS_POSTGRES_PROGRAMS";
/// PostgreSQL refuses to run as root.
const ACCOUNT: &str = "postgres";

pub struct OwnPostgres {
    programs: PathBuf,
    folder: TempDir,
}

impl OwnPostgres {
    /// A new server on a socket in a folder of its own.
    ///
    /// # Panics
    /// When `cargo xtask test` has named no programs: these tests are never skipped.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "`cargo xtask test` says where the programs are")]
    pub fn start() -> Self {
        let Ok(programs) = std::env::var(VARIABLE) else {
            panic!("{VARIABLE} is not set: run `cargo xtask test`");
        };
        let folder = tempfile::tempdir().unwrap();
        let server = Self { programs: programs.into(), folder };
        if is_root() {
            done(Command::new("chown").arg(ACCOUNT).arg(server.folder.path()));
        }
        fs::set_permissions(server.folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let mut init = server.command("initdb");
        init.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"]);
        done(init.arg("--pgdata").arg(server.data()).stdout(Stdio::null()));
        server.begin();
        server
    }

    /// Starts it, on the files that are there, and waits until it is ready.
    pub fn begin(&self) {
        let folder = self.folder.path().display();
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{folder}'");
        let mut start = self.command("pg_ctl");
        start.args(["start", "--wait", "--silent", "--options", &options, "--pgdata"]);
        start.arg(self.data()).arg("--log").arg(self.folder.path().join("log"));
        done(start.stdout(Stdio::null()));
    }

    /// kill -9 of the server and of every process it started: nothing of it writes any more.
    ///
    /// # Panics
    /// When it had ended before.
    pub fn kill(&self) {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let server: u32 = file.lines().next().unwrap().trim().parse().unwrap();
        let signal = |signal: &str, process: u32| {
            Command::new("kill").args([signal, &process.to_string()]).status().unwrap();
        };
        // Whoever outlives it keeps its memory, and no other server begins: held first, it starts nobody
        // for those that are killed before it.
        signal("-STOP", server);
        while !stat_of(server).starts_with('T') {
            std::thread::yield_now();
        }
        let mut all = children_of(server);
        all.push(server);
        all.iter().for_each(|process| signal("-9", *process));
        while all.iter().any(|process| Path::new(&format!("/proc/{process}/stat")).exists()) {
            std::thread::yield_now();
        }
    }

    /// Runs a shell script for its administrator, as `deploy/` has them, with these variables.
    pub fn administer(&self, script: &Path, variables: &[(&str, &str)]) {
        let mut shell = Command::new("sh");
        shell.arg(script).envs(variables.iter().copied());
        done(shell.env("PGHOST", self.folder.path()));
    }

    /// Where a database of it is for this account.
    #[must_use]
    pub fn url(&self, database: &str, account: &str) -> String {
        format!("postgres://{account}@localhost/{database}?host={}", self.folder.path().display())
    }

    /// Databases for one server under test, as the variables that name them to it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let of = |name: &str| {
            done(
                self.command("createdb")
                    .args(["--username=postgres", name])
                    .arg("--host")
                    .arg(self.folder.path()),
            );
            (format!("BIDAO_{}_URL", name.to_uppercase()), self.url(name, "postgres"))
        };
        ["log", "views", "vault"].map(of).to_vec()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", ACCOUNT, "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(self.data());
        // It may be dead already.
        stop.stderr(Stdio::null()).status().ok();
    }
}

fn children_of(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |id: &u32| stat_of(*id).split(' ').nth(1) == Some(parent.to_string().as_str());
    ids.filter(is_child).collect()
}

/// What the kernel says of a process after its name in brackets: state, parent, …; nothing once it is gone.
fn stat_of(process: u32) -> String {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").map_or("", |(_, rest)| rest).into()
}

fn done(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
