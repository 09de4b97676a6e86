//! Dispatch: one line per RPC, one file per RPC.

mod accept;
#[expect(clippy::module_inception, reason = "the service and its first RPC share a name")]
mod dispatch;
mod finish_support;
mod hand_over;
mod join;
mod name_party;
mod object;
mod recuse;
mod rule_on_objection;
mod summon;

use contract::bidao::dispatch::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::dispatch_service_server::DispatchService for Api {
    async fn dispatch(&self, r: Request<pb::DispatchRequest>) -> Reply<pb::DispatchResponse> {
        self.serve(Action::Dispatch, r, dispatch::run).await
    }

    async fn accept(&self, r: Request<pb::AcceptRequest>) -> Reply<pb::AcceptResponse> {
        self.serve(Action::Accept, r, accept::run).await
    }

    async fn object(&self, r: Request<pb::ObjectRequest>) -> Reply<pb::ObjectResponse> {
        self.serve(Action::Object, r, object::run).await
    }

    async fn rule_on_objection(
        &self,
        r: Request<pb::RuleOnObjectionRequest>,
    ) -> Reply<pb::RuleOnObjectionResponse> {
        self.serve(Action::RuleOnObjection, r, rule_on_objection::run).await
    }

    async fn summon(&self, r: Request<pb::SummonRequest>) -> Reply<pb::SummonResponse> {
        self.serve(Action::Summon, r, summon::run).await
    }

    async fn join(&self, r: Request<pb::JoinRequest>) -> Reply<pb::JoinResponse> {
        self.serve(Action::Join, r, join::run).await
    }

    async fn finish_support(
        &self,
        r: Request<pb::FinishSupportRequest>,
    ) -> Reply<pb::FinishSupportResponse> {
        self.serve(Action::FinishSupport, r, finish_support::run).await
    }

    async fn hand_over(&self, r: Request<pb::HandOverRequest>) -> Reply<pb::HandOverResponse> {
        self.serve(Action::HandOver, r, hand_over::run).await
    }

    async fn name_party(&self, r: Request<pb::NamePartyRequest>) -> Reply<pb::NamePartyResponse> {
        self.serve(Action::NameParty, r, name_party::run).await
    }

    async fn recuse(&self, r: Request<pb::RecuseRequest>) -> Reply<pb::RecuseResponse> {
        self.serve(Action::Recuse, r, recuse::run).await
    }
}
