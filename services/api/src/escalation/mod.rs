//! Escalation by people: one line per RPC, one file per RPC.

mod escalate;

use contract::bidao::escalation::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::escalation_service_server::EscalationService for Api {
    async fn escalate(&self, r: Request<pb::EscalateRequest>) -> Reply<pb::EscalateResponse> {
        self.serve(Action::Escalate, r, escalate::run).await
    }
}
