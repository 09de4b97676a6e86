//! The deadline layer: `grpc-timeout`, 10 s without one, 60 s at most; streams are exempt. Under
//! axum nobody else does it, and the answer must be DEADLINE_EXCEEDED (ecosystem P3).

use std::time::Duration;

use axum::body::Body;
use axum::middleware::Next;
use http::{Request, Response};

use crate::ApiError;
use crate::server::MESSAGE_BYTES_MAX;

const DEFAULT: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(60);
/// A message with what frames it, or written as text.
const BODY_BYTES_MAX: usize = 2 * MESSAGE_BYTES_MAX;
/// Methods that stream their answer.
const STREAMS: [&str; 6] = [
    "/RebuildView",
    "/ServerReflectionInfo",
    "/Watch",
    "/WatchBoard",
    "/WatchIssue",
    "/WatchDashboard",
];
/// Methods whose work is bounded by what they are asked for: exercises move a clock by years.
const LONG: [&str; 1] = ["/AdvanceTime"];

/// Reads the whole request first, which is over in time or not at all: a stream without an end of what was asked,
/// or a form that never comes, holds no place.
pub(crate) async fn whole(request: Request<Body>, next: Next) -> Response<Body> {
    let (head, body) = request.into_parts();
    match tokio::time::timeout(LONGEST, axum::body::to_bytes(body, BODY_BYTES_MAX)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(head, Body::from(body))).await,
        Ok(Err(_)) => ApiError::TooLarge.status().into_http(),
        Err(_) => ApiError::DeadlineExceeded.status().into_http(),
    }
}

/// Answers in time, or says that it did not; what was sent may still happen.
pub(crate) async fn within(request: Request<Body>, next: Next) -> Response<Body> {
    let Some(limit) = limit_of(&request) else {
        // What is asked there comes piece by piece.
        let talks = request.uri().path().ends_with("/ServerReflectionInfo");
        return if talks { next.run(request).await } else { whole(request, next).await };
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => ApiError::DeadlineExceeded.status().into_http(),
    }
}

/// `None` for what has no limit: streams, and everything that is not gRPC.
fn limit_of(request: &Request<Body>) -> Option<Duration> {
    let path = request.uri().path();
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_grpc = header("content-type").is_some_and(|kind| kind.starts_with("application/grpc"));
    if !is_grpc || STREAMS.iter().any(|stream| path.ends_with(stream)) {
        return None;
    }
    let asked = header("grpc-timeout").and_then(timeout);
    if LONG.iter().any(|long| path.ends_with(long)) {
        return asked;
    }
    Some(asked.unwrap_or(DEFAULT).min(LONGEST))
}

/// Up to eight digits and a unit: H, M, S, m, u, n (gRPC over HTTP/2).
fn timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3_600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_grpc_writes() {
        assert_eq!(timeout("500m"), Some(Duration::from_millis(500)));
        assert_eq!(timeout("2S"), Some(Duration::from_secs(2)));
        assert_eq!(timeout("123456789S"), None);
        assert_eq!(timeout("S"), None);
        assert_eq!(timeout(""), None);
        assert_eq!(timeout("5分"), None);
    }
}
