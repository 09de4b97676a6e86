//! The work itself: one line per RPC, one file per RPC.

mod arrive;
mod complete;
mod notify;
mod record_progress;

use contract::bidao::resolution::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::resolution_service_server::ResolutionService for Api {
    async fn arrive(&self, r: Request<pb::ArriveRequest>) -> Reply<pb::ArriveResponse> {
        self.serve(Action::Arrive, r, arrive::run).await
    }

    async fn record_progress(
        &self,
        r: Request<pb::RecordProgressRequest>,
    ) -> Reply<pb::RecordProgressResponse> {
        self.serve(Action::RecordProgress, r, record_progress::run).await
    }

    async fn complete(&self, r: Request<pb::CompleteRequest>) -> Reply<pb::CompleteResponse> {
        self.serve(Action::Complete, r, complete::run).await
    }

    async fn notify(&self, r: Request<pb::NotifyRequest>) -> Reply<pb::NotifyResponse> {
        self.serve(Action::Notify, r, notify::run).await
    }
}
