//! A nats-server for one test, with files of its own: to be killed, emptied and started again.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const VARIABLE: &str = "TESTS_NATS_SERVER";

/// Killed without mercy when dropped.
pub struct NatsServer {
    process: Child,
    directory: TempDir,
    port: u16,
    /// Configuration beside ours, as who may do what.
    more: String,
}

impl NatsServer {
    /// Starts on a free port and waits until it is ready. It writes to disk before it acknowledges, as
    /// `deploy/nats.conf` has it.
    ///
    /// # Panics
    /// When `cargo xtask test` has named no program: these tests are never skipped.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(String::new())
    }

    /// As [`NatsServer::start`], with `more` in its configuration.
    ///
    /// # Panics
    /// As [`NatsServer::start`].
    #[must_use]
    pub fn start_with(more: String) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (process, port) = run(&directory, 0, &more);
        Self { process, directory, port, more }
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The variable that names it to a server under test.
    #[must_use]
    pub fn variable(&self) -> (String, String) {
        ("BIDAO_NATS_URL".into(), self.url())
    }

    /// As [`NatsServer::variable`], as this user.
    #[must_use]
    pub fn variable_of(&self, user: &str, password: &str) -> (String, String) {
        let url = format!("nats://{user}:{password}@127.0.0.1:{}", self.port);
        ("BIDAO_NATS_URL".into(), url)
    }

    /// kill -9.
    ///
    /// # Panics
    /// When it had ended before.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Everything it ever stored is gone.
    ///
    /// # Panics
    /// When the files cannot be removed.
    pub fn lose_everything(&mut self) {
        fs::remove_dir_all(self.directory.path().join("jetstream")).unwrap();
    }

    /// Its files as they are now; call it on a dead server.
    ///
    /// # Panics
    /// When they cannot be copied.
    #[must_use]
    pub fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_all(&self.directory.path().join("jetstream"), copy.path());
        copy
    }

    /// Its files as they were, as after a restored backup; call it on a dead server.
    ///
    /// # Panics
    /// When they cannot be copied.
    pub fn go_back_to(&mut self, copy: &TempDir) {
        self.lose_everything();
        let files = self.directory.path().join("jetstream");
        fs::create_dir(&files).unwrap();
        copy_all(copy.path(), &files);
    }

    /// Starts again, on the same port and files.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        let (process, port) = run(&self.directory, self.port, &self.more);
        self.process = process;
        assert_eq!(port, self.port);
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        // It may be dead already.
        self.process.kill().and_then(|()| self.process.wait()).ok();
    }
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "where the program is comes from `cargo xtask test`")]
fn run(directory: &TempDir, port: u16, more: &str) -> (Child, u16) {
    let Ok(program) = std::env::var(VARIABLE) else {
        panic!("{VARIABLE} is not set: run `cargo xtask test`, or `cargo xtask test -p PACKAGE`");
    };
    let files = directory.path().display();
    let config = directory.path().join("nats.conf");
    // -1: any free port.
    let asked = if port == 0 { "-1".to_owned() } else { port.to_string() };
    // Left unsaid, the store may reserve three quarters of what is free on the disk at this moment, and
    // a disk that others fill at this moment refuses the streams.
    let store = format!("store_dir: \"{files}\", max_file_store: 20GB, sync_interval: always");
    let text = format!("listen: \"127.0.0.1:{asked}\"\njetstream {{ {store} }}\n{more}\n");
    fs::write(&config, text).unwrap();
    let mut command = Command::new(program);
    let mut process = command.arg("-c").arg(config).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap());
    let mut found = port;
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "nats-server ended before it was ready");
        if let Some((_, address)) = line.split_once("Listening for client connections on ") {
            found = address.trim().rsplit(':').next().unwrap().parse().unwrap();
        }
        if line.contains("Server is ready") {
            break;
        }
    }
    // Whatever else it says is read, so that it never waits for a full pipe.
    std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
    (process, found)
}
