//! A `bidao serve` process on a free port, and how a client talks to it.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use anyhow::{Context, Result};
use contract::bidao::admin::v1 as admin;
use contract::bidao::admin::v1::admin_service_client::AdminServiceClient;
use prost_types::Timestamp;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

/// A Monday morning, working days around it: 2026-03-16 08:00 +08:00.
pub const START: &str = "2026-03-16T08:00:00+08:00";
pub const START_SECONDS: i64 = 1_773_619_200;

/// The county that `--dev` serves.
pub const COUNTY6: &str = "349901";

/// The program under test, built beside the tests.
pub fn bidao() -> Result<PathBuf> {
    let tests = std::env::current_exe()?;
    let folder = tests.ancestors().nth(2).context("the tests' build folder")?;
    let program = folder.join("bidao");
    anyhow::ensure!(
        program.is_file(),
        "{} is missing; run the tests with 'cargo xtask test'",
        program.display()
    );
    Ok(program)
}

/// Prepares the databases that the environment names, when it names any.
pub async fn migrate(directory: &Path, environment: &[(String, String)]) -> Result<()> {
    if !on_databases(environment) {
        return Ok(());
    }
    let mut migrate = Command::new(bidao()?);
    migrate.arg("migrate").envs(environment.iter().cloned());
    migrate.env("BIDAO_KEK_FILE", directory.join("vault.kek"));
    let output = migrate.output().await?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Whether the environment names databases; else everything is in files.
fn on_databases(environment: &[(String, String)]) -> bool {
    environment.iter().any(|(name, _)| name == "BIDAO_LOG_URL")
}

/// `bidao serve` on a free port, with files in `directory` or on the databases named.
fn command(directory: &Path, environment: &[(String, String)]) -> Result<Command> {
    let mut command = Command::new(bidao()?);
    command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(directory);
    command.envs(environment.iter().cloned());
    if on_databases(environment) {
        command.env("BIDAO_KEK_FILE", directory.join("vault.kek"));
    }
    Ok(command)
}

/// A process that projects, fires and reacts, and answers nobody. Killed without mercy when dropped.
pub struct Worker(Child);

impl Worker {
    pub fn start(directory: &Path, environment: &[(String, String)]) -> Result<Self> {
        Self::start_as("projector,escalator,relay", directory, environment)
    }

    /// A process with these roles.
    pub fn start_as(
        roles: &str,
        directory: &Path,
        environment: &[(String, String)],
    ) -> Result<Self> {
        let mut command = command(directory, environment)?;
        command.args(["--auth", "trusted-header", "--county6", COUNTY6]);
        command.args(["--roles", roles]);
        Ok(Self(command.stdout(Stdio::null()).kill_on_drop(true).spawn()?))
    }

    /// kill -9.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.0.kill().await?)
    }
}

/// Killed without mercy when dropped.
pub struct Server {
    process: Child,
    pub channel: Channel,
    pub url: String,
}

impl Server {
    /// Starts on `directory` with a manual clock and waits until it says that it is ready.
    pub async fn start(directory: &Path) -> Result<Self> {
        Self::start_on(directory, &[]).await
    }

    /// As [`Server::start`], on the databases that the environment names, prepared when they are new.
    pub async fn start_on(directory: &Path, environment: &[(String, String)]) -> Result<Self> {
        Self::start_logging(directory, environment, Stdio::inherit()).await
    }

    /// As [`Server::start_on`], with its log in a place of its own.
    pub async fn start_logging(
        directory: &Path,
        environment: &[(String, String)],
        log: Stdio,
    ) -> Result<Self> {
        migrate(directory, environment).await?;
        let mut command = command(directory, environment)?;
        command.args(["--dev", "--clock", "manual", "--clock-start", START]);
        Self::ready(command.stderr(log)).await
    }

    /// As [`Server::start_on`], where everybody proves who they are; with its administrator's invitation.
    pub async fn start_proving(
        directory: &Path,
        environment: &[(String, String)],
    ) -> Result<(Self, String)> {
        migrate(directory, environment).await?;
        let mut command = command(directory, environment)?;
        command.args(["--dev", "--auth", "credentials", "--clock", "manual"]);
        command.args(["--clock-start", START]);
        let (server, mut lines) = Self::spoken(&mut command).await?;
        loop {
            let line = lines.next_line().await?.context("no invitation")?;
            if let Some(invitation) = line.split(' ').find(|word| word.starts_with("bi_")) {
                let invitation = invitation.to_owned();
                drain(lines);
                return Ok((server, invitation));
            }
        }
    }

