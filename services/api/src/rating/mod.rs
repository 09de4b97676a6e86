//! Verdicts: one line per RPC, one file per RPC.

mod conclude;
mod dispute;
mod order_follow_up;
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

    async fn dispute(&self, r: Request<pb::DisputeRequest>) -> Reply<pb::DisputeResponse> {
        self.serve(Action::Dispute, r, dispute::run).await
    }

    async fn conclude(&self, r: Request<pb::ConcludeRequest>) -> Reply<pb::ConcludeResponse> {
        self.serve(Action::Conclude, r, conclude::run).await
    }

    async fn order_follow_up(
        &self,
        r: Request<pb::OrderFollowUpRequest>,
    ) -> Reply<pb::OrderFollowUpResponse> {
        self.serve(Action::OrderFollowUp, r, order_follow_up::run).await
    }
}
