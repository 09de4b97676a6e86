//! Pictures by HTTP: sent and fetched with a voucher that an RPC gave (ADR 18). What is kept is ciphertext, its
//! name the digest of that; the key is a sealed text of the file, and goes with it.

mod strip;
pub(crate) mod voucher;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{Router, get};
use blob::BlobError;
use domain::shared::sealed::Sealed;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;
use tokio::sync::{Semaphore, SemaphorePermit};
use tonic::Code;
use uuid::Uuid;
use vault::VaultError;

use crate::sealing::Owner;
use crate::{Api, ApiError};
use strip::stripped;
use voucher::{Sent, Voucher};

/// A photo of a telephone has three to six.
pub(crate) const BYTES_MAX: usize = 10 << 20;
/// At once: each is in memory as a whole, twice.
const AT_ONCE: usize = 8;
/// Whoever sends slower than this holds up others.
const SEND_WITHIN: Duration = Duration::from_secs(60);
/// Types that are kept: what cannot be cleared of what it tells is not.
pub(crate) const MEDIA_TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// Sent at once, of all files: however slowly, it holds up nobody who looks.
const SENT_AT_ONCE: usize = 16;
/// Sent at once, of one file.
const SENT_OF_ONE: usize = 2;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
static SENDING: Semaphore = Semaphore::const_new(SENT_AT_ONCE);
/// Files that something is sent for now.
static SENDING_FOR: Mutex<BTreeMap<Uuid, Weak<Semaphore>>> = Mutex::new(BTreeMap::new());

fn sending_for(issue: Uuid) -> Arc<Semaphore> {
    let mut files = SENDING_FOR.lock().unwrap_or_else(PoisonError::into_inner);
    files.retain(|_, turns| turns.strong_count() > 0);
    let known = files.get(&issue).and_then(Weak::upgrade);
    known.unwrap_or_else(|| {
        let turns = Arc::new(Semaphore::new(SENT_OF_ONE));
        files.insert(issue, Arc::downgrade(&turns));
        turns
    })
}

pub(crate) fn routes(api: Api) -> Router {
    Router::new().route("/pictures/{voucher}", get(see).put(send)).with_state(api)
}

/// The path of a voucher.
pub(crate) fn path(voucher: &str) -> String {
    format!("/pictures/{voucher}")
}

async fn turn(of: &Semaphore) -> Result<SemaphorePermit<'_>, ApiError> {
    of.acquire().await.map_err(|error| ApiError::Internal(error.to_string()))
}

/// The whole of what is sent, within its time.
async fn received(issue: Uuid, body: Body) -> Result<Bytes, ApiError> {
    let of_file = sending_for(issue);
    let _of_file = turn(&of_file).await?;
    let _of_all = turn(&SENDING).await?;
    let read = tokio::time::timeout(SEND_WITHIN, to_bytes(body, BYTES_MAX)).await;
    read.map_err(|_| ApiError::DeadlineExceeded)?.map_err(|_| {
        ApiError::shape("picture", "must be whole, and at most 10 MiB", "应完整,且不超过 10 MiB")
    })
}

async fn send(State(api): State<Api>, Path(voucher): Path<String>, body: Body) -> Response {
    match api.keep_picture(&voucher, body).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refusal(error),
    }
}

async fn see(State(api): State<Api>, Path(voucher): Path<String>) -> Response {
    match api.fetch_picture(&voucher).await {
        Ok(picture) => picture.into_response(),
        Err(error) => refusal(error),
    }
}

/// What a browser does with a picture that somebody sent: it saves it.
struct Picture {
    media_type: String,
    file_name: String,
    bytes: Vec<u8>,
}

