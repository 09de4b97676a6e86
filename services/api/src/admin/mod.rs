//! Running a cell: one line per RPC, one file per RPC.

mod advance_time;
mod get_status;
mod rebuild_view;

use contract::bidao::admin::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::admin_service_server::AdminService for Api {
    async fn get_status(&self, r: Request<pb::GetStatusRequest>) -> Reply<pb::GetStatusResponse> {
        self.serve(Action::GetStatus, r, get_status::run).await
    }

    type RebuildViewStream = rebuild_view::Answers;

    async fn rebuild_view(
        &self,
        r: Request<pb::RebuildViewRequest>,
    ) -> Reply<rebuild_view::Answers> {
        self.serve(Action::RebuildView, r, rebuild_view::run).await
    }

    async fn advance_time(
        &self,
        r: Request<pb::AdvanceTimeRequest>,
    ) -> Reply<pb::AdvanceTimeResponse> {
        self.serve(Action::AdvanceTime, r, advance_time::run).await
    }
}