    /// A process that answers and does nothing else; others do the work behind it.
    pub async fn api_on(directory: &Path, environment: &[(String, String)]) -> Result<Self> {
        let mut command = command(directory, environment)?;
        command.args(["--dev", "--roles", "api"]);
        Self::ready(&mut command).await
    }

    async fn ready(command: &mut Command) -> Result<Self> {
        let (server, lines) = Self::spoken(command).await?;
        drain(lines);
        Ok(server)
    }

    /// Once it has said where it is, with what it goes on to say.
    async fn spoken(command: &mut Command) -> Result<(Self, Said)> {
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut lines = BufReader::new(process.stdout.take().context("no output")?).lines();
        let mut url = String::new();
        while !url.starts_with("http") {
            url = lines.next_line().await?.context("the server ended before it was ready")?;
        }
        // Whoever asks over TLS brings what proves the server.
        let plain = Endpoint::from_shared(url.replace("https:", "http:"))?;
        let is_plain = url.starts_with("http:");
        let channel = if is_plain { plain.connect().await? } else { plain.connect_lazy() };
        Ok((Self { process, channel, url }, lines))
    }

    /// kill -9.
    pub async fn kill(mut self) -> Result<()> {
        self.process.kill().await?;
        Ok(())
    }

    /// SIGTERM: asks it to stop.
    pub fn terminate(&self) -> Result<()> {
        let process = self.process.id().context("it had ended")?.to_string();
        let sent = std::process::Command::new("kill").args(["-TERM", &process]).status()?;
        anyhow::ensure!(sent.success(), "kill -TERM {process}");
        Ok(())
    }

    /// How it ended, once it has.
    pub async fn ended(mut self) -> Result<ExitStatus> {
        drop(self.channel);
        Ok(self.process.wait().await?)
    }

    /// Moves the clock to this many seconds after the start; returns how many promises came due.
    pub async fn advance_to(&self, seconds: i64) -> Result<u64> {
        let to = Some(Timestamp { seconds: START_SECONDS + seconds, nanos: 0 });
        let request = asked(admin::AdvanceTimeRequest { to }, "operator", None)?;
        Ok(AdminServiceClient::new(self.channel.clone())
            .advance_time(request)
            .await?
            .into_inner()
            .fired)
    }

    pub async fn status(&self) -> Result<admin::GetStatusResponse> {
        let request = asked(admin::GetStatusRequest {}, "operator", None)?;
        Ok(AdminServiceClient::new(self.channel.clone()).get_status(request).await?.into_inner())
    }

    /// Rebuilds every view beside the running one; returns those that differ.
    pub async fn views_unlike_a_rebuild(&self) -> Result<Vec<String>> {
        let request = admin::RebuildViewRequest { view: String::new(), check_only: true };
        let mut answers = AdminServiceClient::new(self.channel.clone())
            .rebuild_view(asked(request, "operator", None)?)
            .await?
            .into_inner();
        let mut unlike = Vec::new();
        let mut done = 0;
        while let Some(answer) = answers.message().await? {
            done += usize::from(answer.done);
            unlike.extend((answer.done && !answer.equal).then_some(answer.view));
        }
        anyhow::ensure!(done == 12, "{done} views were compared");
        Ok(unlike)
    }
}

type Said = Lines<BufReader<ChildStdout>>;

/// Whatever else it prints is read, so that it never waits for a full pipe.
fn drain(mut lines: Said) {
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
}

/// A request of a caller with these roles, seeing the county, in this post.
pub fn asked<T>(message: T, roles: &str, post: Option<&str>) -> Result<Request<T>> {
    asked_in(message, roles, post, "*")
}

/// As [`asked`], seeing one area only.
pub fn asked_in<T>(message: T, roles: &str, post: Option<&str>, area: &str) -> Result<Request<T>> {
    let mut request = Request::new(message);
    let metadata = request.metadata_mut();
    metadata.insert("x-bidao-principal", format!("{roles}@{area}").parse()?);
    metadata.insert("x-bidao-roles", roles.parse()?);
    metadata.insert("x-bidao-area", area.parse()?);
    if let Some(post) = post {
        metadata.insert("x-bidao-post", post.parse()?);
    }
    Ok(request)
}

/// Code, reason and whether there is a Chinese message: what every refusal must carry.
#[must_use]
pub fn refusal(status: &Status) -> (Code, String, bool) {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    let chinese = details
        .localized_message()
        .is_some_and(|text| text.locale == "zh-CN" && text.message.chars().any(|c| c > '\u{4e00}'));
    (status.code(), reason, chinese)
}
