//! The command line as people and scripts use it: one process per question, JSON in, JSON out.

use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::Environment;
use crate::server::{Server, bidao};

/// Who asks.
#[derive(Clone, Debug, Default)]
pub struct Who {
    roles: String,
    principal: String,
    kind: String,
    post: String,
    /// Sees the unit of the post, not the county.
    at_home: bool,
    /// For whom a gateway asks.
    device: String,
    /// Proves who asks; nothing else is stated then but the post.
    token: String,
    /// A certificate and its key, in files, which prove it without a token.
    certificate: Option<(PathBuf, PathBuf)>,
}

impl Who {
    /// Somebody with these roles, seeing the county, in no post.
    #[must_use]
    pub fn of(roles: &str) -> Self {
        let kind = if ["resident", "device"].contains(&roles) { roles } else { "staff" };
        Self { roles: roles.into(), principal: roles.into(), kind: kind.into(), ..Self::default() }
    }

    /// Whoever this token proves.
    #[must_use]
    pub fn proven(token: &str) -> Self {
        Self { token: token.into(), ..Self::default() }
    }

    /// Whoever this certificate proves, in files.
    #[must_use]
    pub fn certified(certificate: PathBuf, key: PathBuf) -> Self {
        Self { certificate: Some((certificate, key)), ..Self::default() }
    }

    /// For this call device, which its gateway carries.
    #[must_use]
    pub fn device(self, device: &str) -> Self {
        Self { device: device.into(), ..self }
    }

    /// From this post of those the token's bearer has.
    #[must_use]
    pub fn from(self, post: &str) -> Self {
        Self { post: post.into(), ..self }
    }

    /// A second person with the same roles.
    #[must_use]
    pub fn named(mut self, principal: &str) -> Self {
        self.principal = principal.into();
        self
    }

    /// Seeing no more than the unit of the post.
    #[must_use]
    pub fn at_home(self) -> Self {
        Self { at_home: true, ..self }
    }

    /// In this post.
    #[must_use]
    pub fn at(mut self, post: &str) -> Self {
        self.principal = format!("{}@{post}", self.roles);
        self.post = post.into();
        self
    }
}

/// A server and the units of its small county.
pub struct Console {
    pub server: Server,
    tree: Value,
    directory: tempfile::TempDir,
    /// What the server was started with.
    environment: Environment,
}

impl Console {
    /// A fresh county on a manual clock, in files of its own.
    pub async fn open() -> Result<Self> {
        Self::open_on(&[]).await
    }

    /// As [`Console::open`], on the databases that the environment names.
    pub async fn open_on(environment: &[(String, String)]) -> Result<Self> {
        Self::open_logging(environment, Stdio::inherit()).await
    }

