//! Escalation by people: one line per RPC, one file per RPC.

mod approve;
mod decide_supervision;
mod escalate;
mod exclude;
mod refer_up;
mod reject;
mod replace_policy;
mod report_supervision;
mod restore;
mod send_down;
mod supervise;
mod take_over;
mod urge;

use contract::bidao::escalation::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::escalation_service_server::EscalationService for Api {
    async fn escalate(&self, r: Request<pb::EscalateRequest>) -> Reply<pb::EscalateResponse> {
        self.serve(Action::Escalate, r, escalate::run).await
    }

    async fn refer_up(&self, r: Request<pb::ReferUpRequest>) -> Reply<pb::ReferUpResponse> {
        self.serve(Action::ReferUp, r, refer_up::run).await
    }

    async fn send_down(&self, r: Request<pb::SendDownRequest>) -> Reply<pb::SendDownResponse> {
        self.serve(Action::SendDown, r, send_down::run).await
    }

    async fn take_over(&self, r: Request<pb::TakeOverRequest>) -> Reply<pb::TakeOverResponse> {
        self.serve(Action::TakeOver, r, take_over::run).await
    }

    async fn urge(&self, r: Request<pb::UrgeRequest>) -> Reply<pb::UrgeResponse> {
        self.serve(Action::Urge, r, urge::run).await
    }

    async fn supervise(&self, r: Request<pb::SuperviseRequest>) -> Reply<pb::SuperviseResponse> {
        self.serve(Action::Supervise, r, supervise::run).await
    }

    async fn report_supervision(
        &self,
        r: Request<pb::ReportSupervisionRequest>,
    ) -> Reply<pb::ReportSupervisionResponse> {
        self.serve(Action::ReportSupervision, r, report_supervision::run).await
    }

    async fn decide_supervision(
        &self,
        r: Request<pb::DecideSupervisionRequest>,
    ) -> Reply<pb::DecideSupervisionResponse> {
        self.serve(Action::DecideSupervision, r, decide_supervision::run).await
    }

    async fn exclude(&self, r: Request<pb::ExcludeRequest>) -> Reply<pb::ExcludeResponse> {
        self.serve(Action::Exclude, r, exclude::run).await
    }

    async fn restore(&self, r: Request<pb::RestoreRequest>) -> Reply<pb::RestoreResponse> {
        self.serve(Action::Restore, r, restore::run).await
    }

    async fn replace_policy(
        &self,
        r: Request<pb::ReplacePolicyRequest>,
    ) -> Reply<pb::ReplacePolicyResponse> {
        self.serve(Action::ReplacePolicy, r, replace_policy::run).await
    }

    async fn approve(&self, r: Request<pb::ApproveRequest>) -> Reply<pb::ApproveResponse> {
        self.serve(Action::Approve, r, approve::run).await
    }

    async fn reject(&self, r: Request<pb::RejectRequest>) -> Reply<pb::RejectResponse> {
        self.serve(Action::Reject, r, reject::run).await
    }
}
