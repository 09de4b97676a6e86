//! The work itself: one line per RPC, one file per RPC.

mod arrive;
mod ask_resident;
mod attach_evidence;
mod comment;
mod complete;
mod confirm_arrival;
mod defer;
mod depart;
mod extend;
mod inform;
mod notify;
mod pause;
mod record_contact;
mod record_progress;
mod record_resident_wish;
mod request_upload;
mod resume;
mod review_deferral;

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

    async fn record_contact(
        &self,
        r: Request<pb::RecordContactRequest>,
    ) -> Reply<pb::RecordContactResponse> {
        self.serve(Action::RecordContact, r, record_contact::run).await
    }

    async fn depart(&self, r: Request<pb::DepartRequest>) -> Reply<pb::DepartResponse> {
        self.serve(Action::Depart, r, depart::run).await
    }

    async fn confirm_arrival(
        &self,
        r: Request<pb::ConfirmArrivalRequest>,
    ) -> Reply<pb::ConfirmArrivalResponse> {
        self.serve(Action::ConfirmArrival, r, confirm_arrival::run).await
    }

    async fn pause(&self, r: Request<pb::PauseRequest>) -> Reply<pb::PauseResponse> {
        self.serve(Action::Pause, r, pause::run).await
    }

    async fn record_resident_wish(
        &self,
        r: Request<pb::RecordResidentWishRequest>,
    ) -> Reply<pb::RecordResidentWishResponse> {
        self.serve(Action::RecordResidentWish, r, record_resident_wish::run).await
    }

    async fn ask_resident(
        &self,
        r: Request<pb::AskResidentRequest>,
    ) -> Reply<pb::AskResidentResponse> {
        self.serve(Action::AskResident, r, ask_resident::run).await
    }

    async fn resume(&self, r: Request<pb::ResumeRequest>) -> Reply<pb::ResumeResponse> {
        self.serve(Action::Resume, r, resume::run).await
    }

    async fn extend(&self, r: Request<pb::ExtendRequest>) -> Reply<pb::ExtendResponse> {
        self.serve(Action::Extend, r, extend::run).await
    }

    async fn defer(&self, r: Request<pb::DeferRequest>) -> Reply<pb::DeferResponse> {
        self.serve(Action::Defer, r, defer::run).await
    }

    async fn review_deferral(
        &self,
        r: Request<pb::ReviewDeferralRequest>,
    ) -> Reply<pb::ReviewDeferralResponse> {
        self.serve(Action::ReviewDeferral, r, review_deferral::run).await
    }

    async fn inform(&self, r: Request<pb::InformRequest>) -> Reply<pb::InformResponse> {
        self.serve(Action::Inform, r, inform::run).await
    }

    async fn comment(&self, r: Request<pb::CommentRequest>) -> Reply<pb::CommentResponse> {
        self.serve(Action::Comment, r, comment::run).await
    }

    async fn request_upload(
        &self,
        r: Request<pb::RequestUploadRequest>,
    ) -> Reply<pb::RequestUploadResponse> {
        self.serve(Action::RequestUpload, r, request_upload::run).await
    }

    async fn attach_evidence(
        &self,
        r: Request<pb::AttachEvidenceRequest>,
    ) -> Reply<pb::AttachEvidenceResponse> {
        self.serve(Action::AttachEvidence, r, attach_evidence::run).await
    }
}