impl IntoResponse for Picture {
    fn into_response(self) -> Response {
        let name: String = percent_encoding::utf8_percent_encode(
            &self.file_name,
            percent_encoding::NON_ALPHANUMERIC,
        )
        .collect();
        let fixed = [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            (header::REFERRER_POLICY, "no-referrer"),
        ];
        let told = [
            (header::CONTENT_TYPE, self.media_type),
            (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
        ];
        let mut answer = Response::new(Body::from(self.bytes));
        let headers = answer.headers_mut();
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        for (name, value) in told {
            set(headers, name, &value);
        }
        answer
    }
}

fn set(headers: &mut http::HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// What HTTP calls the codes of what may happen here.
const STATUSES: [(Code, StatusCode); 6] = [
    (Code::InvalidArgument, StatusCode::BAD_REQUEST),
    (Code::NotFound, StatusCode::NOT_FOUND),
    (Code::FailedPrecondition, StatusCode::CONFLICT),
    (Code::DeadlineExceeded, StatusCode::REQUEST_TIMEOUT),
    (Code::ResourceExhausted, StatusCode::TOO_MANY_REQUESTS),
    (Code::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
];

/// Reasons and words as in every other refusal.
fn refusal(error: ApiError) -> Response {
    let status = STATUSES.iter().find(|(code, _)| *code == error.code());
    let status = status.map_or(StatusCode::INTERNAL_SERVER_ERROR, |(_, status)| *status);
    if let ApiError::Unavailable(cause) | ApiError::Internal(cause) = &error {
        tracing::error!(cause, "a picture failed");
    }
    let told =
        json!({ "reason": error.reason(), "message": error.message(), "message_zh": error.zh() });
    (status, Json(told)).into_response()
}

impl Api {
    async fn keep_picture(&self, voucher: &str, body: Body) -> Result<serde_json::Value, ApiError> {
        let Some(Voucher::Send { issue, media_type, .. }) = self.read_voucher(voucher) else {
            return Err(ApiError::NotFound);
        };
        self.limits().picture(&issue.to_string())?;
        let bytes = received(issue, body).await?;
        let _turn = turn(&TURNS).await?;
        let kept_as = media_type.clone();
        let sealed = tokio::task::spawn_blocking(move || {
            let kept = stripped(&kept_as, &bytes).ok_or_else(|| not_a_picture(&kept_as))?;
            let length = kept.len() as u64;
            Ok::<_, ApiError>((vault::file::seal(&kept)?, length))
        });
        let ((ciphertext, key), bytes) =
            sealed.await.map_err(|error| ApiError::Internal(error.to_string()))??;
        let address = self.blobs.put(ciphertext).await?.to_string();
        let until = self.sent_until();
        let sent = Sent { issue, media_type, address, bytes, key: key.to_string(), until };
        let upload = self.voucher(&Voucher::Sent(sent))?;
        Ok(json!({ "upload": upload, "bytes": bytes }))
    }

    async fn fetch_picture(&self, voucher: &str) -> Result<Picture, ApiError> {
        let read = self.read_voucher(voucher).ok_or(ApiError::NotFound)?;
        let Voucher::See { issue, media_type, file_name, address, picture, .. } = read else {
            return Err(ApiError::NotFound);
        };
        let _turn = turn(&TURNS).await?;
        let key = self.picture_key(issue, &picture).await?;
        let ciphertext = self.blobs.get(&address.parse()?).await?;
        let opened = tokio::task::spawn_blocking(move || vault::file::open(&key, &ciphertext));
        let bytes = opened.await.map_err(|error| ApiError::Internal(error.to_string()))??;
        Ok(Picture { media_type, file_name, bytes })
    }

    /// A file that was erased or frozen since has no picture any more.
    async fn picture_key(&self, issue: Uuid, picture: &Sealed) -> Result<String, ApiError> {
        match self.open_whole(&Owner::issue(issue), "picture", picture).await {
            Ok(key) => Ok(key),
            Err(error @ VaultError::Unavailable(_)) => Err(error.into()),
            Err(_) => Err(ApiError::NotFound),
        }
    }
}

fn not_a_picture(media_type: &str) -> ApiError {
    ApiError::shape(
        "picture",
        &format!("must be a whole picture of type {media_type}, not moving"),
        &format!("应为完整的 {media_type} 静态图片"),
    )
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Absent | BlobError::NotAnAddress => Self::NotFound,
            BlobError::Damaged => Self::Internal(error.to_string()),
            BlobError::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

/// Where a sent picture is, for the file it was sent for.
pub(crate) fn sent_for(api: &Api, issue: Uuid, upload: &str) -> Result<Sent, ApiError> {
    match api.read_voucher(upload) {
        Some(Voucher::Sent(sent)) if sent.issue == issue => Ok(sent),
        _ => Err(ApiError::shape(
            "upload",
            "must be what was answered when a picture was sent for this file, within the last hour",
            "应为一小时内为本事项上传图片时返回的 upload",
        )),
    }
}
