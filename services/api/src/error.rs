//! Every error an RPC may answer with, and the only place that chooses status codes.

use std::time::Duration;

use domain::access::AccessError;
use domain::call::CallError;
use domain::issue::IssueError;
use domain::org::OrgError;
use domain::policy::PolicyError;
use domain::privacy::PrivacyError;
use domain::report::ReportError;
use eventlog::{ExecuteError, LogError};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use views::ViewError;
use views::rebuild::RebuildError;

use crate::decide::Action;

/// `google.rpc.ErrorInfo.domain` of everything we answer.
const DOMAIN: &str = "bidao";

#[derive(Debug)]
pub enum ApiError {
    /// The request's shape: which field, what was expected, in both languages.
    Shape {
        field: String,
        expected: String,
        zh: String,
    },
    /// A rule of the domain said no.
    Rule {
        reason: &'static str,
        text: String,
        zh: String,
    },
    /// Unknown, or hidden from the caller: the same answer.
    NotFound,
    Conflict {
        actual_version: u64,
    },
    RequestReused,
    /// What the caller might do changed while the command was under way.
    AuthorityChanged,
    /// What the decision was made beside changed while the command was under way.
    Moved,
    Denied,
    Unauthenticated(&'static str),
    /// The caller's time is up; what was sent may still happen.
    DeadlineExceeded,
    TooLarge,
    /// A resume token of another filter, or damaged: list again, then watch from there.
    ResumeTokenExpired,
    /// A stream's reader took nothing for too long.
    SlowReader,
    /// Asked more often than is allowed.
    TooOften {
        wait: Duration,
    },
    /// Something below us; the text goes to the log, not to the caller.
    Unavailable(String),
    Internal(String),
}

impl ApiError {
    pub(crate) fn shape(field: &str, expected: &str, zh: &str) -> Self {
        Self::Shape { field: field.into(), expected: expected.into(), zh: zh.into() }
    }

    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Shape { .. } | Self::TooLarge => Code::InvalidArgument,
            Self::Rule { .. } => Code::FailedPrecondition,
            Self::NotFound => Code::NotFound,
            Self::Conflict { .. } | Self::AuthorityChanged | Self::Moved => Code::Aborted,
            Self::RequestReused => Code::AlreadyExists,
            Self::Denied => Code::PermissionDenied,
            Self::Unauthenticated(_) => Code::Unauthenticated,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
            Self::ResumeTokenExpired => Code::OutOfRange,
            Self::SlowReader | Self::TooOften { .. } => Code::ResourceExhausted,
            Self::Unavailable(_) => Code::Unavailable,
            Self::Internal(_) => Code::Internal,
        }
    }

    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "INVALID_FIELD",
            Self::Rule { reason, .. } => reason,
            Self::NotFound => "NOT_FOUND",
            Self::Conflict { .. } => "ETAG_STALE",
            Self::RequestReused => "REQUEST_ID_REUSED",
            Self::AuthorityChanged => "AUTHORITY_CHANGED",
            Self::Moved => "MOVED_MEANWHILE",
            Self::Denied => "ROLE_MAY_NOT",
            Self::Unauthenticated(_) => "NO_IDENTITY",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::TooLarge => "TOO_LARGE",
            Self::ResumeTokenExpired => "RESUME_TOKEN_EXPIRED",
            Self::SlowReader => "SLOW_READER",
            Self::TooOften { .. } => "TOO_OFTEN",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// Both languages in one line, for the command line.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} ({})", self.zh(), self.message())
    }

    /// For programs and developers, English.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Shape { field, expected, .. } => format!("{field}: {expected}"),
            Self::Rule { text, .. } => text.clone(),
            Self::NotFound => "not found".into(),
            Self::Conflict { .. } => "the etag is stale: somebody changed it meanwhile".into(),
            Self::RequestReused => "this request_id was used for another request".into(),
            Self::AuthorityChanged => {
                "the caller's authority changed meanwhile; try again with the same request_id"
                    .into()
            }
            Self::Moved => {
                "a file that the decision depends on changed meanwhile; try again with the same request_id".into()
            }
            Self::Denied => "no role of the caller allows this".into(),
            Self::Unauthenticated(text) => (*text).into(),
            Self::DeadlineExceeded => "the deadline passed before the answer was ready".into(),
            Self::TooLarge => {
                "the request makes an event above 64 KiB or more than 64 events".into()
            }
            Self::ResumeTokenExpired => {
                "the resume token is of another filter or too old: watch from the beginning".into()
            }
            Self::TooOften { wait } => {
                format!("asked too often; wait {} ms", wait.as_millis())
            }
            Self::SlowReader => {
                "the stream was cut: its reader was too slow; resume with the last token".into()
            }
            Self::Unavailable(_) => {
                "temporarily unavailable; try again with the same request_id".into()
            }
            Self::Internal(_) => "internal error".into(),
        }
    }

    /// For the person at the console.
    pub(crate) fn zh(&self) -> String {
        match self {
            Self::Shape { field, zh, .. } => format!("{field}:{zh}"),
            Self::Rule { zh, .. } => zh.clone(),
            Self::NotFound => "没有找到".into(),
            Self::Conflict { .. } => "他人已先行修改,请刷新后再试".into(),
            Self::RequestReused => "同一请求编号已用于另一请求".into(),
            Self::AuthorityChanged => "您的权限刚有变动,请用同一请求编号重试".into(),
            Self::Moved => "所依据的卷宗刚有变动,请用同一请求编号重试".into(),
            Self::Denied => "您的角色无权进行此操作".into(),
            Self::Unauthenticated(_) => "未能确认身份".into(),
            Self::DeadlineExceeded => "处理超时,请用同一请求编号重试".into(),
            Self::ResumeTokenExpired => "续传标记已失效,请重新订阅".into(),
            Self::TooOften { wait } => {
                format!("请求过于频繁,请 {} 秒后再试", wait.as_secs() + 1)
            }
            Self::SlowReader => "接收过慢,连接已断开,请用最后的标记续传".into(),
            Self::TooLarge => "内容过大".into(),
            Self::Unavailable(_) => "系统暂时不可用,请稍后用同一请求编号重试".into(),
            Self::Internal(_) => "系统内部错误".into(),
        }
    }

    pub(crate) fn into_status(self, action: Action) -> Status {
        if let Self::Unavailable(cause) | Self::Internal(cause) = &self {
            tracing::error!(?action, cause, "a request failed");
        } else {
            tracing::debug!(?action, reason = self.reason(), "a request was refused");
        }
        self.status()
    }

    pub(crate) fn status(&self) -> Status {
        let mut metadata = std::collections::HashMap::new();
        let mut details = ErrorDetails::new();
        match self {
            Self::Conflict { actual_version } => {
                metadata.insert("etag".into(), crate::write::etag(*actual_version));
            }
            Self::TooOften { wait } => {
                details.set_retry_info(Some(*wait));
            }
            Self::Shape { field, expected, .. } => {
                details.add_bad_request_violation(field, brief(expected));
            }
            Self::Rule { reason, text, .. } => {
                details.add_precondition_failure_violation(*reason, "", brief(text));
            }
            Self::NotFound
            | Self::RequestReused
            | Self::AuthorityChanged
            | Self::Moved
            | Self::Denied
            | Self::Unauthenticated(_)
            | Self::DeadlineExceeded
            | Self::TooLarge
            | Self::ResumeTokenExpired
            | Self::SlowReader
            | Self::Unavailable(_)
            | Self::Internal(_) => {}
        }
        details.set_error_info(self.reason(), DOMAIN, metadata);
        details.set_localized_message("zh-CN", brief(&self.zh()));
        Status::with_error_details(self.code(), brief(&self.message()), details)
    }
}