    /// As [`Console::open_on`], with the server's log in a place of its own.
    pub async fn open_logging(environment: &[(String, String)], log: Stdio) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let data = directory.path().join("data");
        let server = Server::start_logging(&data, environment, log).await?;
        let environment = environment.to_vec();
        let mut console = Self { server, tree: Value::Null, directory, environment };
        // The county was made a moment ago; the tree is asked for when it is known to the last roster.
        let whole = serde_json::json!({ "min_position": console.head()? });
        console.tree = console.ask(&Who::of("operator"), "org get-tree", whole)?;
        Ok(console)
    }

    /// A county where everybody proves who they are, on the databases that the environment names; with the
    /// invitation of its security administrator.
    pub async fn open_proving(environment: &[(String, String)]) -> Result<(Self, String)> {
        let directory = tempfile::tempdir()?;
        let data = directory.path().join("data");
        let (server, invitation) = Server::start_proving(&data, environment).await?;
        let environment = environment.to_vec();
        Ok((Self { server, tree: Value::Null, directory, environment }, invitation))
    }

    /// A county where everybody proves who they are, on files that are there.
    pub async fn prove_on(data: &Path, directory: tempfile::TempDir) -> Result<Self> {
        let (server, _) = Server::start_proving(data, &[]).await?;
        Ok(Self { server, tree: Value::Null, directory, environment: Vec::new() })
    }

    /// Killed without mercy, and begun again after whatever happens to its files meanwhile.
    pub async fn restarted(self, meanwhile: impl FnOnce(&Path) -> Result<()>) -> Result<Self> {
        let Self { server, tree, directory, environment } = self;
        let data = directory.path().join("data");
        server.kill().await?;
        meanwhile(&data)?;
        let server = Server::start(&data).await?;
        Ok(Self { server, tree, directory, environment })
    }

    /// Reads the county's tree, as somebody who may.
    pub fn learn(&mut self, who: &Who) -> Result<()> {
        self.tree = self.ask(who, "org get-tree", Value::Null)?;
        Ok(())
    }

    /// Where the server keeps its files.
    #[must_use]
    pub fn files(&self) -> &Path {
        self.directory.path()
    }

    /// Asks, and expects an answer.
    pub fn ask(&self, who: &Who, verb: &str, request: Value) -> Result<Value> {
        let (code, out, err) = self.run(who, verb, request)?;
        ensure!(code == Some(0), "{verb}: {err}");
        serde_json::from_str(&out).with_context(|| format!("{verb}: {out}"))
    }

    /// Asks, and expects a refusal with a reason and a line in Chinese; returns the reason.
    pub fn refused(&self, who: &Who, verb: &str, request: Value) -> Result<String> {
        match self.tried(who, verb, request)? {
            Ok(out) => bail!("{verb} was not refused: {out}"),
            Err(reason) => Ok(reason),
        }
    }

    /// Asks, and takes a refusal as [`Console::refused`] does.
    pub fn tried(
        &self,
        who: &Who,
        verb: &str,
        request: Value,
    ) -> Result<std::result::Result<Value, String>> {
        let (code, out, err) = self.run(who, verb, request)?;
        if code == Some(0) {
            return Ok(Ok(serde_json::from_str(&out)?));
        }
        let chinese = err.lines().next().unwrap_or_default();
        ensure!(chinese.chars().any(|c| c > '\u{4e00}'), "{verb}: no Chinese in {err}");
        let technical = err.lines().nth(1).unwrap_or_default();
        let reason = technical.split([' ', ':']).nth(1).unwrap_or_default();
        Ok(Err(reason.to_owned()))
    }

    /// Follows a stream as `bidao … watch-…` prints it, a message per line.
    pub fn follow(&self, who: &Who, verb: &str, request: Value) -> Result<Following> {
        let mut process = self.command(who, verb, request)?.stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(process.stdout.take().context("no output")?).lines();
        Ok(Following { process, lines })
    }

    fn run(&self, who: &Who, verb: &str, request: Value) -> Result<(Option<i32>, String, String)> {
        let output = self.command(who, verb, request)?.output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((output.status.code(), text(&output.stdout), text(&output.stderr)))
    }

    fn command(&self, who: &Who, verb: &str, request: Value) -> Result<Command> {
        let mut command = Command::new(bidao()?);
        command.args(["--server", &self.server.url, "-o", "json"]);
        command.envs(self.environment.iter().filter(|(name, _)| name == "BIDAO_CA").cloned());
        if let Some((certificate, key)) = &who.certificate {
            command.arg("--tls-cert").arg(certificate).arg("--tls-cert-key").arg(key);
        } else if who.token.is_empty() {
            command.args(["--roles", &who.roles, "--principal", &who.principal]);
            command.args(["--caller-kind", &who.kind]);
            if !who.at_home {
                command.args(["--area", "*"]);
            }
        } else {
            command.env("BIDAO_TOKEN", &who.token);
        }
        if !who.device.is_empty() {
            command.args(["--device", &who.device]);
        }
        if !who.post.is_empty() {
            command.args(["--post", &who.post]);
        }
        command.args(verb.split(' '));
        if !request.is_null() {
            command.args(["--json", &request.to_string()]);
        }
        Ok(command)
    }

    fn unit_named(&self, name: &str) -> Result<&Value> {
        let units = self.tree["units"].as_array().context("no units")?;
        units.iter().find(|unit| unit["name"] == name).with_context(|| format!("no {name}"))
    }

    pub fn unit(&self, name: &str) -> Result<String> {
        Ok(text(&self.unit_named(name)?["id"]))
    }

    /// The post in this place of the unit's roster.
    pub fn post(&self, unit: &str, place: usize) -> Result<String> {
        let post = text(&self.unit_named(unit)?["roster"][place]["post_id"]);
        ensure!(!post.is_empty(), "{unit} has no post {place}");
        Ok(post)
    }

    pub fn person(&self, unit: &str, place: usize) -> Result<String> {
        Ok(text(&self.unit_named(unit)?["roster"][place]["person_id"]))
    }

    /// The file as the county's leaders see it, up to date.
    pub fn issue(&self, id: &str) -> Result<Value> {
        let get = serde_json::json!({ "issue_id": id, "min_position": self.head()? });
        Ok(self.ask(&Who::of("leader"), "issue get-issue", get)?["issue"].clone())
    }

    pub fn stage(&self, id: &str) -> Result<String> {
        Ok(text(&self.issue(id)?["row"]["stage"]))
    }

    /// The deadline of this clock as the file shows it, when it runs.
    pub fn due(&self, id: &str, clock: &str) -> Result<Option<String>> {
        let file = self.issue(id)?;
        let clocks = file["clocks"].as_array().cloned().unwrap_or_default();
        Ok(clocks.iter().find(|running| running["kind"] == clock).map(|c| text(&c["due_at"])))
    }

    pub fn call(&self, id: &str) -> Result<Value> {
        let get = serde_json::json!({ "call_id": id, "min_position": self.head()? });
        Ok(self.ask(&Who::of("leader"), "call get-call", get)?["call"].clone())
    }

    pub fn figures(&self, who: &Who) -> Result<Value> {
        let get = serde_json::json!({ "min_position": self.head()? });
        Ok(self.ask(who, "dashboard get-dashboard", get)?["dashboard"].clone())
    }

    /// Position of the last event.
    pub fn head(&self) -> Result<String> {
        let status = self.ask(&Who::of("operator"), "admin get-status", Value::Null)?;
        Ok(text(&status["head_position"]))
    }
}

/// A watch that goes on until it is dropped.
pub struct Following {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Following {
    /// The next message with this change.
    pub fn next(&mut self, change: &str) -> Result<Value> {
        loop {
            let line = self.lines.next().context("the watch ended")??;
            let message: Value = serde_json::from_str(&line).context(line)?;
            if !message[change].is_null() {
                return Ok(message[change].clone());
            }
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.process.kill().and_then(|()| self.process.wait()).ok();
    }
}

/// A JSON string without its quotes; empty for anything else.
#[must_use]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().into()
}
