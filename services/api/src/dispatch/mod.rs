//! Dispatch: one line per RPC, one file per RPC.

mod accept;
#[expect(clippy::module_inception, reason = "the service and its first RPC share a name")]
mod dispatch;

use contract::bidao::dispatch::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::dispatch_service_server::DispatchService for Api {
    async fn dispatch(&self, r: Request<pb::DispatchRequest>) -> Reply<pb::DispatchResponse> {
        self.serve(Action::Dispatch, r, dispatch::run).await
    }

    async fn accept(&self, r: Request<pb::AcceptRequest>) -> Reply<pb::AcceptResponse> {
        self.serve(Action::Accept, r, accept::run).await
    }
}
