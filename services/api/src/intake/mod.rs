//! Intake: one line per RPC, one file per RPC.

mod register;

use contract::bidao::intake::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::intake_service_server::IntakeService for Api {
    async fn register(&self, r: Request<pb::RegisterRequest>) -> Reply<pb::RegisterResponse> {
        self.serve(Action::Register, r, register::run).await
    }
}
