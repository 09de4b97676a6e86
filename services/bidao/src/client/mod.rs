//! The command line as a client: one command per RPC, made from the descriptors at run time, so that
//! no verb is missing and none can drift (ADR 6).

mod ask;
mod call;
pub mod help;
mod render;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use prost_reflect::{DescriptorPool, MethodDescriptor, ServiceDescriptor};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use call::{follow, refusal};
pub use call::{invoke, invoke_on, open};

/// Prints an answer for people.
pub fn show(answer: &prost_reflect::DynamicMessage) -> Result<()> {
    render::print(answer, false)
}

/// Which server, who asks, and how the answer is shown.
#[derive(Args, Clone, Debug)]
pub struct Connection {
    /// The server to ask
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "BIDAO_SERVER",
        default_value = "http://127.0.0.1:7433"
    )]
    pub server: String,
    /// Who asks: the caller's id, as a trusted proxy would state it
    #[arg(long, global = true, value_name = "ID", default_value = "cli")]
    pub principal: String,
    /// staff, resident, device or agent; not `--kind`, which is a field of requests
    #[arg(long, global = true, value_name = "KIND", default_value = "staff")]
    pub caller_kind: String,
    /// Roles of the caller, comma-separated: resident, device, hotline, dispatcher, handler, follow-up, leader, operator, auditor, discipline
    #[arg(long, global = true, value_name = "ROLES", default_value = "operator")]
    pub roles: String,
    /// Post of the caller
    #[arg(long, global = true, value_name = "POST_ID")]
    pub post: Option<String>,
    /// Person of the caller, when not who sits in the post
    #[arg(long, global = true, value_name = "PERSON_ID")]
    pub person: Option<String>,
    /// Unit below which the caller may act; `*` is the county; default: the post's unit, else `*`
    #[arg(long, global = true, value_name = "UNIT_ID")]
    pub area: Option<String>,
    /// The call device that a gateway speaks for
    #[arg(long, global = true, value_name = "DEVICE_ID")]
    pub device: Option<String>,
    /// What proves who asks: a session, a key, or the identity provider's token; better in the environment,
    /// as others of this machine read its command lines
    #[arg(long, global = true, value_name = "TOKEN", env = "BIDAO_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    #[command(flatten)]
    pub tls: ClientTls,
    /// How answers are shown
    #[arg(short, long, global = true, value_name = "FORM", default_value = "table", value_parser = ["table", "json"])]
    pub output: String,
}

/// What proves who answers, and who asks, at an `https://` server.
#[derive(Args, Clone, Debug, Default)]
pub struct ClientTls {
    /// Whom to believe about the server, PEM; without it, whom this machine believes
    #[arg(long = "tls-ca", global = true, value_name = "FILE", env = "BIDAO_CA")]
    pub ca: Option<PathBuf>,
    /// A machine's own certificate, PEM, by which it proves itself without a token
    #[arg(
        long = "tls-cert",
        global = true,
        value_name = "FILE",
        env = "BIDAO_CERTIFICATE",
        requires = "tls_key"
    )]
    pub certificate: Option<PathBuf>,
    /// The private key of that certificate, PEM
    #[arg(
        long = "tls-cert-key",
        id = "tls_key",
        global = true,
        value_name = "FILE",
        env = "BIDAO_KEY"
    )]
    pub key: Option<PathBuf>,
}

impl Connection {
    /// A caller that sees the county, as the demo's people do.
    pub fn new(roles: &str, principal: &str, post: Option<String>) -> Self {
        Self {
            server: String::new(),
            principal: principal.into(),
            caller_kind: "staff".into(),
            roles: roles.into(),
            post,
            person: None,
            area: Some("*".into()),
            device: None,
            token: None,
            tls: ClientTls::default(),
            output: "json".into(),
        }
    }

    pub fn is_json(&self) -> bool {
        self.output == "json"
    }

    /// The caller as request headers.
    pub fn state(&self, metadata: &mut tonic::metadata::MetadataMap) -> Result<()> {
        if let Some(token) = self.token.as_deref().filter(|token| !token.is_empty()) {
            // Who comes is proven; the caller says only as what it comes, where it has the choice.
            let chosen = [
                ("x-bidao-post", &self.post),
                ("x-bidao-area", &self.area),
                ("x-bidao-device", &self.device),
            ];
            metadata.insert("authorization", format!("Bearer {token}").parse()?);
            for (name, value) in chosen {
                if let Some(value) = value {
                    metadata.insert(name, value.parse()?);
                }
            }
            return Ok(());
        }
        let area = self.area.clone().or_else(|| self.post.is_none().then(|| "*".into()));
        let headers = [
            ("x-bidao-principal", Some(self.principal.clone())),
            ("x-bidao-kind", Some(self.caller_kind.clone())),
            ("x-bidao-roles", Some(self.roles.clone())),
            ("x-bidao-post", self.post.clone()),
            ("x-bidao-person", self.person.clone()),
            ("x-bidao-area", area),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                metadata.insert(name, value.parse()?);
            }
        }
        Ok(())
    }
}

/// Every message and service of the contract.
pub fn pool() -> &'static DescriptorPool {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    POOL.get_or_init(|| DescriptorPool::decode(contract::DESCRIPTORS).unwrap_or_default())
}

