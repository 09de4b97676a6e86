//! An object store for one test, with files of its own: to be killed.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const VARIABLE: &str = "TESTS_OBJECT_STORE";
/// What [`ObjectStore`] believes, `ACCESS:SECRET`.
pub const KEYS: &str = "bidao:secret-of-tests";
const BUCKET: &str = "bidao";
/// Master, volume, filer and S3, each with a port for its kin beside the one for everybody.
const PORTS: usize = 8;

/// What it says when it can be asked, and when files can go somewhere.
const READY: [&str; 2] = ["Start Seaweed S3 API Server", "added volume server"];

/// `SeaweedFS` with one bucket; killed without mercy when dropped.
pub struct ObjectStore {
    process: Child,
    directory: TempDir,
    ports: Vec<u16>,
}

impl ObjectStore {
    /// Starts and waits until it answers.
    ///
    /// # Panics
    /// When `cargo xtask test` has named no program: these tests are never skipped.
    #[must_use]
    pub fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // All held at once, so that no port is given twice.
        let held: Vec<_> = (0..PORTS).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<_> = held.iter().map(|held| held.local_addr().unwrap().port()).collect();
        drop(held);
        let process = run(&directory, &ports);
        Self { process, directory, ports }
    }

    /// As the configuration takes it (`blob_url`). The bucket comes to be with the first file in it.
    #[must_use]
    pub fn place(&self) -> String {
        format!("http://127.0.0.1:{}/{BUCKET}", self.ports[6])
    }

    /// # Panics
    /// When the process cannot be killed.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Every file in which these bytes stand as they are.
    ///
    /// # Panics
    /// When its folder cannot be read.
    #[must_use]
    pub fn files_with(&self, bytes: &[u8]) -> usize {
        let mut folders = vec![self.directory.path().to_path_buf()];
        let mut found = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let read = fs::read(&path).unwrap_or_default();
                    found += usize::from(read.windows(bytes.len()).any(|part| part == bytes));
                }
            }
        }
        found
    }
}

impl Drop for ObjectStore {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[expect(clippy::disallowed_methods, reason = "where the program is comes from `cargo xtask test`")]
fn run(directory: &TempDir, ports: &[u16]) -> Child {
    let Ok(program) = std::env::var(VARIABLE) else {
        panic!("{VARIABLE} is not set: run `cargo xtask test`, or `cargo xtask test -p PACKAGE`");
    };
    let config = directory.path().join("s3.json");
    let (access, secret) = KEYS.split_once(':').unwrap();
    let keys = format!(r#"{{"accessKey":"{access}","secretKey":"{secret}"}}"#);
    let identity = format!(r#"{{"name":"tests","credentials":[{keys}],"actions":["Admin"]}}"#);
    fs::write(&config, format!(r#"{{"identities":[{identity}]}}"#)).unwrap();
    let files = directory.path().join("files");
    fs::create_dir_all(&files).unwrap();
    let mut command = Command::new(program);
    command.args(["-logtostderr=true", "server", "-ip=127.0.0.1", "-s3", "-volume.max=64"]);
    command.args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
    command.arg(format!("-dir={}", files.display()));
    command.arg(format!("-s3.config={}", config.display()));
    let kinds = ["master", "volume", "filer", "s3"];
    for (kind, pair) in kinds.iter().zip(ports.chunks(2)) {
        command.arg(format!("-{kind}.port={}", pair[0]));
        command.arg(format!("-{kind}.port.grpc={}", pair[1]));
    }
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap());
    let mut awaited = READY.to_vec();
    while !awaited.is_empty() {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the store ended before it was ready");
        awaited.retain(|says| !line.contains(says));
    }
    // Whatever else it says is read, so that it never waits for a full pipe.
    std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
    process
}
