//! Policies and calendars: one line per RPC, one file per RPC.

mod list_policies;
mod publish_calendar;
mod publish_policy;
mod switch_mode;

use contract::bidao::policy::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::policy_service_server::PolicyService for Api {
    async fn publish_policy(
        &self,
        r: Request<pb::PublishPolicyRequest>,
    ) -> Reply<pb::PublishPolicyResponse> {
        self.serve(Action::PublishPolicy, r, publish_policy::run).await
    }

    async fn publish_calendar(
        &self,
        r: Request<pb::PublishCalendarRequest>,
    ) -> Reply<pb::PublishCalendarResponse> {
        self.serve(Action::PublishCalendar, r, publish_calendar::run).await
    }

    async fn list_policies(
        &self,
        r: Request<pb::ListPoliciesRequest>,
    ) -> Reply<pb::ListPoliciesResponse> {
        self.serve(Action::ListPolicies, r, list_policies::run).await
    }

    async fn switch_mode(
        &self,
        r: Request<pb::SwitchModeRequest>,
    ) -> Reply<pb::SwitchModeResponse> {
        self.serve(Action::SwitchMode, r, switch_mode::run).await
    }
}

/// A document travels in one event, parsed and as written; both must fit.
const DOCUMENT_BYTES_MAX: usize = 24_000;

fn require_size(document: &str) -> Result<(), crate::ApiError> {
    if document.trim().is_empty() || document.len() > DOCUMENT_BYTES_MAX {
        return Err(crate::ApiError::shape(
            "document",
            "must be a TOML document of at most 24,000 bytes",
            "应为不超过 24000 字节的 TOML 文件",
        ));
    }
    Ok(())
}
