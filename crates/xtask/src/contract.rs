//! The contract as others see it: linted, compared with the last release, driven by two clients that know
//! nothing but the descriptors, and followed by an integrator who knows nothing but NATS.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{process, services, suite};

const TYPESCRIPT: &str = "clients/typescript";
const PYTHON: &str = "clients/python";

pub fn check(root: &Path) -> Result<()> {
    let typescript = root.join(TYPESCRIPT);
    let npm = |args: &[&str]| {
        let mut command = Command::new("npm");
        command.current_dir(&typescript).args(args).stdout(std::io::stderr());
        command
    };
    process::run(&mut npm(&["install", "--no-audit", "--no-fund", "--loglevel", "error"]))?;
    process::run(&mut npm(&["run", "--silent", "lint"]))?;
    breaking(root, &typescript)?;
    suite::build_program(root)?;
    let nats = Nats::start(root)?;
    let server = Server::start(root, &nats.url)?;
    process::run(&mut npm(&["run", "--silent", "smoke", "--", &server.url]))?;
    let python = python(root)?;
    let script = root.join(PYTHON).join("smoke.py");
    let address = server.url.trim_start_matches("http://");
    process::run(Command::new(&python).arg(script).arg(address).stdout(std::io::stderr()))?;
    let script = root.join(PYTHON).join("matrix.py");
    let rights = root.join("docs").join("rights.md");
    let mut matrix = Command::new(&python);
    process::run(matrix.arg(script).arg(address).arg(rights).stdout(std::io::stderr()))?;
    let script = root.join(PYTHON).join("follow.py");
    let document = root.join("docs").join("asyncapi.json");
    let mut follow = Command::new(python);
    process::run(follow.arg(script).arg(&nats.url).arg(document).stdout(std::io::stderr()))
}

/// Against the last released tag; until there is one, nothing is promised.
fn breaking(root: &Path, typescript: &Path) -> Result<()> {
    let tag = Command::new("git")
        .current_dir(root)
        .args(["describe", "--tags", "--abbrev=0", "--match", "v*"])
        .output()?;
    if !tag.status.success() {
        eprintln!("contract: no released tag yet, nothing to break");
        return Ok(());
    }
    let tag = String::from_utf8(tag.stdout)?;
    let released = format!("{}/.git#tag={},subdir=proto", root.display(), tag.trim());
    let args = ["exec", "--", "buf", "breaking", "../../proto", "--against", &released];
    process::run(Command::new("npm").current_dir(typescript).args(args))
}

/// An interpreter with what the smoke client needs, below `target/`.
fn python(root: &Path) -> Result<PathBuf> {
    let folder = process::target(root)?.join("tools").join("python");
    let python = folder.join("bin").join("python");
    if !python.is_file() {
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            .context("python3 with venv is needed; on Debian: apt-get install python3-venv")?;
    }
    let requirements = root.join(PYTHON).join("requirements.txt");
    let args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    process::run(Command::new(&python).args(args).arg(requirements))?;
    Ok(python)
}

/// nats-server on a free port; killed when dropped.
struct Nats {
    process: Child,
    url: String,
    data: PathBuf,
}

impl Nats {
    fn start(root: &Path) -> Result<Self> {
        let data = folder(root, "nats")?;
        let mut process = Command::new(services::nats::program(root)?)
            .args(["--addr", "127.0.0.1", "--port", "-1", "--jetstream", "--store_dir"])
            .arg(&data)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(process.stderr.take().context("no output")?);
        let (mut url, mut line) = (String::new(), String::new());
        while !line.contains("Server is ready") {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                bail!("nats-server ended before it was ready");
            }
            if let Some((_, address)) = line.split_once("Listening for client connections on ") {
                url = format!("nats://{}", address.trim());
            }
        }
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Ok(Self { process, url, data })
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        end(&mut self.process, &self.data);
    }
}

fn folder(root: &Path, name: &str) -> Result<PathBuf> {
    Ok(process::target(root)?.join("tmp").join(format!("{name}-{}", std::process::id())))
}

fn end(process: &mut Child, data: &Path) {
    if process.kill().and_then(|()| process.wait()).is_err() {
        eprintln!("contract: a server had ended already");
    }
    if std::fs::remove_dir_all(data).is_err() {
        eprintln!("contract: {} stays", data.display());
    }
}

/// `bidao serve --dev` on a free port; killed when dropped.
struct Server {
    process: Child,
    url: String,
    data: PathBuf,
}

impl Server {
    fn start(root: &Path, nats_url: &str) -> Result<Self> {
        let data = folder(root, "contract")?;
        let mut process = Command::new(process::target(root)?.join("debug").join("bidao"))
            .env("BIDAO_NATS_URL", nats_url)
            .args(["serve", "--dev", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(&data)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(process.stdout.take().context("no output")?);
        let mut url = String::new();
        while !url.starts_with("http://") {
            url.clear();
            if lines.read_line(&mut url)? == 0 {
                bail!("the server ended before it was ready");
            }
        }
        // Whatever else it prints is read, so that it never waits for a full pipe.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Ok(Self { process, url: url.trim().to_owned(), data })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.process, &self.data);
    }
}
