//! Verdicts: one line per RPC, one file per RPC.

mod rate;
mod record_follow_up;
mod reopen;

use contract::bidao::rating::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::rating_service_server::RatingService for Api {
    async fn rate(&self, r: Request<pb::RateRequest>) -> Reply<pb::RateResponse> {
        self.serve(Action::Rate, r, rate::run).await
    }

    async fn record_follow_up(
        &self,
        r: Request<pb::RecordFollowUpRequest>,
    ) -> Reply<pb::RecordFollowUpResponse> {
        self.serve(Action::RecordFollowUp, r, record_follow_up::run).await
    }

    async fn reopen(&self, r: Request<pb::ReopenRequest>) -> Reply<pb::ReopenResponse> {
        self.serve(Action::Reopen, r, reopen::run).await
    }
}
