//! Intake: one line per RPC, one file per RPC.

mod admit;
mod batch_register;
mod decline;
mod merge;
mod query_receipt;
mod rate_by_receipt;
mod receipt_code;
mod reclassify;
mod register;
mod register_accusation;
mod transfer;
mod unmerge;
mod withdraw;

use contract::bidao::intake::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::intake_service_server::IntakeService for Api {
    async fn register(&self, r: Request<pb::RegisterRequest>) -> Reply<pb::RegisterResponse> {
        self.serve(Action::Register, r, register::run).await
    }

    async fn admit(&self, r: Request<pb::AdmitRequest>) -> Reply<pb::AdmitResponse> {
        self.serve(Action::Admit, r, admit::run).await
    }

    async fn decline(&self, r: Request<pb::DeclineRequest>) -> Reply<pb::DeclineResponse> {
        self.serve(Action::Decline, r, decline::run).await
    }

    async fn transfer(&self, r: Request<pb::TransferRequest>) -> Reply<pb::TransferResponse> {
        self.serve(Action::Transfer, r, transfer::run).await
    }

    async fn withdraw(&self, r: Request<pb::WithdrawRequest>) -> Reply<pb::WithdrawResponse> {
        self.serve(Action::Withdraw, r, withdraw::run).await
    }

    async fn merge(&self, r: Request<pb::MergeRequest>) -> Reply<pb::MergeResponse> {
        self.serve(Action::Merge, r, merge::run).await
    }

    async fn unmerge(&self, r: Request<pb::UnmergeRequest>) -> Reply<pb::UnmergeResponse> {
        self.serve(Action::Unmerge, r, unmerge::run).await
    }

    async fn batch_register(
        &self,
        r: Request<pb::BatchRegisterRequest>,
    ) -> Reply<pb::BatchRegisterResponse> {
        self.serve(Action::BatchRegister, r, batch_register::run).await
    }

    async fn register_accusation(
        &self,
        r: Request<pb::RegisterAccusationRequest>,
    ) -> Reply<pb::RegisterAccusationResponse> {
        self.serve(Action::RegisterAccusation, r, register_accusation::run).await
    }

    async fn query_receipt(
        &self,
        r: Request<pb::QueryReceiptRequest>,
    ) -> Reply<pb::QueryReceiptResponse> {
        self.serve(Action::QueryReceipt, r, query_receipt::run).await
    }

    async fn rate_by_receipt(
        &self,
        r: Request<pb::RateByReceiptRequest>,
    ) -> Reply<pb::RateByReceiptResponse> {
        self.serve(Action::RateByReceipt, r, rate_by_receipt::run).await
    }

    async fn reclassify(&self, r: Request<pb::ReclassifyRequest>) -> Reply<pb::ReclassifyResponse> {
        self.serve(Action::Reclassify, r, reclassify::run).await
    }
}
