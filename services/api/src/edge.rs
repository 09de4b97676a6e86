//! What the transport refuses before an RPC is asked: bytes that are no message, and messages too
//! large. Answered like every other refusal, with a reason and a Chinese message.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::body::Body;
use http::{Request, Response};
use tonic::Code;
use tower::{Layer, Service};

use crate::ApiError;

#[derive(Clone, Copy, Debug)]
pub(crate) struct EdgeLayer;

impl<S> Layer<S> for EdgeLayer {
    type Service = Edge<S>;

    fn layer(&self, inner: S) -> Edge<S> {
        Edge { inner }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Edge<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for Edge<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.inner.call(request);
        Box::pin(async move { answer.await.map(explained) })
    }
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
    error.status().into_http::<Body>()
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
