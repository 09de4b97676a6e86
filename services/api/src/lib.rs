//! The gRPC API: one folder per service, one file per RPC. Decodes, authorises, executes, answers.

mod access;
mod admin;
mod auth;
mod call;
mod connections;
mod dashboard;
mod deadline;
pub mod decide;
mod dispatch;
mod edge;
mod error;
mod escalation;
mod filter;
mod intake;
mod issue;
mod limits;
mod mark;
mod mask;
mod matter;
mod org;
mod paging;
mod pictures;
mod policy;
mod privacy;
mod rating;
mod report;
mod resolution;
mod rights;
mod sealing;
mod server;
mod show;
mod sign_in;
mod targets;
mod tls;
mod watch;
mod wire;
mod write;

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use blob::Blobs;
use commands::Commands;
use contract::bidao::admin::v1::Check;
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use tokio::time::Instant;
use tonic::{Request, Response, Status};
use vault::Vault;
use views::Views;

use limits::Limits;

pub use auth::Caller;
pub use auth::jwt::{JwkSet, Keys, Provider};
pub use error::ApiError;
pub use runtime::config::Auth;
pub use server::serve;
pub use sign_in::invitation::PATH as INVITATION;
pub use sign_in::{Fetch, Known, SignIn};
pub use tls::Tls;

/// Everything the RPCs use. One per process, shared.
pub struct Parts {
    pub commands: Arc<Commands>,
    pub views: Arc<Views>,
    pub vault: Arc<Vault>,
    /// Where pictures are kept.
    pub blobs: Arc<dyn Blobs>,
    /// How far the views, and the reactions, have come.
    pub projected: Progress,
    pub reacted: Progress,
    /// How far the vault has followed the log.
    pub kept: Progress,
    pub auth: Auth,
    /// Of each principal, where it is proven who calls; 0 counts none.
    pub calls_per_minute: u32,
    /// Who vouches for the county's people, where they do not log in here.
    pub provider: Option<Provider>,
    /// How people with a browser sign in there.
    pub sign_in: Option<SignIn>,
    /// Streams end when it is requested.
    pub shutdown: Shutdown,
    /// What an acknowledgement means here, for people.
    pub durability: String,
    /// Looks at what only the program that wired the parts knows of.
    pub probe: Box<dyn Probe>,
}

/// Looks at databases and at NATS, of which the services know nothing.
#[async_trait]
pub trait Probe: Send + Sync {
    async fn look(&self) -> Vec<Check>;
}

/// A handle on the parts; each service is implemented on it.
#[derive(Clone)]
pub struct Api(Arc<Parts>, Arc<Limits>);

impl std::ops::Deref for Api {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What a generated service method answers.
pub(crate) type Reply<T> = Result<Response<T>, Status>;

impl Api {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let limits = Limits::new(parts.calls_per_minute);
        Self(Arc::new(parts), Arc::new(limits))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.1
    }

    /// The way of every RPC: who calls, may they at all, then the RPC's own file.
    pub(crate) async fn serve<Q, A, F>(
        &self,
        action: decide::Action,
        request: Request<Q>,
        run: impl FnOnce(Self, Caller, Q) -> F + Send,
    ) -> Reply<A>
    where
        Q: Send,
        F: Future<Output = Result<A, ApiError>> + Send,
    {
        let began = Instant::now();
        let admitted = auth::caller(self, action, request.metadata()).await.and_then(|caller| {
            self.limits().principal(&caller.actor.id, action)?;
            self.limits().area(caller.area.as_deref(), action)?;
            decide::role(&caller, action)?;
            Ok(caller)
        });
        let answer = match admitted {
            Ok(caller) => run(self.clone(), caller, request.into_inner()).await,
            Err(error) => Err(error),
        };
        let answer = mark::kept(began, answer).await;
        answer.map(Response::new).map_err(|error| error.into_status(action))
    }

    /// The way of what is asked before anybody is somebody: its own secret decides.
    pub(crate) async fn serve_anybody<Q, A, F>(
        &self,
        action: decide::Action,
        request: Request<Q>,
        run: impl FnOnce(Self, Q) -> F + Send,
    ) -> Reply<A>
    where
        Q: Send,
        F: Future<Output = Result<A, ApiError>> + Send,
    {
        let answer = run(self.clone(), request.into_inner()).await;
        answer.map(Response::new).map_err(|error| error.into_status(action))
    }
}
