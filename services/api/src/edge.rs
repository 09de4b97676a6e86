//! What the transport refuses before an RPC is asked: bytes that are no message, and messages too
//! large. Answered like every other refusal, with a reason and a Chinese message.

use axum::body::Body;
use axum::middleware::Next;
use http::{Request, Response};
use tonic::Code;

use crate::ApiError;

/// Passes the request on and gives the transport's own refusals a reason.
pub(crate) async fn explain(request: Request<Body>, next: Next) -> Response<Body> {
    explained(next.run(request).await)
}

/// Our own answers carry details; those without are the transport's.
fn explained(answer: Response<Body>) -> Response<Body> {
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let code = header("grpc-status").and_then(|code| code.parse().ok()).map(Code::from_i32);
    if header("grpc-status-details-bin").is_some() {
        return answer;
    }
    let error = if code == Some(Code::Internal) {
        undecodable(header("grpc-message").unwrap_or_default())
    } else if code == Some(Code::OutOfRange) {
        ApiError::TooLarge
    } else {
        return answer;
    };
    error.status().into_http()
}

/// `failed to decode Protobuf message: PressRequest.request_id: …` names the field.
fn undecodable(message: &str) -> ApiError {
    let message = message.replace("%20", " ");
    let inner = message.split(": ").nth(1).unwrap_or_default();
    let field = inner.split_once('.').map_or("request", |(_, field)| field);
    ApiError::shape(
        field,
        "must be a protobuf message of the contract",
        "无法解析,请按接口定义填写",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_named_where_the_transport_knows_it() {
        let named = undecodable(
            "failed%20to decode Protobuf message: PressRequest.request_id: invalid string",
        );
        assert!(matches!(named, ApiError::Shape { field, .. } if field == "request_id"));
        let unnamed = undecodable("failed to decode Protobuf message: buffer underflow");
        assert!(matches!(unnamed, ApiError::Shape { field, .. } if field == "request"));
    }
}
