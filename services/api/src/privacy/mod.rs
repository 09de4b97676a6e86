//! Privacy: one line per RPC, one file per RPC.

mod approve_privacy_request;
mod break_glass;
mod find_by_phone;
mod freeze;
mod list_looks;
mod list_privacy_requests;
mod list_retention_due;
mod pictures;
mod place_hold;
mod record;
mod reject_privacy_request;
mod request_erasure;
mod request_lift_hold;
mod request_unfreeze;
mod request_unmasking;
mod state;
mod target;
mod view_identity;
mod words;

use contract::bidao::privacy::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::privacy_service_server::PrivacyService for Api {
    async fn view_identity(
        &self,
        r: Request<pb::ViewIdentityRequest>,
    ) -> Reply<pb::ViewIdentityResponse> {
        self.serve(Action::ViewIdentity, r, view_identity::run).await
    }

    async fn request_unmasking(
        &self,
        r: Request<pb::RequestUnmaskingRequest>,
    ) -> Reply<pb::RequestUnmaskingResponse> {
        self.serve(Action::RequestUnmasking, r, request_unmasking::run).await
    }

    async fn break_glass(
        &self,
        r: Request<pb::BreakGlassRequest>,
    ) -> Reply<pb::BreakGlassResponse> {
        self.serve(Action::BreakGlass, r, break_glass::run).await
    }

    async fn find_by_phone(
        &self,
        r: Request<pb::FindByPhoneRequest>,
    ) -> Reply<pb::FindByPhoneResponse> {
        self.serve(Action::FindByPhone, r, find_by_phone::run).await
    }

    async fn request_erasure(
        &self,
        r: Request<pb::RequestErasureRequest>,
    ) -> Reply<pb::RequestErasureResponse> {
        self.serve(Action::RequestErasure, r, request_erasure::run).await
    }

    async fn list_retention_due(
        &self,
        r: Request<pb::ListRetentionDueRequest>,
    ) -> Reply<pb::ListRetentionDueResponse> {
        self.serve(Action::ListRetentionDue, r, list_retention_due::run).await
    }

    async fn freeze(&self, r: Request<pb::FreezeRequest>) -> Reply<pb::FreezeResponse> {
        self.serve(Action::Freeze, r, freeze::run).await
    }

    async fn request_unfreeze(
        &self,
        r: Request<pb::RequestUnfreezeRequest>,
    ) -> Reply<pb::RequestUnfreezeResponse> {
        self.serve(Action::RequestUnfreeze, r, request_unfreeze::run).await
    }

    async fn place_hold(&self, r: Request<pb::PlaceHoldRequest>) -> Reply<pb::PlaceHoldResponse> {
        self.serve(Action::PlaceHold, r, place_hold::run).await
    }

    async fn request_lift_hold(
        &self,
        r: Request<pb::RequestLiftHoldRequest>,
    ) -> Reply<pb::RequestLiftHoldResponse> {
        self.serve(Action::RequestLiftHold, r, request_lift_hold::run).await
    }

    async fn approve_privacy_request(
        &self,
        r: Request<pb::ApprovePrivacyRequestRequest>,
    ) -> Reply<pb::ApprovePrivacyRequestResponse> {
        self.serve(Action::ApprovePrivacyRequest, r, approve_privacy_request::run).await
    }

    async fn reject_privacy_request(
        &self,
        r: Request<pb::RejectPrivacyRequestRequest>,
    ) -> Reply<pb::RejectPrivacyRequestResponse> {
        self.serve(Action::RejectPrivacyRequest, r, reject_privacy_request::run).await
    }

    async fn list_privacy_requests(
        &self,
        r: Request<pb::ListPrivacyRequestsRequest>,
    ) -> Reply<pb::ListPrivacyRequestsResponse> {
        self.serve(Action::ListPrivacyRequests, r, list_privacy_requests::run).await
    }

    async fn list_looks(&self, r: Request<pb::ListLooksRequest>) -> Reply<pb::ListLooksResponse> {
        self.serve(Action::ListLooks, r, list_looks::run).await
    }
}
