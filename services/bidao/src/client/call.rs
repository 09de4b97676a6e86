//! Calling any RPC with messages known only by their descriptors.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Result;
use bytes::{Buf, BufMut};
use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Request, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::Connection;

/// Sends one request and waits for its answer.
pub async fn invoke(
    connection: &Connection,
    method: &MethodDescriptor,
    message: DynamicMessage,
) -> Result<DynamicMessage, Status> {
    invoke_on(open(connection).await?, connection, method, message).await
}

/// A channel to the server named.
pub async fn open(connection: &Connection) -> Result<Channel, Status> {
    let server = &connection.server;
    endpoint(connection)?.connect().await.map_err(|_| {
        let text = format!("no server answers at {server}; start one with 'bidao serve --dev'");
        let zh = format!("连接不上 {server},请先启动服务(bidao serve)或用 --server 指明地址");
        refusal(Code::Unavailable, "NO_SERVER", text, zh)
    })
}

/// Where the server is, and what proves it.
fn endpoint(connection: &Connection) -> Result<Endpoint, Status> {
    let server = &connection.server;
    let endpoint = Endpoint::from_shared(server.clone()).map_err(|error| {
        let zh = format!("--server 应为服务地址,如 http://127.0.0.1:7433,收到“{server}”");
        refusal(Code::InvalidArgument, "INVALID_FIELD", format!("--server {server}: {error}"), zh)
    })?;
    if !server.starts_with("https://") {
        return Ok(endpoint);
    }
    let file = |path: &Path| {
        std::fs::read(path).map_err(|error| {
            let zh = format!("读不到文件 {}", path.display());
            refusal(Code::InvalidArgument, "NO_FILE", format!("{}: {error}", path.display()), zh)
        })
    };
    let asked = &connection.tls;
    let mut tls = match &asked.ca {
        Some(path) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(file(path)?)),
        None => ClientTlsConfig::new().with_native_roots(),
    };
    if let (Some(certificate), Some(key)) = (&asked.certificate, &asked.key) {
        tls = tls.identity(Identity::from_pem(file(certificate)?, file(key)?));
    }
    endpoint.tls_config(tls).map_err(|error| {
        let zh = "证书文件应为 PEM 格式";
        refusal(Code::InvalidArgument, "INVALID_FILE", format!("certificates: {error}"), zh)
    })
}

/// What this side refuses, in the form of a server's refusal.
pub fn refusal(code: Code, reason: &str, text: impl Into<String>, zh: impl Into<String>) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, "bidao", HashMap::new());
    details.set_localized_message("zh-CN", zh);
    Status::with_error_details(code, text, details)
}

/// As [`invoke`], on a channel that is open already.
pub async fn invoke_on(
    channel: Channel,
    connection: &Connection,
    method: &MethodDescriptor,
    message: DynamicMessage,
) -> Result<DynamicMessage, Status> {
    let (request, path) = prepared(connection, method, message)?;
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    grpc.unary(request, path, DynamicCodec { answer: method.output() })
        .await
        .map(tonic::Response::into_inner)
}

/// Follows a stream; `each` sees every message as it comes.
pub async fn follow(
    connection: &Connection,
    method: &MethodDescriptor,
    message: DynamicMessage,
    each: impl Fn(&DynamicMessage) -> Result<()>,
) -> Result<(), Status> {
    let (request, path) = prepared(connection, method, message)?;
    let mut grpc = Grpc::new(open(connection).await?);
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let codec = DynamicCodec { answer: method.output() };
    let mut messages = grpc.server_streaming(request, path, codec).await?.into_inner();
    while let Some(message) = messages.message().await? {
        each(&message).map_err(|error| Status::internal(error.to_string()))?;
    }
    Ok(())
}

fn prepared(
    connection: &Connection,
    method: &MethodDescriptor,
    message: DynamicMessage,
) -> Result<(Request<DynamicMessage>, PathAndQuery), Status> {
    let mut request = Request::new(message);
    connection
        .state(request.metadata_mut())
        .map_err(|error| Status::invalid_argument(error.to_string()))?;
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path = path.parse().map_err(|_| Status::internal("the method's path"))?;
    Ok((request, path))
}

struct DynamicCodec {
    answer: MessageDescriptor,
}

impl Codec for DynamicCodec {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self { answer: self.answer.clone() }
    }

    fn decoder(&mut self) -> Self {
        Self { answer: self.answer.clone() }
    }
}

impl Encoder for DynamicCodec {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(
        &mut self,
        message: DynamicMessage,
        buffer: &mut EncodeBuf<'_>,
    ) -> Result<(), Status> {
        buffer.put_slice(&message.encode_to_vec());
        Ok(())
    }
}

impl Decoder for DynamicCodec {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        let message = DynamicMessage::decode(self.answer.clone(), bytes);
        message.map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}
