//! What `axum::serve` does, and that nobody holds a place who sends nothing: not a connection without a request,
//! not a request without an end of its head, not one whose other side has gone.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use axum::serve::Listener;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// To say which protocol it speaks, and to send the head of a request.
const HEAD_MAX: Duration = Duration::from_secs(10);
/// A stream may be silent for long; its connection answers.
const ALIVE_EVERY: Duration = Duration::from_secs(30);
const ALIVE_WITHIN: Duration = Duration::from_secs(20);
/// As long as the greeting of HTTP/2, and shorter than any request.
const GREETING_BYTES: usize = 24;

/// Serves until `stopped`; what is under way then is finished.
pub(crate) async fn serve<L>(mut listener: L, app: Router, stopped: impl Future<Output = ()>)
where
    L: Listener,
    L::Addr: Clone + Sync + 'static,
{
    let under_way = GracefulShutdown::new();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let (connection, peer) = tokio::select! {
            () = &mut stopped => break,
            taken = listener.accept() => taken,
        };
        let app = app.clone().layer(Extension(ConnectInfo(peer)));
        let service = TowerToHyperService::new(app);
        let io = TokioIo::new(Greeted::of(connection));
        let served = builder().serve_connection_with_upgrades(io, service).into_owned();
        let served = under_way.watch(served);
        tokio::spawn(async move {
            if let Err(error) = served.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
    drop(listener);
    under_way.shutdown().await;
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(ALIVE_EVERY)
        .keep_alive_timeout(ALIVE_WITHIN);
    builder
}

/// A connection that ends unless it says something soon.
struct Greeted<C> {
    connection: C,
    missing: usize,
    until: Pin<Box<Sleep>>,
}

impl<C> Greeted<C> {
    fn of(connection: C) -> Self {
        let until = Box::pin(tokio::time::sleep_until(Instant::now() + HEAD_MAX));
        Self { connection, missing: GREETING_BYTES, until }
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for Greeted<C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.connection).poll_read(context, buffer);
        self.missing = self.missing.saturating_sub(buffer.filled().len() - before);
        if read.is_pending() && self.missing > 0 && self.until.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Greeted<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// What is left to read of a connection on which this was sent, and no more.
    async fn answer_to(sent: &[u8]) -> Vec<u8> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/healthz", get(|| async { "ok" }));
        let served = tokio::spawn(serve(listener, app, std::future::pending()));
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        let read = connection.read_to_end(&mut answer).await;
        assert!(read.is_ok() || answer.is_empty());
        served.abort();
        answer
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_go_on_holds_no_place() {
        for sent in [&b""[..], b"P", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
            let began = Instant::now();
            assert!(!answer_to(sent).await.starts_with(b"HTTP/1.1 200"));
            assert!(began.elapsed() >= HEAD_MAX && began.elapsed() < HEAD_MAX * 2);
        }
        let whole = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        assert!(answer_to(whole).await.starts_with(b"HTTP/1.1 200"));
    }
}