/// One command per service, one below it per RPC.
pub fn commands() -> Vec<Command> {
    services()
        .map(|service| {
            // What streams is watched; a rebuild shows its progress as `bidao rebuild`.
            let methods = service.methods().filter(|method| {
                !method.is_server_streaming() || method.name().starts_with("Watch")
            });
            Command::new(noun(&service))
                .about(help::of(&service.parent_file(), service.path()))
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommands(methods.map(|method| ask::command(&method)))
        })
        .collect()
}

pub async fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let connection = Connection::from_arg_matches(matches)?;
    let (method, asked) = find(matches).ok_or_else(|| anyhow!("no such command"))?;
    let request = match ask::request(&method, asked) {
        Ok(request) => request,
        Err(error) => {
            let verb = format!("bidao {} {}", noun(method.parent_service()), asked_name(&method));
            let zh = format!("请求内容不符合格式({error:#});各字段及取值见 {verb} --help");
            let text = format!("{error:#}; see {verb} --help");
            return Ok(refuse(&refusal(Code::InvalidArgument, "INVALID_FIELD", text, zh)));
        }
    };
    if method.is_server_streaming() {
        let show = |message: &_| render::print_one(message, connection.is_json());
        return Ok(match follow(&connection, &method, request, show).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(status) => refuse(&status),
        });
    }
    match invoke(&connection, &method, request).await {
        Ok(answer) => {
            render::print(&answer, connection.is_json())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(status) => Ok(refuse(&status)),
    }
}

fn services() -> impl Iterator<Item = ServiceDescriptor> {
    pool().services().filter(|service| service.full_name().starts_with("bidao."))
}

/// `bidao.call.v1` → `call`.
fn noun(service: &ServiceDescriptor) -> String {
    service.package_name().split('.').nth(1).unwrap_or_default().into()
}

fn asked_name(method: &MethodDescriptor) -> String {
    ask::kebab(method.name())
}

fn find(matches: &ArgMatches) -> Option<(MethodDescriptor, &ArgMatches)> {
    let (noun_asked, below) = matches.subcommand()?;
    let (verb, asked) = below.subcommand()?;
    let service = services().find(|service| noun(service) == noun_asked)?;
    let method = service.methods().find(|method| ask::kebab(method.name()) == verb)?;
    Some((method, asked))
}

/// Says what was wrong, in Chinese first; the exit code tells programs the same.
pub fn refuse(status: &Status) -> ExitCode {
    let details = status.get_error_details();
    if let Some(localized) = details.localized_message() {
        eprintln!("{}", localized.message);
    }
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    let etag = details
        .error_info()
        .and_then(|info| info.metadata.get("etag"))
        .map(|etag| format!(" (etag {etag})"));
    eprintln!("{:?} {reason}: {}{}", status.code(), status.message(), etag.unwrap_or_default());
    ExitCode::from(match status.code() {
        Code::InvalidArgument => 2,
        Code::NotFound => 3,
        Code::Aborted | Code::AlreadyExists => 4,
        Code::PermissionDenied | Code::Unauthenticated => 5,
        Code::Unavailable | Code::DeadlineExceeded => 6,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Internal
        | Code::DataLoss => 1,
    })
}

#[cfg(test)]
mod tests {
    use super::commands;

    /// LOOP I2, in its order; “close (by the rule)” has no verb, and `merge` undone is `unmerge`.
    const VERBS: [&str; 50] = [
        "intake register",
        "intake admit",
        "intake decline",
        "dispatch dispatch",
        "dispatch accept",
        "dispatch object",
        "dispatch rule-on-objection",
        "dispatch summon",
        "dispatch join",
        "org delegate",
        "dispatch hand-over",
        "resolution record-contact",
        "resolution depart",
        "resolution arrive",
        "resolution record-progress",
        "resolution ask-resident",
        "resolution pause",
        "resolution resume",
        "resolution extend",
        "resolution defer",
        "resolution review-deferral",
        "intake reclassify",
        "resolution complete",
        "resolution notify",
        "rating rate",
        "rating record-follow-up",
        "rating dispute",
        "rating reopen",
        "rating conclude",
        "intake withdraw",
        "intake merge",
        "intake unmerge",
        "escalation exclude",
        "escalation restore",
        "escalation urge",
        "escalation supervise",
        "escalation decide-supervision",
        "escalation escalate",
        "escalation refer-up",
        "escalation send-down",
        "escalation take-over",
        "dispatch name-party",
        "dispatch recuse",
        "resolution comment",
        "resolution attach-evidence",
        "intake transfer",
        "intake register-accusation",
        "call press",
        "call record-disposition",
        "call alert-emergency",
    ];

    #[test]
    fn i2_every_verb_of_the_loop_is_a_command() {
        let commands = commands();
        let missing: Vec<_> = VERBS
            .into_iter()
            .filter(|verb| {
                let (noun, verb) = verb.split_once(' ').unwrap_or_default();
                let service = commands.iter().find(|command| command.get_name() == noun);
                service.is_none_or(|service| service.find_subcommand(verb).is_none())
            })
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