impl ApiError {
    /// For one item of a batch: a google.rpc.Code, the reason, and the words in Chinese.
    pub(crate) fn for_item(&self) -> (i32, String, String) {
        (self.code() as i32, self.reason().into(), brief(&self.zh()))
    }
}

/// A status travels in headers, of which some clients take 8 KiB in all; a message that repeats what was
/// sent is cut, at three bytes a sign and three times that in a header.
fn brief(text: &str) -> String {
    const SIGNS_MAX: usize = 200;
    match text.char_indices().nth(SIGNS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

/// A refusal of the domain, as each context declares them.
trait Refusal: std::error::Error {
    fn reason(&self) -> &'static str;
    fn zh(&self) -> String;
    /// The id names nothing: the same answer as for what is hidden.
    fn is_unknown(&self) -> bool;
    /// The field that no command could have held, when that is what is wrong.
    fn field(&self) -> Option<&'static str>;
}

macro_rules! refusals {
    ($($error:ty: $is_unknown:expr, $field:expr;)+) => {$(
        impl Refusal for $error {
            fn reason(&self) -> &'static str { <$error>::reason(self) }
            fn zh(&self) -> String { <$error>::zh(self) }
            fn is_unknown(&self) -> bool {
                let is_unknown: fn(&Self) -> bool = $is_unknown;
                is_unknown(self)
            }
            fn field(&self) -> Option<&'static str> {
                let field: fn(&Self) -> Option<&'static str> = $field;
                field(self)
            }
        }
    )+};
}

refusals! {
    AccessError: |error| matches!(error, AccessError::NoSuchPrincipal), |error| {
        matches!(error, AccessError::NoName(_)).then_some("name")
    };
    CallError: |error| matches!(error, CallError::Unknown), |_| None;
    IssueError: |error| matches!(error, IssueError::Unknown),
        |error| matches!(error, IssueError::NotADigest).then_some("sha256");
    OrgError: |error| matches!(error, OrgError::UnknownUnit(_) | OrgError::UnknownPost),
        |error| matches!(error, OrgError::ProfileUnreadable(_)).then_some("document");
    PolicyError: |_| false, |error| {
        let unreadable = matches!(error, PolicyError::Unreadable(_) | PolicyError::Calendar(_));
        unreadable.then_some("document")
    };
    PrivacyError: |_| false, |_| None;
    ReportError: |_| false, |_| None;
}

impl<E: Refusal> From<ExecuteError<E>> for ApiError {
    fn from(error: ExecuteError<E>) -> Self {
        match error {
            ExecuteError::Refused(refusal) if refusal.is_unknown() => Self::NotFound,
            ExecuteError::Refused(refusal) if let Some(field) = refusal.field() => {
                Self::shape(field, &refusal.to_string(), &refusal.zh())
            }
            ExecuteError::Refused(refusal) => {
                Self::Rule { reason: refusal.reason(), text: refusal.to_string(), zh: refusal.zh() }
            }
            ExecuteError::VersionConflict { actual } => Self::Conflict { actual_version: actual },
            ExecuteError::RequestReused => Self::RequestReused,
            ExecuteError::ClaimTaken(claim) => Self::Rule {
                reason: "CLAIM_TAKEN",
                text: format!("{} is taken", claim.scope),
                zh: format!("“{}”已被占用", claim.scope),
            },
            ExecuteError::AuthorityGone => Self::AuthorityChanged,
            ExecuteError::Moved => Self::Moved,
            ExecuteError::TooLarge => Self::TooLarge,
            ExecuteError::Log(error) => error.into(),
        }
    }
}

impl From<LogError> for ApiError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Unavailable(_) | LogError::Unknown(_) => Self::Unavailable(error.to_string()),
            LogError::Damaged(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<ViewError> for ApiError {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::NoSuchView(name, known) => Self::shape(
                "view",
                &format!("'{name}' is no view; views are {known}"),
                &format!("没有视图“{name}”,可用:{known}"),
            ),
            ViewError::Unavailable(_) | ViewError::NewerProgram(_) => {
                Self::Unavailable(error.to_string())
            }
            ViewError::RebuildUnderWay => Self::Rule {
                reason: "REBUILD_UNDER_WAY",
                text: error.to_string(),
                zh: "另一进程正在重建视图,请待其结束".into(),
            },
            ViewError::Row(_) | ViewError::Fenced { .. } | ViewError::Poison(_) => {
                Self::Internal(error.to_string())
            }
        }
    }
}

impl From<RebuildError> for ApiError {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::View(ViewError::Poison(text)) => Self::Rule {
                reason: "EVENT_DOES_NOT_APPLY",
                zh: format!("有事件无法套用,原视图保留:{text}"),
                text,
            },
            RebuildError::View(error) => error.into(),
            RebuildError::Feed(error) => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<vault::VaultError> for ApiError {
    fn from(error: vault::VaultError) -> Self {
        // Nothing is added to what is kept and used for nothing.
        if error == vault::VaultError::Frozen {
            return Self::Rule {
                reason: "FROZEN",
                text: "the file is frozen: its words are kept, and nothing is added".into(),
                zh: "该卷宗已冻结:仅保存,不得使用或补充".into(),
            };
        }
        Self::Unavailable(error.to_string())
    }
}
