//! Calls: one line per RPC, one file per RPC.

mod alert_emergency;
mod answer;
mod get_call;
mod hang_up;
mod list_calls;
mod miss;
mod press;
mod press_thumb;
mod record_call_follow_up;
mod record_disposition;
mod return_call;
mod ring;

use contract::bidao::call::v1 as pb;
use contract::bidao::common::v1::Receipt;
use domain::call::event::Registration;
use domain::call::{Call, CallEvent};
use domain::shared::matter::Confidence;
use event::StreamId;
use tonic::Request;

use crate::decide::Action;
use crate::targets::CallTarget;
use crate::{Api, ApiError, Reply};

#[tonic::async_trait]
impl pb::call_service_server::CallService for Api {
    async fn press(&self, r: Request<pb::PressRequest>) -> Reply<pb::PressResponse> {
        self.serve(Action::Press, r, press::run).await
    }

    async fn ring(&self, r: Request<pb::RingRequest>) -> Reply<pb::RingResponse> {
        self.serve(Action::Ring, r, ring::run).await
    }

    async fn hang_up(&self, r: Request<pb::HangUpRequest>) -> Reply<pb::HangUpResponse> {
        self.serve(Action::HangUp, r, hang_up::run).await
    }

    async fn answer(&self, r: Request<pb::AnswerRequest>) -> Reply<pb::AnswerResponse> {
        self.serve(Action::Answer, r, answer::run).await
    }

    async fn miss(&self, r: Request<pb::MissRequest>) -> Reply<pb::MissResponse> {
        self.serve(Action::Miss, r, miss::run).await
    }

    async fn return_call(
        &self,
        r: Request<pb::ReturnCallRequest>,
    ) -> Reply<pb::ReturnCallResponse> {
        self.serve(Action::ReturnCall, r, return_call::run).await
    }

    async fn record_disposition(
        &self,
        r: Request<pb::RecordDispositionRequest>,
    ) -> Reply<pb::RecordDispositionResponse> {
        self.serve(Action::RecordDisposition, r, record_disposition::run).await
    }

    async fn press_thumb(
        &self,
        r: Request<pb::PressThumbRequest>,
    ) -> Reply<pb::PressThumbResponse> {
        self.serve(Action::PressThumb, r, press_thumb::run).await
    }

    async fn get_call(&self, r: Request<pb::GetCallRequest>) -> Reply<pb::GetCallResponse> {
        self.serve(Action::GetCall, r, get_call::run).await
    }

    async fn list_calls(&self, r: Request<pb::ListCallsRequest>) -> Reply<pb::ListCallsResponse> {
        self.serve(Action::ListCalls, r, list_calls::run).await
    }

    async fn alert_emergency(
        &self,
        r: Request<pb::AlertEmergencyRequest>,
    ) -> Reply<pb::AlertEmergencyResponse> {
        self.serve(Action::AlertEmergency, r, alert_emergency::run).await
    }

    async fn record_call_follow_up(
        &self,
        r: Request<pb::RecordCallFollowUpRequest>,
    ) -> Reply<pb::RecordCallFollowUpResponse> {
        self.serve(Action::RecordCallFollowUp, r, record_call_follow_up::run).await
    }
}

/// Every issue that followed from a call until `receipt`: as stored, so that a repeated request gets the
/// first answer, and neither reactions nor views need to have come that far. Of what was told in confidence only what
/// this very command told: no call leads to it (LOOP V3).
async fn issues_of(
    api: &Api,
    target: &CallTarget,
    receipt: &Receipt,
) -> Result<Vec<String>, ApiError> {
    let stream = StreamId::new("call", target.id.0);
    let events = api.commands.log.read_stream(&stream, 0, usize::MAX >> 1).await?;
    let mut issues = Vec::new();
    for recorded in events.iter().filter(|event| event.position <= receipt.position) {
        let own = receipt.event_ids.contains(&recorded.envelope.event_id.to_string());
        let event = eventlog::stored::decode::<Call>(recorded)?.event;
        let told = |told: &&Registration| {
            own || told.matter.reporter.confidence != Confidence::Confidential
        };
        issues.extend(event.registrations().iter().filter(told).map(|told| told.issue));
        if let CallEvent::DispositionRecorded(disposition) = event {
            issues.extend(disposition.attached_to);
        }
    }
    Ok(issues.iter().map(ToString::to_string).collect())
}
